"""Writes of acces: begun, gone through, ended. What is learnt on the way is never written."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.acces import events
from tandem.acces.models import Acces
from tandem.acces.rules import KEPT, Keyboard, Outcome, Road
from tandem.comptes.rules import GestureResponse
from tandem.journal.actions import record
from tandem.journal.rules import Event, Subject
from tandem.kernel.refusals import Refusal
from tandem.referentiels.queries import account_service
from tandem.structures.models import Acteur
from tandem.usagers.actions import NotAllowed, add_channel, record_contact
from tandem.usagers.actions.doors import lock
from tandem.usagers.models import Channel, Usager
from tandem.usagers.permissions import may_act_on
from tandem.usagers.rules import ChannelKind, Holder


class AccesRefused(Refusal):
    """Not possible on this account now; the message says why."""


@transaction.atomic
def open_acces(*, acteur: Acteur, usager: Usager, service: str, road: Road, at: datetime) -> Acces:
    """Begin to create an account with the person, or to find it again; the one already begun when there is one (S-24).

    Raises:
        NotAllowed: the acteur does not see this person.
        AccesRefused: the catalogue has no such service.
    """
    usager = _held(acteur, usager)
    if account_service(service) is None or acteur.affectation is None:
        raise AccesRefused(_("Ce service n’est pas dans la liste. Choisissez-en un autre."))
    row, created = Acces.objects.get_or_create(
        usager=usager,
        service=service,
        road=road,
        ended_at=None,
        defaults={"opened_at": at, "opened_by": acteur.affectation},
    )
    if created:
        record_contact(usager=usager, at=at)
        _trace(events.OPENED, acteur, row, at, {"service": service, "road": str(road)})
    return row


@transaction.atomic
def mark_steps(*, acteur: Acteur, acces: Acces, done: Sequence[int], at: datetime) -> Acces:
    """Say which steps are behind; kept, so that one may stop and come back.

    Raises:
        AccesRefused: it has ended.
    """
    row = _row(acteur, acces)
    _refuse_ended(row)
    row.done = sorted({number for number in done if 0 <= number < len(row.steps)})
    row.save(update_fields=["done"])
    record_contact(usager=row.usager, at=at)
    return row


@transaction.atomic
def end_acces(
    *, acteur: Acteur, acces: Acces, keyboard: Keyboard, outcome: Outcome, at: datetime
) -> Acces:
    """Stop there, and say who held the keyboard. Said twice the same, it is written once (S-24).

    Raises:
        AccesRefused: it has ended already, otherwise.
    """
    row = _row(acteur, acces)
    if row.ended_at is not None and (row.keyboard, row.outcome) == (keyboard, outcome):
        return row
    _refuse_ended(row)
    row.ended_at, row.keyboard, row.outcome = at, keyboard, outcome
    row.save(update_fields=["ended_at", "keyboard", "outcome"])
    record_contact(usager=row.usager, at=at)
    facts: dict[str, str | int] = {
        "service": row.service, "road": row.road, "keyboard": str(keyboard), "outcome": str(outcome),
        "steps": len(row.done),
    }  # fmt: skip
    _trace(events.ENDED, acteur, row, at, facts)
    return row


def note_new_channel(
    *, acteur: Acteur, acces: Acces, kind: ChannelKind, value: str, response: GestureResponse, at: datetime
) -> Channel:  # fmt: skip
    """Keep the address or the number opened at the desk, marked so: it carries neither notices nor codes (P-14).

    Raises:
        UsagerRefused: not an address or a number, or already known.
        GestureRefused: no valid second factor for this act.
    """
    return add_channel(
        acteur=acteur, usager=acces.usager, kind=kind, value=value, holder=Holder.AIDANT, response=response, at=at
    )  # fmt: skip


def purge_acces(*, at: datetime) -> int:
    """Erase those of people not met for two years (P-20); returns how many."""
    number, _each = Acces.objects.filter(usager__last_contact_at__lt=at - KEPT).delete()
    return number


def erase_person(*, usager: Usager, **_signal: object) -> None:
    """Called by usagers inside its own transaction."""
    Acces.objects.filter(usager=usager).delete()


def _held(acteur: Acteur, usager: Usager) -> Usager:
    """The person, before what hangs on them (ADR 0013); seen by the acteur still, once nothing moves any more."""
    row = lock(usager)
    if not may_act_on(acteur, row):
        raise NotAllowed(
            _("Cette personne n’est pas suivie dans votre structure, ou pas par vous.")
        )
    return row


def _row(acteur: Acteur, acces: Acces) -> Acces:
    _held(acteur, acces.usager)
    return (
        Acces.objects.select_for_update(of=("self",))
        .select_related("usager__structure")
        .get(pk=acces.pk)
    )


def _refuse_ended(row: Acces) -> None:
    if row.ended_at is not None:
        raise AccesRefused(_("Cette aide est terminée. Ouvrez-en une autre si besoin."))


def _trace(
    event: Event,
    acteur: Acteur,
    row: Acces,
    at: datetime,
    facts: dict[str, str] | dict[str, str | int],
) -> None:
    record(
        event,
        author=acteur.author,
        subject=Subject("acces", row.public_id),
        at=at,
        about=row.usager.public_id,
        facts=facts,
    )
