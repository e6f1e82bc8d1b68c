"""Many lists in one statement: written by the ORM once, sent each time with the values of the moment.

A page that weaves rooms asks a dozen lists. Writing each query costs the ORM more than the database takes to
answer it. Here the queries are compiled once per process, all lists leave in one `UNION ALL`, each row as one
JSON array, and come back as the rows of the models they are.

    _lists = Gathering(lambda now: {"drafts": drafts_of(now["affectation"]), …})
    found = _lists.fetch({"affectation": acteur.affectation.pk, …})
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.query import ModelIterable, get_related_populators

from tandem.kernel.prepared import _cursor

Values = Mapping[str, Any]
Lists = Mapping[str, "QuerySet[Any, Any]"]
Rows = Sequence[Any]

# No database takes more arguments in one call of a function.
_CHUNK: Final = 50
_FAR: Final = -(10**15)
# Moments stand in for moments, five centuries apart: what is counted from one of them is known by its distance.
_CENTURIES: Final = 500
_FIRST_YEAR: Final = 4000
_MOST_MOMENTS: Final = 11
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2}(\.\d+)?)?")
# How a column travels in JSON, for a database whose values are not texts and numbers already.
_READ: Final[dict[str, Callable[[str], Any]]] = {
    "DateTimeField": datetime.fromisoformat,
    "DateField": date.fromisoformat,
    "UUIDField": UUID,
}


class GatheringError(Exception):
    """The lists cannot be compiled once for all: a value given is used nowhere, or one used was never given."""


@dataclass(frozen=True)
class _Place:
    """Where a value goes in the statement, and what is added to it there."""

    index: int
    name: str
    after: timedelta = timedelta()


def _stand_in(value: Any, number: int) -> Any:
    """A value of the same kind that no row has, to be found again in what the ORM compiled."""
    if isinstance(value, date):
        moment = datetime(_FIRST_YEAR + _CENTURIES * number, 1, 1, tzinfo=UTC)
        return moment if isinstance(value, datetime) else moment.date()
    if isinstance(value, UUID):
        return UUID(int=number + 1)
    if isinstance(value, int):
        return _FAR - number
    return f"\x1f{number}\x1f"


@dataclass
class _Part:
    """One list: how its rows become what the queryset would have given."""

    make: Callable[[Rows], Any]
    reads: list[tuple[int, Callable[[str], Any]]]
    converters: Any
    compiler: Any

    def read(self, line: Rows) -> Any:
        row = list(chain.from_iterable(line))
        for place, read in self.reads:
            if row[place] is not None:
                row[place] = read(row[place])
        if self.converters:
            (row,) = self.compiler.apply_converters([row], self.converters)
        return self.make(tuple(row))


@dataclass
class _Compiled:
    """One statement, and the names of the values it waits for, in their order."""

    names: tuple[str, ...]
    sql: str = ""
    params: list[Any] = field(default_factory=list)
    places: list[_Place] = field(default_factory=list)
    parts: dict[int, _Part] = field(default_factory=dict)


class Gathering:
    """Lists that are asked together.

    `lists` receives a stand-in for each value and gives querysets. It may look at nothing else that changes from
    one call to the next: what does is a `shape`, and each shape is compiled apart.
    """

    def __init__(self, lists: Callable[..., Lists]) -> None:
        self._lists = lists
        self._compiled: dict[tuple[Any, ...], _Compiled] = {}

    def fetch(self, values: Values, **shape: Any) -> dict[str, list[Any]]:
        """The rows of each list, in its order. One query."""
        connection = connections[DEFAULT_DB_ALIAS]
        key = (connection.vendor, tuple(values), *sorted(shape.items()))
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = self._compiled[key] = _compile(self._lists, values, shape)
        found: dict[str, list[Any]] = {name: [] for name in compiled.names}
        if not compiled.sql:
            return found
        params = list(compiled.params)
        for place in compiled.places:
            value = values[place.name]
            value = _prepared(value + place.after if place.after else value, connection)
            kind = type(params[place.index])
            # The driver may mark a number with its size.
            params[place.index] = kind(value) if isinstance(value, int) else value
        with _cursor(connection) as cursor:
            cursor.execute(compiled.sql, params)
            for number, line in cursor.fetchall():
                row = json.loads(line) if isinstance(line, str) else line
                found[compiled.names[number]].append(compiled.parts[number].read(row))
        return found


def gathered(lists: Lists) -> dict[str, list[Any]]:
    """The rows of lists that are asked together once: one query, nothing kept."""
    return Gathering(lambda _values: lists).fetch({})


def _prepared(value: Any, connection: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    return value


def _compile(lists: Callable[..., Lists], values: Values, shape: Values) -> _Compiled:
    connection = connections[DEFAULT_DB_ALIAS]
    if len(values) > _MOST_MOMENTS:
        raise GatheringError("too many values for one gathering")
    stand_ins = {name: _stand_in(value, n) for n, (name, value) in enumerate(values.items())}
    built = lists(stand_ins, **shape)
    compiled = _Compiled(tuple(built))
    pieces = []
    for number, rows in enumerate(built.values()):
        if rows._prefetch_related_lookups:  # type: ignore[attr-defined]  # noqa: SLF001 — no other way to ask
            raise GatheringError("nothing is fetched after a gathering")
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            sql, params = compiler.as_sql(with_col_aliases=True)
        except EmptyResultSet:
            continue
        pieces.append(_piece(number, sql, compiler, connection))
        compiled.parts[number] = _part(compiler, rows, connection)
        compiled.params += params
    compiled.sql = " UNION ALL ".join(pieces)
    if not values:
        return compiled
    names = {value: name for name, value in stand_ins.items()}
    found = [_place(n, _plain(param), names) for n, param in enumerate(compiled.params)]
    compiled.places = [place for place in found if place is not None]
    lost = set(values) - {place.name for place in compiled.places}
    if lost and len(compiled.parts) == len(built):
        raise GatheringError(f"used by no list: {', '.join(sorted(lost))}")
    return compiled


def _plain(param: Any) -> Any:
    """A parameter as it was before the database's own way of writing it."""
    if isinstance(param, str) and _ISO.fullmatch(param):
        moment = datetime.fromisoformat(param).replace(tzinfo=UTC)
        return moment if " " in param else moment.date()
    if isinstance(param, str) and len(param) == len(UUID(int=0).hex) and param.startswith("0" * 8):
        return UUID(param)
    return param


def _place(index: int, param: Any, names: Mapping[Any, str]) -> _Place | None:
    """The value that stands there; None for what never changes."""
    if not isinstance(param, int | str | date | UUID):
        return None
    if param in names:
        return _Place(index, names[param])
    if isinstance(param, date):
        for value, name in names.items():
            if type(value) is type(param) and abs(param - value).days < _CENTURIES * 100:
                return _Place(index, name, param - value)
    elif not isinstance(param, UUID) and not (isinstance(param, int) and param <= _FAR):
        return None
    raise GatheringError(f"not one of the values given: {param!r}")


def _aliases(compiler: Any) -> list[str]:
    return [alias or f"col{n}" for n, (_expr, _sql, alias) in enumerate(compiler.select, start=1)]


def _piece(number: int, sql: str, compiler: Any, connection: Any) -> str:
    """One list as rows of two columns: its number, and all it selects."""
    quote = connection.ops.quote_name
    is_postgresql = connection.vendor == "postgresql"
    array = "json_build_array" if is_postgresql else "json_array"
    columns = []
    for alias, (expression, _sql, _alias) in zip(_aliases(compiler), compiler.select, strict=True):
        column = f"p.{quote(alias)}"
        is_json = expression.output_field.get_internal_type() == "JSONField"
        columns.append(f"CAST({column} AS text)" if is_json else column)
    chunks = [columns[start : start + _CHUNK] for start in range(0, len(columns), _CHUNK)]
    whole = ", ".join(f"{array}({', '.join(chunk)})" for chunk in chunks)
    return f"SELECT {number} AS part, {array}({whole}) AS line FROM ({sql}) p"  # noqa: S608 — names of ours only


def _part(compiler: Any, rows: "QuerySet[Any, Any]", connection: Any) -> _Part:
    expressions = [expression for expression, _sql, _alias in compiler.select]
    reads = []
    if connection.vendor == "postgresql":
        kinds = [expression.output_field.get_internal_type() for expression in expressions]
        reads = [(n, _READ[kind]) for n, kind in enumerate(kinds) if kind in _READ]
    converters = compiler.get_converters(expressions)
    is_model = rows._iterable_class is ModelIterable  # noqa: SLF001 — same
    make = _maker(compiler, rows) if is_model else tuple
    return _Part(make, reads, converters, compiler)


def _maker(compiler: Any, rows: "QuerySet[Any, Any]") -> Callable[[Rows], Any]:
    """As Django's own ModelIterable makes a row."""
    info, select = compiler.klass_info, compiler.select
    model = info["model"]
    start, end = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column[0].target.attname for column in select[start:end]]
    populators = get_related_populators(info, select, rows.db)  # type: ignore[call-arg]  # of another version
    annotated = dict(compiler.annotation_col_map or {})

    def make(row: Rows) -> Any:
        made = model.from_db(rows.db, names, row[start:end])
        for populator in populators:
            populator.populate(row, made)
        for name, place in annotated.items():
            setattr(made, name, row[place])
        return made

    return make
