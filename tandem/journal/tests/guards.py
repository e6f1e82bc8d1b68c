"""Lifts the guards of the journal, in tests alone: around a flush, or to play the owner."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.operations import BaseDatabaseOperations

from tandem.journal.guards import TABLES, install_guards


@contextmanager
def guards_lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Inside, the database no longer defends the journal; afterwards it does again."""
    drop_guards(connection)
    try:
        yield
    finally:
        settle(connection)
        install_guards(connection)


def drop_guards(connection: BaseDatabaseWrapper) -> None:
    """What an owner of the database may do."""
    settle(connection)
    with connection.cursor() as cursor:
        for table in TABLES:
            for verb in ("insert", "update", "delete", "truncate"):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_guard_{verb}{on}")


@contextmanager
def flush_lifts_guards() -> Iterator[None]:
    """Inside, Django's flush (after each transactional test) may empty the journal."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def lifting(self: BaseDatabaseOperations, sql_list: list[str]) -> Any:
        with guards_lifted(self.connection):
            return flush(self, sql_list)

    with patch.object(BaseDatabaseOperations, "execute_sql_flush", lifting):
        yield


def settle(connection: BaseDatabaseWrapper) -> None:
    """PostgreSQL keeps a trigger while a deferred constraint waits for it."""
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def sql(statement: str, *params: Any) -> None:
    """Run a statement behind the back of the models."""
    with transaction.atomic(), connection.cursor() as cursor:
        settle(connection)
        cursor.execute(statement, params)
