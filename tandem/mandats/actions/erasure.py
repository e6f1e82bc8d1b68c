"""What was signed keeps its seal and loses its words: with the person (P-22), or in its time (P-20)."""

from datetime import datetime
from typing import Final

from django.db import transaction

from tandem.journal.actions import record, record_all
from tandem.journal.rules import Author, Subject
from tandem.mandats import events
from tandem.mandats.actions.ends import end_lines, lock_usager, open_lines
from tandem.mandats.models import Mandat, Usage
from tandem.mandats.rules import EndKind, kept_since
from tandem.structures.models import SYSTEM_ACTEUR
from tandem.usagers.actions import erase_usager
from tandem.usagers.models import Usager

# One round of the worker; the next one goes on.
ROUND: Final = 200


def erase_due(*, at: datetime) -> tuple[int, int]:
    """Erase what has been kept long enough: words of mandats, then people left without any; how many of each.

    Each in its own transaction: stopped in the middle, the next round goes on. The journal keeps the seal of each
    mandat, and its chain still verifies.
    """
    limit = kept_since(at)
    due = Mandat.objects.filter(ended_at__lte=limit, erased_at=None).order_by("pk")
    mandats = sum(
        _erase_mandat(mandat, at) for mandat in due.select_related("structure", "usager")[:ROUND]
    )
    kept = Mandat.objects.filter(erased_at=None)
    people = (
        Usager.objects.known()
        .filter(last_contact_at__lte=limit)
        .exclude(pk__in=kept.values("usager"))
        .order_by("pk")
    )
    forgotten = list(people.select_related("structure")[:ROUND])
    for person in forgotten:
        erase_usager(acteur=SYSTEM_ACTEUR, usager=person, at=at)
    return mandats, len(forgotten)


@transaction.atomic
def _erase_mandat(mandat: Mandat, at: datetime) -> int:
    lock_usager(mandat.usager)
    # Erased meanwhile with the person, or by another worker: nothing is left to do.
    rows = Mandat.objects.filter(pk=mandat.pk, erased_at=None)
    if not rows.update(snapshot="", verification_code="", erased_at=at):
        return 0
    Usage.objects.filter(autorisation__mandat=mandat).update(service_declared="", account_text="")
    record(
        events.MANDAT_ERASED,
        author=Author("system", None, mandat.structure.public_id),
        subject=Subject("mandat", mandat.public_id),
        at=at,
        about=mandat.usager.public_id,
        facts={"seal": mandat.seal},
    )
    return 1


def erase_person(*, usager: Usager, at: datetime, **_signal: object) -> None:
    """Called by usagers inside its own transaction, under its lock on the person.

    What is still alive ends. Snapshots, codes and accounts go; seals, dates and scopes stay: without its salt
    a seal says nothing any more.
    """
    author = Author("system", None, usager.structure.public_id)
    lines = end_lines(open_lines(usager=usager), kind=EndKind.RENOUNCED, author=author, at=at)
    Mandat.objects.filter(usager=usager).update(snapshot="", verification_code="", erased_at=at)
    Usage.objects.filter(autorisation__usager=usager).update(service_declared="", account_text="")
    if lines:
        record_all(lines)
