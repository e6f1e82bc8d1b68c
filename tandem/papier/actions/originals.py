"""The copy of what was signed by hand, kept encrypted: an exhibit, never called a signature (P-44)."""

import hashlib
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.fichiers.actions import erase_file, store_file
from tandem.fichiers.rules import CheckedFile
from tandem.journal.actions import record
from tandem.journal.rules import Subject
from tandem.mandats.actions import NotAllowed
from tandem.mandats.actions.ends import lock_usager
from tandem.mandats.models import Confirmation, Mandat
from tandem.papier import events, permissions
from tandem.papier.models import Original
from tandem.structures.models import Acteur
from tandem.usagers.actions import record_reading

OWNER: Final = "original"


@transaction.atomic
def keep_original(
    *,
    acteur: Acteur,
    mandat: Mandat,
    confirmation: Confirmation | None,
    scan: CheckedFile,
    at: datetime,
) -> Original:
    """Keep the scan of a mandat signed by hand, or of one paper of the day; the former one is erased.

    The same file sent again is the one kept (R-09).

    Raises:
        NotAllowed: the acteur does not see the person.
    """
    if acteur.affectation is None or not permissions.may_keep(acteur, mandat):
        raise NotAllowed(
            _("Cette personne n’est pas suivie dans votre structure, ou pas par vous.")
        )
    lock_usager(mandat.usager)
    known = Original.objects.filter(mandat=mandat, confirmation=confirmation)
    row = known.select_related("scan").first() or Original(mandat=mandat, confirmation=confirmation)
    former = row.scan if row.pk else None
    if former is not None and former.sha256 == hashlib.sha256(scan.content).hexdigest():
        return row
    row.scan = store_file(
        content=scan.content,
        # Neither the name of the person nor what the file was called; the ending says its kind.
        name=_("original signé à la main, copie") + scan.name[scan.name.rfind(".") :],
        media_type=scan.media_type,
        owner=(OWNER, row.public_id),
        at=at,
    )
    row.kept_at, row.kept_by = at, acteur.affectation
    row.save()
    if former is not None:
        erase_file(former, at=at)
    record(
        events.ORIGINAL_KEPT,
        author=acteur.author,
        subject=Subject("mandat", mandat.public_id),
        at=at,
        about=mandat.usager.public_id,
        facts={
            "of": "mandat" if confirmation is None else "paper_of_day",
            "media_type": scan.media_type,
            "size": row.scan.size,
            "replaces": former is not None,
        },
    )
    return row


@transaction.atomic
def record_reading_of(*, acteur: Acteur, original: Original, at: datetime) -> None:
    """The copy is about to be given: reading it is an act (P-11)."""
    usager = original.mandat.usager
    record_reading(acteur=acteur, usager=usager, at=at)
    record(
        events.ORIGINAL_READ,
        author=acteur.author,
        subject=Subject("mandat", original.mandat.public_id),
        at=at,
        about=usager.public_id,
        facts={"of": "mandat" if original.confirmation_id is None else "paper_of_day"},
    )
