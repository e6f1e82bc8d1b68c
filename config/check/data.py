"""The database: that what it acknowledges is written, that it is up to date, that it tells the same time."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config.check.findings import Finding, error, good, warning
from tandem.journal.models import Entry

OLDEST_POSTGRESQL = 15
SKEW = timedelta(seconds=5)
# What loses acknowledged commits at a power cut, and the value it must have.
_DURABLE = {"fsync": "on", "full_page_writes": "on"}


def settings_of_the_database(_at: datetime) -> Iterator[Finding]:
    """An acknowledged act survives a power cut (R-04, R-05)."""
    return _sqlite() if connection.vendor == "sqlite" else _postgresql()


def migrations(_at: datetime) -> Iterator[Finding]:
    """The tables are those of this version."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        yield error(
            "migrations", f"{len(waiting)} migration(s) en attente : lancez « tandem migrate »."
        )
    else:
        yield good("migrations", "La base est à jour.")


def database_clock(at: datetime) -> Iterator[Finding]:
    """The database tells our time, and the journal was not written in the future (R-18)."""
    if connection.vendor == "postgresql":
        there = _ask("SELECT clock_timestamp()")
        if abs(there - datetime.now(UTC)) > SKEW:
            yield error(
                "horloge", "La base de données et cette machine ne donnent pas la même heure."
            )
    last = Entry.objects.order_by("-at").values_list("at", flat=True).first()
    if last is not None and last > at + SKEW:
        yield error(
            "horloge", "La dernière ligne du journal est dans le futur : l'horloge a reculé depuis."
        )


def _sqlite() -> Iterator[Finding]:
    wanted = {"journal_mode": ("wal",), "synchronous": (2, 3), "foreign_keys": (1,)}
    wrong = {
        name: value
        for name, allowed in wanted.items()
        if (value := _ask(f"PRAGMA {name}")) not in allowed
    }
    if str(connection.settings_dict["NAME"]).startswith((":memory:", "file:memory")):
        # A database in memory keeps no journal on disk.
        wrong.pop("journal_mode", None)
    if "synchronous" in wrong:
        yield error(
            "base",
            "synchronous n'est pas FULL : une coupure de courant perdrait des actes acquittés.",
        )
    for name in sorted(set(wrong) - {"synchronous"}):
        yield error(
            "base", f"PRAGMA {name} vaut {wrong[name]} : ce n'est pas le réglage de Tandem."
        )
    if not wrong:
        yield good("base", f"SQLite {sqlite3.sqlite_version}, WAL, synchronous FULL.")


def _postgresql() -> Iterator[Finding]:
    version = int(_ask("SHOW server_version_num")) // 10_000
    if version < OLDEST_POSTGRESQL:
        yield error(
            "base", f"PostgreSQL {version} est trop ancien : il faut {OLDEST_POSTGRESQL} ou plus."
        )
    else:
        yield good("base", f"PostgreSQL {version}.")
    for name, value in _DURABLE.items():
        if _ask(f"SHOW {name}") != value:
            yield error(
                "base",
                f"{name} n'est pas « {value} » : une coupure de courant perdrait des actes acquittés.",
            )
    if _ask("SHOW synchronous_commit") in {"off", "local"}:
        yield error(
            "base",
            "synchronous_commit est coupé : une coupure de courant perdrait des actes acquittés.",
        )
    if _ask("SHOW server_encoding") != "UTF8":
        yield error("base", "La base n'est pas en UTF8 : des noms seraient refusés.")
    if _ask("SHOW data_checksums") != "on":
        yield warning("base", "data_checksums est coupé : un disque qui ment ne se verrait pas.")
    if _ask("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        yield warning("base", "Tandem s'y connecte en superutilisateur : donnez-lui un rôle à lui.")
    if _ask("SHOW archive_mode") == "off":
        yield warning(
            "base", "archive_mode est coupé : ce qui suit la dernière sauvegarde serait perdu."
        )


def _ask(query: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]
