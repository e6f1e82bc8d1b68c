"""What may be shown of a count, and the months there are: no database, no clock, no request."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# Under eleven, a count could point at someone (S-54).
SMALLEST_SHOWN: Final = 11
# What is typed late still counts; after that the month is closed.
CLOSED_AFTER: Final = timedelta(days=1)


class Table(TextChoices):
    """One way of counting. Each line of a table counts other things than its neighbour."""

    PERSONS = "persons", _("Personnes aidées dans le mois")
    PERSONS_YEAR = "year", _("Personnes aidées dans l’année")
    KINDS = "kinds", _("Aides, par nature")
    MODES = "modes", _("Aides, par façon d’aider")
    PRESENCES = "presences", _("Aides, par présence de la personne")
    THEMES = "themes", _("Aides, par thème")


# The only line of the first table; what has no thème.
EVERYONE: Final = "everyone"
NO_THEME: Final = "none"
# Beside the kinds of simple help: what accompagnements and mandats count.
DEMARCHE: Final = "demarche"
USAGE: Final = "usage"


@dataclass(frozen=True)
class Cell:
    """One figure as it may be shown. None: too small, or it would give a small one away."""

    value: int | None
    at_least: bool = False


def publish(counts: Mapping[str, int]) -> dict[str, int | None]:
    """The counts of one table, the small ones hidden, and as many others as it takes to hide them (S-54).

    Nothing between 1 and 10 is shown. What is hidden is never a single line, and sums to eleven at least: the
    total of another table takes nobody out of it.
    """
    hidden = {key for key, value in counts.items() if 0 < value < SMALLEST_SHOWN}
    shown = sorted((value, key) for key, value in counts.items() if value and key not in hidden)
    while hidden and shown and not _hides_enough(counts, hidden):
        hidden.add(shown.pop(0)[1])
    return {key: None if key in hidden else value for key, value in counts.items()}


def _hides_enough(counts: Mapping[str, int], hidden: set[str]) -> bool:
    return len(hidden) > 1 and sum(counts[key] for key in hidden) >= SMALLEST_SHOWN


def publish_year(months: Sequence[Mapping[str, int]]) -> dict[str, Cell]:
    """The table of a year from those of its months, so that neither gives away what the other hides (S-54).

    A line whose whole figure would lead to a hidden one is given as what its months show: « au moins », or nothing.
    """
    shown = [publish(counts) for counts in months]
    whole: Counter[str] = Counter()
    known: Counter[str] = Counter()
    for counts, cells in zip(months, shown, strict=True):
        whole.update(counts)
        known.update({key: value or 0 for key, value in cells.items()})
    hidden = {(m, key) for m, cells in enumerate(shown) for key in cells if cells[key] is None}
    untold = {m for m, counts in enumerate(months) if sum(counts.values()) < SMALLEST_SHOWN}
    partial = {key for key in whole if 0 < whole[key] - known[key] < SMALLEST_SHOWN}
    while given := _given_away(hidden, untold, partial):
        others = {key for _month, key in hidden} - partial
        more = given & others or set(sorted(others, key=lambda key: (whole[key], key))[:1])
        if not more:
            break
        partial |= more
    return {
        key: Cell(known[key] or None, at_least=known[key] > 0) if key in partial else Cell(value)
        for key, value in whole.items()
    }


# Beside the months, numbered from 0: the year, and where the totals of months too small to be told would stand.
_YEAR: Final = -1
_NOWHERE: Final = -2


def _given_away(hidden: Set[tuple[int, str]], untold: Set[int], partial: Set[str]) -> set[str]:
    """The lines that hold a figure anyone could compute, by adding and subtracting all that is told.

    Told: the total of each month, by another table, unless it is small; the year of each line, unless `partial`.
    A hidden figure joins its month and its line. Whoever knows the sums at both ends computes it, unless it
    lies on a loop: there, one more here is one less there, and no sum changes.
    """
    edges: list[tuple[int, str | int]] = sorted(hidden)
    edges += [(month, _NOWHERE) for month in sorted({m for m, _key in hidden} & untold)]
    edges += [(_YEAR, key) for key in sorted({key for _month, key in hidden} & partial)]
    found: set[str] = set()
    for month, line in _on_no_loop(edges):
        found |= {line} if isinstance(line, str) else {k for m, k in hidden if m == month}
    return found


def _on_no_loop(edges: Sequence[tuple[int, str | int]]) -> list[tuple[int, str | int]]:
    """Those that alone join what stands on their two sides (bridges, by one walk in depth)."""
    beside: dict[str | int, list[tuple[str | int, int]]] = {}
    for rank, (one, other) in enumerate(edges):
        beside.setdefault(one, []).append((other, rank))
        beside.setdefault(other, []).append((one, rank))
    order: dict[str | int, int] = {}
    found = []

    def earliest(node: str | int, came_by: int) -> int:
        """The earliest of those reached from here without going back the way one came."""
        order[node] = first = len(order)
        for beyond, rank in beside[node]:
            if rank == came_by:
                continue
            is_new = beyond not in order
            back = earliest(beyond, rank) if is_new else order[beyond]
            if is_new and back > order[node]:
                found.append(edges[rank])
            first = min(first, back)
        return first

    for node in beside:
        if node not in order:
            earliest(node, came_by=-1)
    return found


def publish_people(year: int, months: Sequence[int]) -> Cell:
    """The people of a year beside those of its months, so that taking one from the other points at nobody (S-54).

    Who came but not in that month, who came in two: few enough to be named, the year gives its largest month.
    """
    if year < SMALLEST_SHOWN:
        return Cell(None if year else 0)
    told = [count for count in months if count >= SMALLEST_SHOWN]
    largest = max(told, default=0)
    gaps = [year - largest, *(year - count for count in told), sum(months) - year]
    if not any(0 < gap < SMALLEST_SHOWN for gap in gaps):
        return Cell(year)
    return Cell(largest or None, at_least=bool(largest))


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def next_month(first: date) -> date:
    """The first day of the month after."""
    return (first + timedelta(days=32)).replace(day=1)


def bounds(first: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants where a month begins, and where the next one does, in the time of the structure."""
    return (
        datetime.combine(first, time(), tzinfo=zone),
        datetime.combine(next_month(first), time(), tzinfo=zone),
    )


def closed_months(since: datetime, at: datetime, zone: ZoneInfo) -> Iterator[date]:
    """The months that are over, from the one of `since`, oldest first."""
    first = month_of(since.astimezone(zone).date())
    while bounds(first, zone)[1] + CLOSED_AFTER <= at:
        yield first
        first = next_month(first)


def neutral(cell: str) -> str:
    """A cell no spreadsheet takes for a formula (S-28)."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
