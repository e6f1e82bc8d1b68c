"""The person confirms, that day, an act of money or of justice (P-06)."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.journal.actions import record
from tandem.journal.rules import Subject
from tandem.mandats import events, permissions
from tandem.mandats.actions.ends import lock_usager
from tandem.mandats.actions.refused import MandatRefused, NotAllowed
from tandem.mandats.models import Autorisation, Confirmation
from tandem.mandats.queries import needs_confirmation
from tandem.mandats.rules import ConfirmationKind, end_of_day
from tandem.structures.models import Acteur, Affectation
from tandem.usagers import actions as usagers

# A code typed back opens one act, done at once.
CODE_VALIDITY: Final = timedelta(minutes=15)


def record_paper_confirmation(
    *, acteur: Acteur, autorisation: Autorisation, at: datetime
) -> Confirmation:
    """The person signed the paper of the day, and the aidant holds it; worth until the end of that day.

    Recorded twice the same day, the first one is given again.

    Raises:
        NotAllowed: not an aidant of the structure.
        MandatRefused: the line is over, or asks for no confirmation.
    """
    zone = autorisation.mandat.structure.zone
    until = end_of_day(at.astimezone(zone).date(), zone)
    return _record(acteur, autorisation, ConfirmationKind.PAPER, until=until, at=at)


def send_confirmation_code(*, acteur: Acteur, autorisation: Autorisation, at: datetime) -> None:
    """Send a code to the person's proven channel, for this line only.

    Raises:
        NotAllowed, MandatRefused: as `record_paper_confirmation`.
        UsagerRefused: no channel of the person's own. CodeRefused: too many codes in a short time.
    """
    _check(acteur, autorisation, at)
    usagers.send_confirmation_code(
        acteur=acteur, usager=autorisation.usager, purpose=_purpose(autorisation), at=at
    )


def record_code_confirmation(
    *, acteur: Acteur, autorisation: Autorisation, code: str, at: datetime
) -> Confirmation:
    """The person gave the code they received: worth fifteen minutes.

    Raises:
        NotAllowed, MandatRefused: as `record_paper_confirmation`.
        CodeRefused: wrong, too old, or tried too often.
    """
    _check(acteur, autorisation, at)
    usagers.check_confirmation_code(
        acteur=acteur, usager=autorisation.usager, purpose=_purpose(autorisation), code=code, at=at
    )
    return _record(acteur, autorisation, ConfirmationKind.CODE, until=at + CODE_VALIDITY, at=at)


def _purpose(autorisation: Autorisation) -> str:
    return f"usage:{autorisation.public_id}"


def _check(acteur: Acteur, autorisation: Autorisation, at: datetime) -> Affectation:
    affectation = acteur.affectation
    if affectation is None or not permissions.may_record(acteur, autorisation.mandat):
        raise NotAllowed(_("Seule la structure du mandat note cette confirmation."))
    if not needs_confirmation(autorisation):
        raise MandatRefused(_("Cette démarche ne demande pas de confirmation."))
    if not Autorisation.objects.active(at=at).filter(pk=autorisation.pk).exists():
        raise MandatRefused(_("Cette autorisation est terminée."))
    return affectation


def _record(
    acteur: Acteur,
    autorisation: Autorisation,
    kind: ConfirmationKind,
    *,
    until: datetime,
    at: datetime,
) -> Confirmation:
    with transaction.atomic():
        lock_usager(autorisation.usager)
        affectation = _check(acteur, autorisation, at)
        same = Confirmation.objects.filter(autorisation=autorisation, kind=kind, valid_until=until)
        known = same.first()
        if known is not None:
            return known
        row = Confirmation.objects.create(
            autorisation=autorisation,
            kind=kind,
            recorded_by=affectation,
            confirmed_at=at,
            valid_until=until,
        )
        usagers.record_contact(usager=autorisation.usager, at=at)
        record(
            events.CONFIRMATION_RECORDED,
            author=acteur.author,
            subject=Subject("confirmation", row.public_id),
            at=at,
            about=autorisation.usager.public_id,
            facts={"kind": kind, "scope": autorisation.scope},
        )
    return row
