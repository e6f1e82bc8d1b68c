"""The tools that each database brings to copy itself whole."""

import os
import shutil
import subprocess
from pathlib import Path

from django.db import connection

from tandem.kernel.refusals import Refusal


class DatabaseToolFailed(Refusal):
    """A tool of the database is missing, or failed; the message says which and why."""


def dump_database(folder: Path) -> Path:
    """A copy of the whole database at one instant, while it serves; its file in `folder`."""
    if connection.vendor == "sqlite":
        target = folder / "database.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(target)])
        return target
    target = folder / "database.dump"
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
    return target


def check_dump(dump: Path) -> None:
    """Refuse a copy that the database could not read, before anything is touched."""
    if connection.vendor != "sqlite":
        _run("pg_restore", "--list", str(dump))
        return
    import sqlite3

    copy = sqlite3.connect(f"file:{dump}?mode=ro", uri=True)
    try:
        answer = copy.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        answer = str(error)
    finally:
        copy.close()
    if answer != "ok":
        raise DatabaseToolFailed(f"La base de cette sauvegarde est abîmée : {answer[:200]}")


def load_database(dump: Path) -> None:
    """Put a copy in the place of an empty database; on PostgreSQL whole or not at all."""
    if connection.vendor == "sqlite":
        target = Path(str(connection.settings_dict["NAME"]))
        connection.close()
        for suffix in ("-wal", "-shm"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        shutil.move(dump, target)
        return
    _run(
        "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
        f"--dbname={connection.settings_dict['NAME']}", str(dump),
    )  # fmt: skip


def _environment() -> dict[str, str]:
    own = connection.settings_dict
    names = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGDATABASE": "NAME",
    }
    return {**os.environ, **{key: str(own[value]) for key, value in names.items() if own[value]}}


def _run(*command: str) -> None:
    try:
        done = subprocess.run(
            command, env=_environment(), capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise DatabaseToolFailed(
            f"La commande {command[0]} manque (paquet postgresql-client)."
        ) from error
    if done.returncode:
        raise DatabaseToolFailed(f"{command[0]} a échoué : {done.stderr.strip()[:300]}")
