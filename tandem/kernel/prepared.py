"""Queries asked at every request: their SQL is written once, then only the values change.

Writing the SQL of a wide query costs Python more than the database spends to answer it. Here the queryset is
compiled at its first use on a connection; on PostgreSQL the server keeps its plan too, when the connection says
from which use on (`prepare_threshold`). Nothing of an answer is kept: each call asks the database.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models.expressions import Value
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=models.Model)


class Slot(Value):
    """The place of a value given at each call: its number, and the field that says how it is written."""

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:  # noqa: ARG002 - Django's signature
        return "%s", [self]


class _Plan(Generic[M]):
    """A queryset compiled for one connection."""

    def __init__(self, rows: models.QuerySet[M], connection: BaseDatabaseWrapper) -> None:
        compiler = rows.query.get_compiler(connection=connection)
        self.sql, self.params = compiler.as_sql()
        self.compiler = compiler
        self.converters = compiler.get_converters([one[0] for one in compiler.select])
        info: Any = compiler.klass_info
        fields = info["select_fields"]
        self.model: type[M] = info["model"]
        self.own = slice(fields[0], fields[-1] + 1)
        self.names = [one[0].target.attname for one in compiler.select[self.own]]
        self.related = get_related_populators(info, compiler.select, connection.alias)  # type: ignore[call-arg]  # stubs of a later Django
        self.annotations = dict(compiler.annotation_col_map)

    def read(self, rows: list[Any], alias: str) -> list[M]:
        """The rows as instances, with what was selected beside them."""
        found = []
        for row in self.compiler.apply_converters(rows, self.converters):
            one = self.model.from_db(alias, self.names, row[self.own])
            for populator in self.related:
                populator.populate(row, one)
            for name, position in self.annotations.items():
                setattr(one, name, row[position])
            found.append(one)
        return found


class Prepared(Generic[M]):
    """`Prepared(build, *fields)`: `build` receives one slot per field and gives a queryset of whole rows.

    A value is never None (SQL writes « is null » otherwise), and a slot is compared, not listed in an « in ».
    """

    def __init__(
        self, build: Callable[..., models.QuerySet[M]], *fields: "models.Field[Any, Any]"
    ) -> None:
        self._build, self._fields = build, fields
        self._plans: WeakKeyDictionary[BaseDatabaseWrapper, _Plan[M]] = WeakKeyDictionary()

    def all(self, *values: object) -> list[M]:
        """Every row, now."""
        if len(values) != len(self._fields) or None in values:
            raise TypeError("one value for each slot, and none of them None")
        connection = connections[DEFAULT_DB_ALIAS]
        plan = self._plans.get(connection)
        if plan is None:
            slots = [Slot(number, field) for number, field in enumerate(self._fields)]
            plan = self._plans[connection] = _Plan(self._build(*slots), connection)
        params = [
            one.output_field.get_db_prep_value(values[one.value], connection)
            if isinstance(one, Slot)
            else one
            for one in plan.params
        ]
        with _cursor(connection) as cursor:
            cursor.execute(plan.sql, params)
            return plan.read(cursor.fetchall(), connection.alias)

    def first(self, *values: object) -> M | None:
        """The first row, if any."""
        return next(iter(self.all(*values)), None)


def _cursor(connection: Any) -> CursorWrapper:
    """A cursor whose values travel apart from the SQL, so that PostgreSQL may keep the plan."""
    if connection.vendor != "postgresql":
        return cast("CursorWrapper", connection.cursor())
    from django.db.backends.postgresql.base import ServerBindingCursor

    # As `connection.cursor()` does, but for the class: its hooks and the errors it translates stay.
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors:
        own = cast("Any", ServerBindingCursor)(connection.connection)
        return cast("CursorWrapper", connection._prepare_cursor(own))  # noqa: SLF001 - the only way
