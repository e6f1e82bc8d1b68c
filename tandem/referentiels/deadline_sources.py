"""The catalogue of deadlines and silences, read from the data files and checked. No database here."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from tandem.referentiels.deadlines import (
    CountedFrom,
    DeadlineRule,
    Delay,
    DemarcheDeadlines,
    Meaning,
    Recurrence,
    RuleKind,
    Source,
)
from tandem.referentiels.sources import InvalidSource, catalogue, read_data

_UNITS = ("months", "days", "working_days", "year_ends")


@cache
def rules() -> Mapping[str, DeadlineRule]:
    """Every rule, by its key.

    Raises:
        InvalidSource: a key said twice, no delay or two, a silence without meaning.
    """
    rows = _by_key(read_data("regles.toml")["regle"], "key")
    return {key: _rule(row) for key, row in rows.items()}


@cache
def recurrences() -> Mapping[str, Recurrence]:
    """What comes back, by its key."""
    rows = _by_key(read_data("delais.toml")["repetition"], "key")
    return {key: _recurrence(row) for key, row in rows.items()}


@cache
def deadlines() -> Mapping[str, DemarcheDeadlines]:
    """What the catalogue knows of the time of each démarche, by its slug.

    Raises:
        InvalidSource: a démarche, a rule or a recurrence that does not exist.
    """
    known = {demarche.slug for demarche in catalogue().demarches}
    rows = _by_key(read_data("delais.toml")["demarche"], "slug")
    if not rows.keys() <= known:
        raise InvalidSource(f"delais.toml: {rows.keys() - known}")
    return {slug: _deadlines(row) for slug, row in rows.items()}


def _by_key(rows: list[dict[str, Any]], name: str) -> dict[str, dict[str, Any]]:
    found = {str(row[name]): row for row in rows}
    if len(found) != len(rows):
        raise InvalidSource(f"a {name} is said twice")
    return found


def _source(row: dict[str, Any]) -> Source:
    if not row["source"].strip():
        raise InvalidSource("a statement has no source")
    return Source(row["source"], row["checked_on"], row["sure"])


def _rule(row: dict[str, Any]) -> DeadlineRule:
    units = {unit: row[unit] for unit in _UNITS if row.get(unit)}
    kind = RuleKind(row["kind"])
    meaning = Meaning(row["meaning"]) if "meaning" in row else None
    if len(units) != 1 or (kind == RuleKind.SILENCE) != (meaning is not None):
        raise InvalidSource(f"regles.toml: {row['key']}")
    return DeadlineRule(
        key=row["key"],
        kind=kind,
        counted_from=CountedFrom(row["from"]),
        delay=Delay(**units, before=row.get("before", False), extends=row.get("extends", False)),
        meaning=meaning,
        to=row.get("to", ""),
        words=row["words"],
        missed=row["missed"],
        source=_source(row),
    )


def _recurrence(row: dict[str, Any]) -> Recurrence:
    return Recurrence(
        key=row["key"],
        months=row["months"],
        day=row["day"],
        month=row.get("month", 0),
        opens=row["opens"],
        words=row["words"],
        missed=row["missed"],
        source=_source(row),
    )


def _deadlines(row: dict[str, Any]) -> DemarcheDeadlines:
    again = row.get("again", "")
    try:
        return DemarcheDeadlines(
            slug=row["slug"],
            rules=tuple(rules()[key] for key in row["rules"]),
            recurrence=recurrences()[again] if again else None,
            facts=tuple(row["facts"]),
            write_next=row["next"],
            source=_source(row),
        )
    except KeyError as error:
        raise InvalidSource(f"delais.toml: {row['slug']}") from error
