"""Mandats at their end, and drafts past their day: each can run twice without harm."""

from datetime import datetime

from django.db import transaction

from tandem.journal.actions import record_all
from tandem.journal.rules import Author, Line, Subject
from tandem.mandats import events
from tandem.mandats.actions.ends import end_lines, lock_usager, open_lines
from tandem.mandats.actions.telling import Told, tell
from tandem.mandats.models import Autorisation, Mandat
from tandem.mandats.rules import ENDING_SOON, Duree, EndKind, announcement_due
from tandem.structures.models import Structure
from tandem.usagers.models import Usager


def _machine(structure: Structure) -> Author:
    """The machine, writing in the chain of the structure concerned."""
    return Author("system", None, structure.public_id)


def expire_due(*, at: datetime) -> int:
    """End what is past its end, and tell each person once per mandat; how many mandats.

    Nothing waits for this: a mandat past its end cannot be used, expired or not.
    """
    due = Autorisation.objects.filter(ended_at=None, ends_at__lte=at)
    people = Usager.objects.filter(pk__in=due.values("usager")).order_by("pk")
    return sum(_expire(person, at) for person in people.select_related("structure"))


def _expire(person: Usager, at: datetime) -> int:
    with transaction.atomic():
        lock_usager(person)
        rows = open_lines(usager=person, ends_at__lte=at)
        lines = end_lines(rows, kind=EndKind.EXPIRED, author=_machine(person.structure), at=at)
        ended = {row.mandat_id: row.mandat for row in rows if row.mandat.ended_at is not None}
        for mandat in ended.values():
            tell(mandat, Told.EXPIRED, key=str(mandat.public_id), at=at)
        if lines:
            record_all(lines)
    return len(ended)


def announce_endings(*, at: datetime) -> int:
    """Tell people that a mandat ends soon, one message per mandat and announcement; how many."""
    soon = (
        Mandat.objects.active(at=at)
        .filter(ends_at__lte=at + ENDING_SOON)
        .select_related("structure", "usager")
        .order_by("pk")
    )
    return sum(_announce(mandat, at) for mandat in soon)


def _announce(mandat: Mandat, at: datetime) -> int:
    days = announcement_due(
        duree=Duree(mandat.duree),
        ends_at=mandat.ends_at,
        announced=mandat.announced_days,
        at=at,
        tz=mandat.structure.zone,
    )
    if days is None:
        return 0
    with transaction.atomic():
        # One announcement, even with two workers: the row says which was the last.
        rows = Mandat.objects.active(at=at).filter(
            pk=mandat.pk, announced_days=mandat.announced_days
        )
        if not rows.update(announced_days=days):
            return 0
        tell(mandat, Told.ENDING, key=f"{mandat.public_id}:{days}", at=at)
        record_all(
            [
                Line(
                    events.MANDAT_ENDING_ANNOUNCED,
                    _machine(mandat.structure),
                    Subject("mandat", mandat.public_id),
                    at,
                    mandat.usager.public_id,
                    {"days": days},
                )
            ]
        )
    return 1
