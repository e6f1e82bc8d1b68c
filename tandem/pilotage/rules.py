"""What may be shown of a count, and the months there are: no database, no clock, no request."""

from collections.abc import Iterator, Mapping, Sequence
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
    """The table of a year from those of its months, so that the months take nothing out of it (S-54).

    When what the months hide of a line is small, the year gives what they show: « au moins ».
    """
    whole: dict[str, int] = {}
    known: dict[str, int] = {}
    for counts in months:
        shown = publish(counts)
        for key, value in counts.items():
            whole[key] = whole.get(key, 0) + value
            known[key] = known.get(key, 0) + (shown[key] or 0)
    short = {key for key in whole if 0 < whole[key] - known[key] < SMALLEST_SHOWN}
    safe = {key: known[key] if key in short else value for key, value in whole.items()}
    return {key: Cell(value, at_least=key in short) for key, value in publish(safe).items()}


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
