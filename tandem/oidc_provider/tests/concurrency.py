"""Several requests at the same instant, on the real kind of database.

Django's in-memory SQLite has one writer and no waiting: the threads of a race get a file, as in production.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

from django.db import connection, connections


@contextmanager
def shared_database(folder: Path) -> Iterator[None]:
    """On SQLite, a file with the same tables for the time of a test; on PostgreSQL, nothing to do."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    memory, name = connection.connection, connection.settings_dict["NAME"]
    path = folder / "race.sqlite3"
    with sqlite3.connect(path) as copy:
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


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each act gave, all of them started together; an exception is what it gave."""
    barrier = Barrier(len(acts))
    given: list[Any] = [None] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        barrier.wait(20)
        try:
            given[number] = act()
        except Exception as surprise:  # noqa: BLE001 — told to the test, which expects none
            given[number] = surprise
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return given
