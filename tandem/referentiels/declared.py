"""What each declaration that comes back asks: its lines, its traps, its months. From a data file; no database here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from tandem.referentiels.deadlines import Source
from tandem.referentiels.public_days import add_months
from tandem.referentiels.sources import InvalidSource, catalogue, read_data


class LineKind(StrEnum):
    """What is written on a line."""

    MONEY = "argent"
    NUMBER = "nombre"
    TEXT = "texte"
    YES_NO = "oui_non"


@dataclass(frozen=True)
class AskedLine:
    """One line that a declaration asks. `trap`: the mistake that is often made there."""

    key: str
    title: str
    hint: str
    trap: str
    kind: LineKind
    by_month: bool
    by_person: bool


@dataclass(frozen=True)
class Correspondent:
    """Whom to call when something is wrong."""

    who: str
    phone: str
    when: str


@dataclass(frozen=True)
class DeclaredForm:
    """One declaration that comes back every so many `months`."""

    slug: str
    months: int
    lag: int
    early: int
    lines: tuple[AskedLine, ...]
    verify: tuple[str, ...]
    repair: str
    call: tuple[Correspondent, ...]
    check_in: int
    source: Source

    def line(self, key: str) -> AskedLine | None:
        """The line of that key."""
        return next((line for line in self.lines if line.key == key), None)

    def first_month(self, today: date, former: date | None = None) -> date:
        """The first month that is declared today.

        After a `former` declaration, whole periods later: those of the household go on, the next one at least.
        """
        end = self._month_after_last(today)
        if self.months == 12:
            end = end.replace(month=1)
        first = add_months(end, -self.months)
        if former is None:
            return first
        following = add_months(former, self.months)
        while add_months(following, self.months) <= first:
            following = add_months(following, self.months)
        return following

    def _month_after_last(self, today: date) -> date:
        month = today.replace(day=1)
        if self.early and today.day >= self.early:
            month = add_months(month, 1)
        return add_months(month, -self.lag)


@cache
def declared_forms() -> Mapping[str, DeclaredForm]:
    """Every declaration that comes back, by the slug of its démarche.

    Raises:
        InvalidSource: a démarche or a line that does not exist, a key said twice, a statement without source.
    """
    data = read_data("declarations.toml")
    lines = _by_key(data["ligne"], "key")
    asked = {key: _line(row) for key, row in lines.items()}
    known = {demarche.slug for demarche in catalogue().demarches}
    rows = _by_key(data["declaration"], "slug")
    if not rows.keys() <= known:
        raise InvalidSource(f"declarations.toml: {rows.keys() - known}")
    return {slug: _form(row, asked) for slug, row in rows.items()}


def _by_key(rows: list[dict[str, Any]], name: str) -> dict[str, dict[str, Any]]:
    found = {str(row[name]): row for row in rows}
    if len(found) != len(rows):
        raise InvalidSource(f"declarations.toml: a {name} is said twice")
    return found


def _line(row: dict[str, Any]) -> AskedLine:
    return AskedLine(
        key=row["key"],
        title=row["title"],
        hint=row["hint"],
        trap=row["trap"],
        kind=LineKind(row["kind"]),
        by_month=row["month"],
        by_person=row["person"],
    )


def _form(row: dict[str, Any], asked: Mapping[str, AskedLine]) -> DeclaredForm:
    if not row["source"].strip() or not set(row["lines"]) <= asked.keys():
        raise InvalidSource(f"declarations.toml: {row['slug']}")
    return DeclaredForm(
        slug=row["slug"],
        months=row["months"],
        lag=row["lag"],
        early=row["early"],
        lines=tuple(asked[key] for key in row["lines"]),
        verify=tuple(row["verify"]),
        repair=row["repair"],
        call=tuple(Correspondent(**one) for one in row["call"]),
        check_in=row["check_in"],
        source=Source(row["source"], row["checked_on"], row["sure"]),
    )
