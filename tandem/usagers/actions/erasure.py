"""Erasing a person: everything personal goes, what proves stays without a name (P-22)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.envois.actions import erase_messages
from tandem.journal.actions import forget
from tandem.kernel.refusals import NotAllowed
from tandem.structures.models import Acteur
from tandem.usagers import events, permissions
from tandem.usagers.actions.doors import UsagerRefused, lock, trace
from tandem.usagers.models import Channel, Notice, OneTimeCode, RungStep, SearchToken, Suivi, Usager
from tandem.usagers.rules import Protected
from tandem.usagers.signals import usager_erased

_BLANK = (
    "given_names", "family_name", "preferred_name", "birthdate", "gender", "birthplace", "birthcountry", "email",
    "sub_index", "identity_index", "freeze_reason",
)  # fmt: skip
_GONE = (OneTimeCode, Channel, SearchToken, Suivi, Notice, RungStep)


@transaction.atomic
def erase_usager(*, acteur: Acteur, usager: Usager, at: datetime) -> Usager:
    """Erase a person of one structure: identity, channels, search, suivi, messages, the journal's secrets.

    The row stays without a name, so that seals and the journal's commitments still have their object. Rooms above
    erase their own on `usager_erased`, in the same transaction.

    Raises:
        UsagerRefused: already erased.
        NotAllowed: neither a référent of the structure nor the machine.
    """
    if not permissions.may_erase(acteur, usager):
        raise NotAllowed(_("Seul un référent de la structure peut effacer un dossier."))
    row = lock(usager)
    if row.erased_at is not None:
        raise UsagerRefused(_("Ce dossier est déjà effacé."))
    usager_erased.send(sender=Usager, usager=row, at=at)
    erase_messages(about=row.public_id)
    for model in _GONE:
        model.objects.filter(usager=row).delete()
    for name in _BLANK:
        setattr(row, name, "")
    row.protected, row.protected_asked_at = Protected.NOT_ASKED, None
    row.frozen_at = row.died_known_at = row.stopped_by = row.death_recorded_by = None
    row.erased_at = at
    row.save()
    forget(about=row.public_id, at=at)
    trace(events.ERASED, acteur, row, at)
    return row
