"""Acts done at the same instant, on a database that several threads really share."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

from django.db import connection, connections

from tandem.kernel.refusals import Refusal

_PAUSE_SECONDS = 0.04


@contextmanager
def shared_database(folder: Path) -> Iterator[None]:
    """SQLite in memory has one writer and no waiting: the race gets a file. PostgreSQL needs nothing."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    memory, name = connection.connection, connection.settings_dict["NAME"]
    path = folder / "race.sqlite3"
    copy = sqlite3.connect(path)
    memory.backup(copy)
    copy.close()
    connection.settings_dict["NAME"] = str(path)
    connection.connection = None
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name
        connection.connection = memory


def at_once(acts: Sequence[Callable[[], Any]], *, slowly: bool = False) -> list[Any]:
    """What each act gave, all started together; a refusal is an answer, anything else fails the test.

    `slowly`: the database is slow, so that acts which can lock crosswise do.
    """
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        with ExitStack() as stack:
            stack.callback(connections.close_all)
            if slowly:
                stack.enter_context(connection.execute_wrapper(_slowly))
            barrier.wait(20)
            try:
                return act()
            except Refusal as refusal:
                return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def _slowly(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    """Each statement that takes a row keeps it a while before the next."""
    given = execute(sql, params, many, context)
    if sql.lstrip().upper().startswith(("UPDATE", "DELETE", "INSERT")) or "FOR " in sql:
        time.sleep(_PAUSE_SECONDS)
    return given
