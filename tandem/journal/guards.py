"""The guards: the database itself refuses to change, remove or forge a line (law 9).

The tables of `Entry` and `Checkpoint` refuse UPDATE, DELETE and TRUNCATE, and accept only the row
that follows the last one. The insertion guards look at every unique column: SQLite's INSERT OR
REPLACE removes the row it conflicts with and fires no DELETE trigger. A table rebuilt by a
migration silently loses its triggers: they are installed again after every migration (apps.py),
and looked for in the catalogue at boot (checks.py).
"""

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from tandem.journal.rules import FIRST_PREVIOUS_HASH

_CHANGE = "le journal ne se modifie pas"
_FORGE = "une ligne du journal suit la tête de sa chaîne"

# What makes a new row wrong. A NULL passes here and meets the NOT NULL of its column.
_FORGED = {
    "journal_entry": """
        NEW.seq <> 1 + COALESCE((SELECT MAX(seq) FROM {table} WHERE chain = NEW.chain), 0)
        OR NEW.previous_hash <> COALESCE(
            (SELECT hash FROM {table} WHERE chain = NEW.chain ORDER BY seq DESC LIMIT 1),
            '{first}')
        OR EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)""",
    "journal_checkpoint": """
        NEW.number <> 1 + COALESCE((SELECT MAX(number) FROM {table}), 0)
        OR EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR day = NEW.day)""",
}
TABLES = tuple(_FORGED)


def install_guards(connection: BaseDatabaseWrapper) -> None:
    """Put back every guard that is missing or altered; none before its table exists."""
    missing = missing_guards(connection)
    if not missing:
        return
    # Whole or not at all: nobody writes between two guards.
    with transaction.atomic(connection.alias), connection.cursor() as cursor:
        for statement in _statements(connection, missing):
            cursor.execute(statement)


def guards_installed(connection: BaseDatabaseWrapper) -> bool:
    """Does the catalogue hold every guard, word for word?"""
    return not missing_guards(connection)


def missing_guards(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the guards that the catalogue does not hold, or not as they must be."""
    tables = connection.introspection.table_names()
    found = _found(connection)
    return [
        name
        for name, text in _expected(connection).items()
        if name.partition("_guard_")[0] in tables and found.get(name) != text
    ]


def _expected(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Each guard by name, with its text as the catalogue gives it back."""
    if connection.vendor == "sqlite":
        return _sqlite()
    return {
        name: f"A {definition} {body}"
        for name, (definition, body) in _postgresql(connection).items()
    }


def _found(connection: BaseDatabaseWrapper) -> dict[str, str]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT tgname, concat(tgenabled, ' ', pg_get_triggerdef(t.oid, true), ' ', prosrc)"
                " FROM pg_trigger t JOIN pg_proc p ON p.oid = tgfoid"
                " WHERE tgrelid = ANY (ARRAY[to_regclass(%s), to_regclass(%s)])",
                TABLES,
            )
        return dict(cursor.fetchall())


def _statements(connection: BaseDatabaseWrapper, names: list[str]) -> list[str]:
    """What installs these guards."""
    if connection.vendor == "sqlite":
        triggers = _sqlite()
        return [s for name in names for s in (f"DROP TRIGGER IF EXISTS {name}", triggers[name])]
    statements = []
    for name in names:
        table = name.partition("_guard_")[0]
        definition, body = _postgresql(connection)[name]
        statements += [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$",
            f"DROP TRIGGER IF EXISTS {name} ON {table}",
            definition,
            # ALWAYS: a session that plays a replica does not pass either.
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
        ]
    return statements


def _sqlite() -> dict[str, str]:
    """The statement of each trigger: SQLite keeps it as it was given."""
    triggers = {}
    for table in TABLES:
        name = f"{table}_guard_insert"
        triggers[name] = (
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {_wrong(table, table)} "
            f"BEGIN SELECT RAISE(ABORT, '{_FORGE}'); END"
        )
        for verb in ("update", "delete"):
            name = f"{table}_guard_{verb}"
            triggers[name] = (
                f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{_CHANGE}'); END"
            )
    return triggers


def _postgresql(connection: BaseDatabaseWrapper) -> dict[str, tuple[str, str]]:
    """The definition of each trigger, as PostgreSQL gives it back, and the body of its function."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        schema = cursor.fetchone()[0]
    triggers = {}
    for table in TABLES:
        # With its schema: a temporary table of the same name would be read in its place.
        wrong = _wrong(table, f"{schema}.{table}")
        bodies = {
            "insert": f"BEGIN IF {wrong} THEN RAISE EXCEPTION '{_FORGE}'; END IF; RETURN NEW; END",
            **dict.fromkeys(
                ("update", "delete", "truncate"), f"BEGIN RAISE EXCEPTION '{_CHANGE}'; END"
            ),
        }
        for verb, body in bodies.items():
            name = f"{table}_guard_{verb}"
            level = "STATEMENT" if verb == "truncate" else "ROW"
            definition = (
                f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} "
                f"FOR EACH {level} EXECUTE FUNCTION {name}()"
            )
            triggers[name] = (definition, body)
    return triggers


def _wrong(table: str, address: str) -> str:
    return _FORGED[table].format(table=address, first=FIRST_PREVIOUS_HASH)
