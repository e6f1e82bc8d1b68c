from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError, connection, models, transaction

from tandem.journal.actions import sign_checkpoint
from tandem.journal.checks import check_guards
from tandem.journal.guards import TABLES, guards_installed, missing_guards
from tandem.journal.models import Checkpoint, Entry
from tandem.journal.tests.cast import AT, CCAS, write
from tandem.journal.tests.guards import drop_guards, guards_lifted, sql
from tandem.journal.verification import verify_journal

pytestmark = pytest.mark.django_db
POSTGRESQL = connection.vendor == "postgresql"
on_postgresql = pytest.mark.skipif(not POSTGRESQL, reason="PostgreSQL's own")
on_sqlite = pytest.mark.skipif(POSTGRESQL, reason="SQLite's own")

COLUMNS = ", ".join(f.attname for f in Entry._meta.concrete_fields if not f.primary_key)


def copy_of(entry: Entry, verb: str = "INSERT INTO", **changes: object) -> tuple[str, list[object]]:
    """A statement that writes the line again, with changes."""
    named = {"id": "id", **{c.strip(): c.strip() for c in COLUMNS.split(",")}}
    if "id" not in changes:
        named.pop("id")
    picked = ["%s" if column in changes else column for column in named]
    params = [changes[column] for column in named if column in changes]
    statement = (
        f"{verb} journal_entry ({', '.join(named)}) "  # noqa: S608 - names of columns
        f"SELECT {', '.join(picked)} FROM journal_entry WHERE id = %s"
    )
    return statement, [*params, entry.pk]


class TestEntryTable:
    """Law 9: the database itself refuses, whoever asks."""

    @pytest.fixture
    def lines(self) -> list[Entry]:
        return [write(), write(), write()]

    @pytest.fixture(autouse=True)
    def _journal_stays_the_same(self, lines: list[Entry]) -> object:
        before = list(Entry.objects.order_by("pk").values_list())
        yield
        assert list(Entry.objects.order_by("pk").values_list()) == before
        assert verify_journal().is_whole

    @pytest.mark.parametrize("column", COLUMNS.split(", "))
    def test_refuses_to_change_any_column(self, column: str) -> None:
        """Law 9, S-30."""
        with pytest.raises(DatabaseError, match="ne se modifie pas"):
            sql(f"UPDATE journal_entry SET {column} = {column}")  # noqa: S608 - names of columns

    def test_refuses_to_remove(self) -> None:
        """Law 9, S-30."""
        with pytest.raises(DatabaseError, match="ne se modifie pas"):
            sql("DELETE FROM journal_entry")

    def test_refuses_the_models_too(self, lines: list[Entry]) -> None:
        """Law 9."""
        acts: list[Callable[[], object]] = [
            lambda: Entry.objects.update(event="x.y"),
            lines[2].delete,
            lambda: Entry.objects.all()._raw_delete("default"),
            lines[2].save,
        ]
        for act in acts:
            with pytest.raises(DatabaseError, match="journal"), transaction.atomic():
                act()

    @on_postgresql
    def test_refuses_to_be_emptied(self) -> None:
        """Law 9."""
        for statement in (
            "TRUNCATE journal_entry CASCADE",
            "TRUNCATE journal_entry, journal_secret",
        ):
            with pytest.raises(DatabaseError, match="ne se modifie pas"):
                sql(statement)

    @pytest.mark.parametrize("seq", [0, 1, 3, 5, -1, 10**12])
    def test_refuses_a_line_that_does_not_follow(self, lines: list[Entry], seq: int) -> None:
        """Law 9: only head + 1."""
        statement, params = copy_of(lines[2], seq=seq, previous_hash=lines[2].hash)

        with pytest.raises(DatabaseError):
            sql(statement, *params)

    @pytest.mark.parametrize("previous", ["0" * 64, "f" * 64, ""])
    def test_refuses_a_line_that_names_another_head(
        self, lines: list[Entry], previous: str
    ) -> None:
        """Law 9: only with the hash of the head."""
        statement, params = copy_of(lines[2], seq=4, previous_hash=previous)

        with pytest.raises(DatabaseError, match="suit la tête"):
            sql(statement, *params)

    def test_refuses_one_forged_line_among_good_ones(self, lines: list[Entry]) -> None:
        """Law 9: of a statement that writes several, each row is looked at, and follows the one before."""
        head = lines[2]
        good, forged = (
            Entry(
                chain=head.chain, seq=seq, at=AT, event=head.event, author_kind=head.author_kind,
                subject_label=head.subject_label, subject_id=head.subject_id, facts_text="{}",
                commitments_text="{}", previous_hash=previous, hash=letter * 64,
            )
            for seq, previous, letter in ((4, head.hash, "a"), (5, head.hash, "b"))
        )  # fmt: skip

        with pytest.raises(DatabaseError, match="suit la tête"), transaction.atomic():
            Entry.objects.bulk_create([good, forged])

    @pytest.mark.parametrize(("seq", "previous"), [(2, "0" * 64), (1, "f" * 64)])
    def test_refuses_a_new_chain_that_does_not_start_at_one(
        self, lines: list[Entry], seq: int, previous: str
    ) -> None:
        statement, params = copy_of(lines[0], chain="elsewhere", seq=seq, previous_hash=previous)

        with pytest.raises(DatabaseError, match="suit la tête"):
            sql(statement, *params)

    @on_sqlite
    @pytest.mark.parametrize(
        "verb", ["INSERT OR REPLACE INTO", "REPLACE INTO", "INSERT OR IGNORE INTO"]
    )
    def test_refuses_to_replace_by_number(self, lines: list[Entry], verb: str) -> None:
        """Law 9: INSERT OR REPLACE slips past the guards of update and delete."""
        for seq in (1, 2, 3):
            statement, params = copy_of(lines[2], verb, seq=seq, event="forged.event")
            with pytest.raises(DatabaseError, match="suit la tête"):
                sql(statement, *params)

    @on_sqlite
    @pytest.mark.parametrize("verb", ["INSERT OR REPLACE INTO", "REPLACE INTO"])
    def test_refuses_to_replace_by_identifier(self, lines: list[Entry], verb: str) -> None:
        """Law 9: a line that follows the head well, but takes the place of an old one."""
        statement, params = copy_of(
            lines[2], verb, id=lines[0].pk, seq=4, previous_hash=lines[2].hash
        )

        with pytest.raises(DatabaseError, match="suit la tête"):
            sql(statement, *params)

    @on_sqlite
    def test_refuses_update_or_replace(self) -> None:
        """Law 9."""
        with pytest.raises(DatabaseError, match="ne se modifie pas"):
            sql("UPDATE OR REPLACE journal_entry SET seq = 1 WHERE seq = 2")

    def test_refuses_an_upsert(self, lines: list[Entry]) -> None:
        """Law 9: INSERT … ON CONFLICT DO UPDATE."""
        statement, params = copy_of(lines[2], seq=3)

        with pytest.raises(DatabaseError):
            sql(f"{statement} ON CONFLICT (chain, seq) DO UPDATE SET event = 'forged'", *params)

    @on_postgresql
    def test_is_not_fooled_by_a_replica_session(self) -> None:
        """Law 9: session_replication_role silences ordinary triggers."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            with pytest.raises(DatabaseError, match="ne se modifie pas"), transaction.atomic():
                cursor.execute("DELETE FROM journal_entry")
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")

    @on_postgresql
    def test_is_not_fooled_by_a_temporary_table(self, lines: list[Entry]) -> None:
        """Law 9: a temporary table of the same name is read first."""
        statement, params = copy_of(lines[2], seq=1, previous_hash="0" * 64, chain=str(CCAS))
        forged = statement.replace("journal_entry", "public.journal_entry")
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE journal_entry (LIKE public.journal_entry)")
        try:
            with pytest.raises(DatabaseError, match="suit la tête"):
                sql(forged, *params)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE pg_temp.journal_entry")


class TestCheckpointTable:
    @pytest.fixture(autouse=True)
    def _signed(self, db: None) -> None:
        write()
        sign_checkpoint(at=AT)

    @pytest.mark.parametrize(
        "statement",
        ["UPDATE journal_checkpoint SET heads = ''", "DELETE FROM journal_checkpoint"],
    )
    def test_refuses_to_change(self, statement: str) -> None:
        """Law 9, S-30."""
        with pytest.raises(DatabaseError, match="ne se modifie pas"):
            sql(statement)

    @on_postgresql
    def test_refuses_to_be_emptied(self) -> None:
        with pytest.raises(DatabaseError, match="ne se modifie pas"):
            sql("TRUNCATE journal_checkpoint")

    @pytest.mark.parametrize("number", [1, 3])
    def test_refuses_what_does_not_follow(self, number: int) -> None:
        with pytest.raises(DatabaseError, match="suit la tête"):
            sql(
                "INSERT INTO journal_checkpoint (number, at, day, heads, statement, signature, key_id)"
                " SELECT %s, at, '2030-01-01', heads, statement, signature, key_id"
                " FROM journal_checkpoint",
                number,
            )

    @on_sqlite
    @pytest.mark.parametrize("taken", ["id", "day"])
    def test_refuses_to_replace(self, taken: str) -> None:
        """Law 9: INSERT OR REPLACE."""
        day = "day" if taken == "day" else "'2030-01-01'"
        identifier = "id" if taken == "id" else "99"
        with pytest.raises(DatabaseError, match="suit la tête"):
            sql(
                "REPLACE INTO journal_checkpoint"  # noqa: S608 - constants
                " (id, number, at, day, heads, statement, signature, key_id)"
                f" SELECT {identifier}, 2, at, {day}, heads, statement, signature, key_id"
                " FROM journal_checkpoint"
            )

        assert Checkpoint.objects.count() == 1


class TestCatalogue:
    """The guards are looked for in the database itself."""

    def errors(self) -> list[str | None]:
        return [error.id for error in check_guards(databases=["default"])]

    def test_holds_every_guard(self) -> None:
        assert guards_installed(connection)
        assert self.errors() == []

    @pytest.mark.parametrize("table", TABLES)
    @pytest.mark.parametrize("verb", ["insert", "update", "delete"])
    def test_misses_a_guard_that_was_dropped(self, table: str, verb: str) -> None:
        """Law 9: checked at boot."""
        name = f"{table}_guard_{verb}"
        sql(f"DROP TRIGGER {name}" + (f" ON {table}" if POSTGRESQL else ""))

        assert missing_guards(connection) == [name]
        assert self.errors() == ["journal.E001"]

    @on_sqlite
    def test_misses_a_guard_that_no_longer_guards(self) -> None:
        sql("DROP TRIGGER journal_entry_guard_delete")
        sql(
            "CREATE TRIGGER journal_entry_guard_delete BEFORE DELETE ON journal_entry "
            "WHEN 0 BEGIN SELECT 1; END"
        )

        assert missing_guards(connection) == ["journal_entry_guard_delete"]

    @on_postgresql
    @pytest.mark.parametrize(
        "statement",
        [
            "ALTER TABLE journal_entry DISABLE TRIGGER journal_entry_guard_delete",
            "ALTER TABLE journal_entry ENABLE TRIGGER journal_entry_guard_delete",
            (
                "CREATE OR REPLACE FUNCTION journal_entry_guard_delete() RETURNS trigger"
                " LANGUAGE plpgsql AS $$BEGIN RETURN OLD; END$$"
            ),
            (
                "DROP TRIGGER journal_entry_guard_delete ON journal_entry;"
                " CREATE TRIGGER journal_entry_guard_delete BEFORE DELETE ON journal_entry FOR EACH ROW"
                " WHEN (OLD.seq > 5) EXECUTE FUNCTION journal_entry_guard_delete();"
                " ALTER TABLE journal_entry ENABLE ALWAYS TRIGGER journal_entry_guard_delete"
            ),
        ],
    )
    def test_misses_a_guard_that_no_longer_guards_here(self, statement: str) -> None:
        sql(statement)

        assert missing_guards(connection) == ["journal_entry_guard_delete"]

    def test_is_asked_only_of_the_databases_checked(self) -> None:
        drop_guards(connection)

        assert check_guards(databases=None) == []

    def test_is_asked_by_the_command_of_django(self) -> None:
        drop_guards(connection)

        with pytest.raises(SystemCheckError, match=r"journal\.E001"):
            call_command("check", databases=["default"])


@pytest.mark.django_db(transaction=True)
class TestMigration:
    def test_that_rebuilds_the_table_gets_its_guards_back(self) -> None:
        """Law 9: a table rebuilt by a migration silently loses its triggers."""
        write()
        field = models.CharField(max_length=90)
        field.set_attributes_from_name("event")
        field.model = Entry
        former = Entry._meta.get_field("event")
        with connection.schema_editor() as editor:
            editor.alter_field(Entry, former, field)
            if not POSTGRESQL:
                editor._remake_table(Entry)  # type: ignore[attr-defined]  # SQLite's editor
        assert guards_installed(connection) == POSTGRESQL

        call_command("migrate", verbosity=0, skip_checks=True)

        assert guards_installed(connection)
        with pytest.raises(DatabaseError, match="ne se modifie pas"):
            sql("DELETE FROM journal_entry")
        with connection.schema_editor() as editor:
            editor.alter_field(Entry, field, former)
        call_command("migrate", verbosity=0, skip_checks=True)

    def test_flush_of_a_test_empties_the_journal_and_leaves_it_guarded(self) -> None:
        write()

        call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)

        assert not Entry.objects.exists()
        assert guards_installed(connection)


def test_guards_come_back_even_when_the_test_fails(db: None) -> None:
    def fail() -> None:
        with guards_lifted(connection):
            assert not guards_installed(connection)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert guards_installed(connection)


def test_nothing_is_asked_before_the_tables_exist(
    monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    drop_guards(connection)
    monkeypatch.setattr(connection.introspection, "table_names", lambda: ["other"])

    assert missing_guards(connection) == []
