"""The negative controls: Tandem with one protection removed, served as the real one. Never for anything else.

granian --interface wsgi tests.fiabilite.broken:application      with TANDEM_BROKEN=transaction
"""

import os
from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

WRITES = ("INSERT", "UPDATE", "DELETE")
SAVEPOINTS = ("SAVEPOINT", "RELEASE", "ROLLBACK")


def acknowledge_each_write(sender: object, connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """No transaction any more: the database keeps each write by itself."""

    def execute(run: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(SAVEPOINTS):
            return None
        done = run(sql, params, many, context)
        if connection.in_atomic_block and sql.startswith(WRITES):
            if connection.vendor == "sqlite":
                if "RETURNING" in sql:
                    # Its rows are not read yet: the next write keeps it.
                    return done
                connection.connection.execute("COMMIT")
                connection.connection.execute("BEGIN IMMEDIATE")
            else:
                connection.connection.commit()
        return done

    connection.execute_wrappers.append(execute)


def leave_it_to_the_system(sender: object, connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """SQLite acknowledges what the system has not yet put on the disk."""
    connection.connection.execute("PRAGMA synchronous=NORMAL")


CONTROLS = {"transaction": acknowledge_each_write, "synchronous": leave_it_to_the_system}
if "TANDEM_BROKEN" in os.environ:
    connection_created.connect(
        CONTROLS[os.environ["TANDEM_BROKEN"]], dispatch_uid="tests.fiabilite.broken"
    )

from config.wsgi import application  # noqa: E402 - the protection first

__all__ = ["application"]
