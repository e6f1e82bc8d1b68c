"""`tandem check`: each thing that may be wrong, broken here, is said."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

from config import check
from config.check import data, keys, machine, work
from config.check.findings import Finding, Level
from config.tests.probes import AT, is_quiet, said
from tandem.envois.models import Message
from tandem.journal.actions import sign_checkpoint
from tandem.kernel import clock
from tandem.kernel.models import PeriodicRun
from tandem.oidc_provider.models import SigningKey
from tandem.oidc_provider.tests.story import make_party

pytestmark = pytest.mark.django_db


class TestTheMachine:
    def test_has_a_data_folder_closed_to_others(self, tmp_path: Path, settings: Any) -> None:
        settings.TANDEM_DATA_DIR = tmp_path
        settings.TANDEM_JOURNAL_COPY = str(tmp_path / "none")
        tmp_path.chmod(0o750)
        assert is_quiet(machine.folders)

        tmp_path.chmod(0o755)
        assert "Tout le monde peut lire" in said(machine.folders)
        settings.TANDEM_DATA_DIR = tmp_path / "nowhere"
        assert "n'existe pas" in said(machine.folders)

    def test_keeps_the_copy_of_the_journal_on_another_disk(
        self, tmp_path: Path, settings: Any
    ) -> None:
        settings.TANDEM_DATA_DIR = tmp_path
        settings.TANDEM_JOURNAL_COPY = str(tmp_path / "copy")
        (tmp_path / "copy").touch()

        assert "même disque" in said(machine.folders, Level.WARNING)

    @pytest.mark.parametrize(
        ("free", "level", "words"),
        [
            (900_000_000, Level.ERROR, "Presque plein"),
            (5_000_000_000, Level.WARNING, "Bientôt plein"),
            (50_000_000_000, Level.GOOD, "il reste 50.0 Go"),
        ],
    )
    def test_has_room(
        self, monkeypatch: pytest.MonkeyPatch, free: int, level: Level, words: str
    ) -> None:
        usage = shutil._ntuple_diskusage(100_000_000_000, 100_000_000_000 - free, free)
        monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)

        assert words in said(machine.disks, level)

    def test_has_a_clock_kept_by_a_server(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """R-18."""
        assert machine.kernel_clock_state() in range(-1, 6)
        monkeypatch.setattr(machine, "kernel_clock_state", lambda: 0)
        assert is_quiet(machine.clock)

        monkeypatch.setattr(machine, "kernel_clock_state", lambda: 5)

        assert "serveur de temps" in said(machine.clock, Level.WARNING)

    def test_counts_its_proxies(self, settings: Any) -> None:
        settings.TANDEM_MODE = "production"
        settings.TANDEM_TRUSTED_PROXIES = 1
        assert is_quiet(machine.proxies)

        settings.TANDEM_TRUSTED_PROXIES = 0

        assert "il faut un proxy devant" in said(machine.proxies)


def answers(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """The database gives these answers to the probes, and good ones to the rest."""
    values = {
        "SHOW server_version_num": "150018",
        "SHOW fsync": "on",
        "SHOW full_page_writes": "on",
        "SHOW synchronous_commit": "on",
        "SHOW server_encoding": "UTF8",
        "SHOW data_checksums": "on",
        "SHOW archive_mode": "on",
        "SELECT rolsuper FROM pg_roles WHERE rolname = current_user": False,
        "PRAGMA journal_mode": "wal",
        "PRAGMA synchronous": 2,
        "PRAGMA foreign_keys": 1,
    }
    values |= {
        next(q for q in values if q.endswith(name) or f"{name} FROM" in q): v
        for name, v in changes.items()
    }
    monkeypatch.setattr(data, "_ask", values.__getitem__)


class TestPostgresql:
    @pytest.mark.parametrize(
        ("name", "value", "level", "words"),
        [
            ("server_version_num", "140011", Level.ERROR, "trop ancien"),
            ("fsync", "off", Level.ERROR, "fsync"),
            ("full_page_writes", "off", Level.ERROR, "full_page_writes"),
            ("synchronous_commit", "off", Level.ERROR, "synchronous_commit"),
            ("synchronous_commit", "local", Level.ERROR, "synchronous_commit"),
            ("server_encoding", "SQL_ASCII", Level.ERROR, "UTF8"),
            ("data_checksums", "off", Level.WARNING, "data_checksums"),
            ("rolsuper", True, Level.WARNING, "superutilisateur"),
            ("archive_mode", "off", Level.WARNING, "archive_mode"),
        ],
    )
    def test_writes_what_it_acknowledges(
        self, monkeypatch: pytest.MonkeyPatch, name: str, value: object, level: Level, words: str
    ) -> None:
        """R-05: asserted; one setting wrong, and it is said."""
        monkeypatch.setattr(connection, "vendor", "postgresql")
        answers(monkeypatch)
        assert is_quiet(data.settings_of_the_database)

        answers(monkeypatch, **{name: value})

        assert words in said(data.settings_of_the_database, level)

    def test_answers_every_question(self) -> None:
        """The names above are those of the real server."""
        if connection.vendor != "postgresql":
            pytest.skip("PostgreSQL's own")
        assert any("PostgreSQL" in item.sentence for item in data.settings_of_the_database(AT))


class TestSqlite:
    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("synchronous", 1, "synchronous n'est pas FULL"),
            ("journal_mode", "delete", "journal_mode"),
            ("foreign_keys", 0, "foreign_keys"),
        ],
    )
    def test_writes_what_it_acknowledges(
        self, monkeypatch: pytest.MonkeyPatch, name: str, value: object, words: str
    ) -> None:
        """R-04: NORMAL loses acknowledged commits at a power cut."""
        monkeypatch.setattr(connection, "vendor", "sqlite")
        monkeypatch.setitem(connection.settings_dict, "NAME", "/srv/tandem/tandem.sqlite3")
        answers(monkeypatch)
        assert is_quiet(data.settings_of_the_database)

        answers(monkeypatch, **{name: value})

        assert words in said(data.settings_of_the_database)


class TestTheDatabase:
    def test_is_of_this_version(self) -> None:
        assert is_quiet(data.migrations)

        MigrationRecorder(connection).record_unapplied("usagers", "0004_merged_into")

        assert "tandem migrate" in said(data.migrations)

    def test_was_not_written_in_the_future(self, rose: object, monkeypatch: Any) -> None:
        """R-18: the clock went back."""
        from tandem.journal.tests.cast import AT as WRITTEN
        from tandem.journal.tests.cast import write

        write()
        assert "dans le futur" not in said(data.database_clock, at=WRITTEN)

        assert "dans le futur" in said(data.database_clock, at=WRITTEN - timedelta(minutes=1))

    def test_tells_our_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(connection, "vendor", "postgresql")
        monkeypatch.setattr(data, "_ask", lambda _query: datetime.now(UTC))
        assert is_quiet(data.database_clock)

        monkeypatch.setattr(data, "_ask", lambda _query: datetime.now(UTC) - timedelta(seconds=6))

        assert "même heure" in said(data.database_clock)

    def test_that_does_not_answer_is_said_and_the_rest_still_asked(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse() -> None:
            raise DatabaseError

        monkeypatch.setattr(connection, "ensure_connection", refuse)

        found = check.examine(at=AT, offline=True)

        assert any("ne répond pas" in item.sentence for item in found)
        assert {"disque", "horloge"} <= {item.subject for item in found}

    def test_without_its_guards_is_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Law 9, at boot: the checks of the rooms are part of it."""
        monkeypatch.setattr("tandem.journal.checks.missing_guards", lambda _connection: ["one"])

        found = check.examine(at=AT, offline=True)

        assert any("gardes du journal manquent" in item.sentence for item in found)


STRONG, OTHER = bytes(range(32)), bytes(range(50, 82))


class TestTheKeys:
    @pytest.fixture(autouse=True)
    def _good(self, settings: Any) -> None:
        settings.TANDEM_ENCRYPTION_KEYS = [*settings.TANDEM_ENCRYPTION_KEYS[:0], ("k1", STRONG)]
        settings.TANDEM_INDEX_KEY = OTHER
        settings.TANDEM_BACKUP_KEY = None

    def test_are_strong_and_distinct(self, settings: Any) -> None:
        """S-47."""
        assert is_quiet(keys.strength)

        settings.TANDEM_BACKUP_KEY = OTHER
        assert "sert deux fois" in said(keys.strength)
        settings.TANDEM_BACKUP_KEY = b"1" * 32
        assert "TANDEM_BACKUP_KEY n'a pas été tirée au hasard" in said(keys.strength)
        settings.TANDEM_ENCRYPTION_KEYS = [("k1", STRONG), ("k1", bytes(range(9, 41)))]
        assert "le même nom" in said(keys.strength)

    def test_are_those_that_made_what_is_kept(self, settings: Any) -> None:
        """S-42: a key taken away too soon, and a key replaced under the same name."""
        sign_checkpoint(at=AT)
        assert is_quiet(keys.missing)

        settings.TANDEM_ENCRYPTION_KEYS = [("k2", STRONG)]
        assert "« k1 », absente" in said(keys.missing)
        settings.TANDEM_ENCRYPTION_KEYS = [("k1", OTHER)]
        assert "n'ouvrent pas" in said(keys.missing)


class TestTheWork:
    def test_is_done(self) -> None:
        """R-03: a worker that stopped is seen."""
        assert "jamais tourné" in said(work.worker)
        PeriodicRun.objects.create(name="journal.outside", last_run_at=AT)
        assert is_quiet(work.worker)

        assert "ne tourne plus depuis 11 minutes" in said(
            work.worker, at=AT + timedelta(minutes=11)
        )

    def test_that_broke_is_named(self) -> None:
        run = PeriodicRun.objects.create(
            name="mandats.expire", last_run_at=AT, last_state="done: 1"
        )
        assert is_quiet(work.jobs)

        run.last_state = "failed"
        run.save()

        assert "« mandats.expire » a échoué" in said(work.jobs)

    def test_leaves_no_message_waiting(self) -> None:
        """R-13."""
        assert is_quiet(work.messages)
        Message.objects.create(
            key="k", kind="email", recipient="rose@exemple.fr", subject="s", body="b",
            content_hash="0" * 64, created_at=AT - timedelta(minutes=16), next_attempt_at=AT,
        )  # fmt: skip

        told = said(work.messages, Level.WARNING)

        assert "1 message(s)" in told
        assert "rose" not in told

    def test_is_backed_up(self, tmp_path: Path, settings: Any) -> None:
        """R-23."""
        from config import backup

        settings.TANDEM_DATA_DIR = tmp_path
        assert "Aucune n'a été faite" in said(work.backups)
        file = tmp_path / "file"
        file.touch()
        backup._remember(file, size=0, at=AT)
        assert is_quiet(work.backups)

        assert "La dernière a 27 heures" in said(work.backups, at=AT + timedelta(hours=27))
        file.unlink()
        assert "plus là" in said(work.backups, Level.WARNING)

    def test_can_sign_an_identity(self) -> None:
        """FI-24."""
        make_party()
        assert is_quiet(work.provider, at=clock.now())

        SigningKey.objects.all().delete()

        assert "clé de signature manque" in said(work.provider)


class TestTheCommand:
    def test_tells_the_gravest_last_and_counts(self) -> None:
        found = [
            Finding(Level.ERROR, "a", "Grave."),
            Finding(Level.GOOD, "b", "Bon."),
            Finding(Level.WARNING, "c", "Moyen."),
        ]

        assert check.tell(found).splitlines() == [
            "bien       b : Bon.",
            "ATTENTION  c : Moyen.",
            "ERREUR     a : Grave.",
            "1 erreur(s), 1 avertissement(s).",
        ]

    @pytest.mark.parametrize(("level", "status"), [(Level.WARNING, None), (Level.ERROR, 1)])
    def test_fails_only_for_an_error(
        self, monkeypatch: pytest.MonkeyPatch, capsys: Any, level: Level, status: int | None
    ) -> None:
        from config import cli

        found = [Finding(level, "disque", "Plein.")]
        monkeypatch.setattr(check, "examine", lambda **_options: found)

        if status is None:
            cli.main(["check"])
        else:
            with pytest.raises(SystemExit) as left:
                cli.main(["check"])
            assert left.value.code == status
        assert "Plein." in capsys.readouterr().out
