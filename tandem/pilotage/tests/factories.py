"""Months of work, ready to count."""

from datetime import date, datetime

from tandem.accompagnements.models import Aide
from tandem.accompagnements.rules import AideKind, Mode
from tandem.mandats.rules import Presence
from tandem.pilotage.models import ClosedMonth, MonthCount
from tandem.structures.models import Affectation, Structure


def give_aides(affectation: Affectation, number: int, *, at: datetime, **traits: object) -> None:
    """So many simple helps at an instant."""
    kept: dict[str, object] = {
        "kind": AideKind.IMPRESSION, "mode": Mode.ENSEMBLE, "presence": Presence.PRESENCE,
    } | traits  # fmt: skip
    for _turn in range(number):
        Aide.objects.create(structure=affectation.structure, affectation=affectation, at=at, **kept)


def closed_year(
    structure: Structure, counts: dict[tuple[str, str], int], *, year: int, at: datetime
) -> None:
    """Twelve closed months that all hold the same figures."""
    for month in range(1, 13):
        first = date(year, month, 1)
        ClosedMonth.objects.create(structure=structure, month=first, counted_at=at)
        MonthCount.objects.bulk_create(
            MonthCount(structure=structure, month=first, table=table, line=line, value=value)
            for (table, line), value in counts.items()
        )
