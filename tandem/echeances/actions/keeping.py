"""Dates kept by hand: noted, moved, done, dropped, taken back."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID, uuid4, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.accompagnements.models import DemarcheSuivie
from tandem.echeances import events
from tandem.echeances.actions.doors import EcheanceRefused, NotAllowed, locked, trace
from tandem.echeances.models import Echeance
from tandem.echeances.permissions import may_add
from tandem.echeances.rules import FARTHEST, TYPED, Noted
from tandem.kernel.text import clean_line, clean_text
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager


@transaction.atomic
def add_echeance(
    *,
    acteur: Acteur,
    owner: DemarcheSuivie | Usager,
    noted: Noted,
    at: datetime,
    key: UUID | None = None,
) -> Echeance:
    """Note a date of a démarche, or of a person; the same `key` twice notes it once (S-24).

    Raises:
        NotAllowed: the acteur sees neither.
        EcheanceRefused: no words, a kind that is computed, a day gone by or too far.
    """
    affectation = acteur.affectation
    if affectation is None or not may_add(acteur, owner):
        raise NotAllowed
    line = clean_line(noted.title)
    if not line or noted.kind not in TYPED:
        raise EcheanceRefused(_("Dites en quelques mots ce qu’il y a à faire."))
    _require_day(noted.due_on, today=at.astimezone(owner.structure.zone).date())
    # Another person or other words under the same key: a page come back to, and not a second click.
    said = (key, owner.public_id, noted.kind, line, noted.due_on)
    row, created = Echeance.objects.get_or_create(
        public_id=uuid4()
        if key is None
        else uuid5(affectation.public_id, "\0".join(map(str, said))),
        defaults={
            "structure": owner.structure,
            "demarche_suivie": owner if isinstance(owner, DemarcheSuivie) else None,
            "usager": owner if isinstance(owner, Usager) else None,
            "kind": noted.kind,
            "title": line,
            "missed": clean_text(noted.missed),
            "due_on": noted.due_on,
            "typed_day": True,
            "created_at": at,
            "created_by": affectation,
            "held_by": affectation,
        },
    )
    if created:
        trace(events.ADDED, acteur, row, at, overridden=noted.overridden)
    return row


def _require_day(day: date, *, today: date) -> None:
    if day < today:
        raise EcheanceRefused(_("Ce jour est déjà passé. Choisissez un jour à venir."))
    if day > today + FARTHEST:
        raise EcheanceRefused(_("Ce jour est trop loin. Vérifiez l’année."))


@transaction.atomic
def change_echeance(
    *,
    acteur: Acteur,
    echeance: Echeance,
    due_on: date,
    at: datetime,
    title: str = "",
    missed: str = "",
    overridden: Sequence[str] = (),
) -> Echeance:
    """Move a date, and say it better when it was typed. Moved by hand, the catalogue leaves it there.

    Raises:
        EcheanceRefused: done or dropped; a day gone by or too far.
    """
    row = locked(acteur, echeance)
    _require_open(row)
    before = (row.due_on, row.title, row.missed)
    if due_on != row.due_on:
        _require_day(due_on, today=row.local_date(at))
        row.due_on, row.typed_day = due_on, True
        # Another day is told again.
        row.aidant_step = row.person_step = None
    if not row.rule:
        row.title = clean_line(title) or row.title
        row.missed = clean_text(missed)
    # Sent again, there is nothing to change any more.
    if (row.due_on, row.title, row.missed) == before:
        return row
    row.save()
    trace(events.CHANGED, acteur, row, at, overridden=overridden)
    return row


@transaction.atomic
def finish_echeance(*, acteur: Acteur, echeance: Echeance, at: datetime) -> Echeance:
    """It is done. Twice is once."""
    row = locked(acteur, echeance)
    if row.done_at is not None:
        return row
    _require_open(row)
    row.done_at, row.ended_by = at, acteur.affectation
    row.save(update_fields=["done_at", "ended_by"])
    trace(events.DONE, acteur, row, at)
    return row


@transaction.atomic
def drop_echeance(*, acteur: Acteur, echeance: Echeance, at: datetime) -> Echeance:
    """It has no object any more. Twice is once."""
    row = locked(acteur, echeance)
    if row.dropped_at is not None:
        return row
    _require_open(row)
    row.dropped_at, row.ended_by = at, acteur.affectation
    row.save(update_fields=["dropped_at", "ended_by"])
    trace(events.DROPPED, acteur, row, at)
    return row


@transaction.atomic
def reopen_echeance(*, acteur: Acteur, echeance: Echeance, at: datetime) -> Echeance:
    """A tap too many: it is back in the list.

    Raises:
        EcheanceRefused: meanwhile the catalogue gave another date for the same rule.
    """
    row = locked(acteur, echeance)
    if row.done_at is None and row.dropped_at is None:
        return row
    twin = Echeance.objects.open().filter(demarche_suivie=row.demarche_suivie, rule=row.rule)
    if row.rule and twin.exists():
        raise EcheanceRefused(_("Une autre date a pris sa place."))
    row.done_at = row.dropped_at = row.ended_by = None
    row.save(update_fields=["done_at", "dropped_at", "ended_by"])
    trace(events.REOPENED, acteur, row, at)
    return row


def _require_open(row: Echeance) -> None:
    if row.done_at is not None or row.dropped_at is not None:
        raise EcheanceRefused(_("Cette date n’est plus dans la liste. Remettez-la d’abord."))
