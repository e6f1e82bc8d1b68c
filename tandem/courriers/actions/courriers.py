"""Post opened together: noted, corrected, and its next step done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.accompagnements.models import DemarcheSuivie
from tandem.courriers import events
from tandem.courriers.actions.dates import finish_date, follow_date, take_back_date
from tandem.courriers.actions.doors import (
    CourrierRefused,
    at_work_for,
    key_of,
    locked,
    met,
    require_own,
    trace,
)
from tandem.courriers.models import Courrier
from tandem.courriers.rules import CourrierKind
from tandem.fichiers.actions import store_file
from tandem.fichiers.models import StoredFile
from tandem.fichiers.rules import CheckedFile
from tandem.mandats.rules import Presence
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager


@dataclass(frozen=True)
class Received:
    """What is noted of something received."""

    kind: CourrierKind
    received_on: date
    sent_by: str
    meaning: str
    next_step: str = ""
    due_on: date | None = None
    demarche_suivie: DemarcheSuivie | None = None


@transaction.atomic
def log_courrier(
    *,
    acteur: Acteur,
    usager: Usager,
    received: Received,
    presence: Presence,
    form_key: UUID,
    scan: CheckedFile | None = None,
    at: datetime,
    overridden: Sequence[str] = (),
) -> Courrier:
    """Note what the person received, what it means and what comes next. The same form gives the same row (S-24).

    Raises:
        CourrierRefused: received in the future, a day without saying what to do, another person's démarche.
    """
    desk = at_work_for(acteur, usager)
    person = locked(usager)
    key = key_of(form_key, person, received)
    known = Courrier.objects.filter(structure=person.structure, form_key=key).first()
    if known is not None:
        return known
    _check(person, received, at)
    public_id = uuid4()
    courrier = Courrier.objects.create(
        public_id=public_id,
        scan=_kept(scan, public_id, at),
        structure=person.structure,
        usager=person,
        presence=presence,
        logged_at=at,
        logged_by=desk,
        form_key=key,
        **_columns(received),
    )
    met(person, presence, at)
    follow_date(acteur, courrier, at=at, overridden=overridden)
    trace(
        events.COURRIER_LOGGED, acteur, courrier, at,
        kind=str(received.kind), presence=str(presence), dated=received.due_on is not None, scan=scan is not None,
        secret_override=list(overridden),
    )  # fmt: skip
    return courrier


def _kept(scan: CheckedFile | None, owner: UUID, at: datetime) -> StoredFile | None:
    """The scan, encrypted under a key of its own."""
    if scan is None:
        return None
    return store_file(
        content=scan.content,
        name=scan.name,
        media_type=scan.media_type,
        owner=("courrier", owner),
        at=at,
    )


def _check(person: Usager, received: Received, at: datetime) -> None:
    if received.received_on > person.local_date(at):
        raise CourrierRefused(_("Ce jour n’est pas encore venu : vérifiez la date de réception."))
    require_own(person, received.demarche_suivie)
    if received.due_on is not None and not received.next_step:
        raise CourrierRefused(_("Dites ce qu’il faut faire avant cette date."))


def _columns(received: Received) -> dict[str, object]:
    return {
        "kind": received.kind,
        "received_on": received.received_on,
        "sent_by": received.sent_by,
        "meaning": received.meaning,
        "next_step": received.next_step,
        "due_on": received.due_on,
        "demarche_suivie": received.demarche_suivie,
    }


@transaction.atomic
def correct_courrier(
    *,
    acteur: Acteur,
    courrier: Courrier,
    received: Received,
    at: datetime,
    overridden: Sequence[str] = (),
) -> Courrier:
    """Put right what was noted.

    Raises:
        CourrierRefused: received in the future, a day without saying what to do, another person's démarche.
    """
    row = _held(acteur, courrier)
    _check(row.usager, received, at)
    for name, value in _columns(received).items():
        setattr(row, name, value)
    row.save(update_fields=[*_columns(received)])
    follow_date(acteur, row, at=at, overridden=overridden)
    trace(
        events.COURRIER_CORRECTED, acteur, row, at,
        dated=received.due_on is not None, secret_override=list(overridden),
    )  # fmt: skip
    return row


@transaction.atomic
def settle_courrier(*, acteur: Acteur, courrier: Courrier, at: datetime) -> Courrier:
    """The next step is done; said twice, it was done once."""
    row = _held(acteur, courrier)
    if row.done_at is not None:
        return row
    if not row.next_step:
        raise CourrierRefused(_("Il n’y a rien à faire pour ce courrier."))
    row.settled_at = at
    row.save(update_fields=["settled_at"])
    finish_date(acteur, row, at=at)
    trace(events.COURRIER_SETTLED, acteur, row, at)
    return row


@transaction.atomic
def reopen_courrier(*, acteur: Acteur, courrier: Courrier, at: datetime) -> Courrier:
    """The next step was not done after all."""
    row = _held(acteur, courrier)
    if row.done_at is None:
        return row
    row.settled_at = None
    row.save(update_fields=["settled_at"])
    take_back_date(acteur, row, at=at)
    trace(events.COURRIER_REOPENED, acteur, row, at)
    return row


def _held(acteur: Acteur, courrier: Courrier) -> Courrier:
    """The row, read again and locked, if the acteur sees its person; the person first."""
    locked(courrier.usager)
    at_work_for(acteur, courrier.usager)
    return (
        Courrier.objects.select_for_update(of=("self",))
        .select_related(
            "usager__structure",
            "echeance__structure",
            "echeance__usager",
            "demarche_suivie__structure",
        )
        .get(pk=courrier.pk)
    )
