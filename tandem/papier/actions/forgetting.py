"""What is kept on paper goes with the mandat, or with the person (P-20, P-22)."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from tandem.fichiers.actions import erase_file
from tandem.journal.actions import record
from tandem.journal.rules import Author, Subject
from tandem.papier import events
from tandem.papier.models import Original, Sheet
from tandem.papier.rules import WAITS, Decision
from tandem.usagers.models import Usager

# One round of the worker; the next one goes on.
ROUND: Final = 200


def purge_papier(*, at: datetime) -> tuple[int, int]:
    """Forget the sheets nobody confirmed, and the originals of mandats erased in their time; how many of each."""
    late = Sheet.objects.filter(decision=Decision.WAITING, noted_at__lte=at - WAITS).order_by("pk")
    forgotten = sum(_forget(pk, at) for pk in late.values_list("pk", flat=True)[:ROUND])
    with transaction.atomic():
        rows = Original.objects.filter(mandat__erased_at__isnull=False).order_by("pk")[:ROUND]
        erased = _erase(rows, at)
    return forgotten, erased


@transaction.atomic
def _forget(pk: int, at: datetime) -> int:
    row = (
        Sheet.objects.select_for_update(of=("self",))
        .select_related("usager", "structure")
        .filter(pk=pk, decision=Decision.WAITING)
        .first()
    )
    # Decided meanwhile: nothing is left to do.
    if row is None:
        return 0
    row.decision, row.decided_at = Decision.FORGOTTEN, at
    row.content, row.refusal_index = {}, ""
    row.save(update_fields=["decision", "decided_at", "content", "refusal_index"])
    record(
        events.SHEET_FORGOTTEN,
        author=Author("system", None, row.structure.public_id),
        subject=Subject("sheet", row.public_id),
        at=at,
        about=row.usager.public_id,
        facts={},
    )
    return 1


def erase_person(*, usager: Usager, at: datetime, **_signal: object) -> None:
    """Called by usagers inside its own transaction, under its lock on the person."""
    _erase(Original.objects.filter(mandat__usager=usager), at)
    Sheet.objects.filter(usager=usager).delete()


def _erase(rows: QuerySet[Original], at: datetime) -> int:
    originals = list(rows.select_related("scan"))
    for original in originals:
        original.delete()
        # The key first: no copy of the file opens any more, in an old backup either.
        erase_file(original.scan, at=at)
    return len(originals)
