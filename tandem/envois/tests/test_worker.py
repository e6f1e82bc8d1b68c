"""The command, alone, then as real processes on one SQLite file."""

import io
import logging
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from threading import Event

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import OperationalError, connection

from tandem.envois.management.commands import worker
from tandem.envois.models import Message
from tandem.envois.tests.factories import an_email
from tandem.kernel.models import PeriodicRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def handlers() -> Iterator[None]:
    before = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}
    yield
    for name, handler in before.items():
        signal.signal(name, handler)


class TestWorker:
    def test_turns_once(self, at: datetime) -> None:
        an_email(at=at)

        call_command("worker", "--once", stdout=io.StringIO())

        assert len(mail.outbox) == 1
        assert PeriodicRun.objects.get(name="envois.purge_messages").last_run_at is not None

    def test_stops_when_asked(self, handlers: None, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(worker, "turn", lambda *_args: None)
        monkeypatch.setattr(worker, "close_old_connections", lambda: None)
        timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM))
        timer.start()
        start = time.monotonic()

        call_command("worker", stdout=io.StringIO())

        timer.join()
        assert time.monotonic() - start < 5

    def test_goes_on_after_a_surprise(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        """R-07: the database comes back without a restart of the worker."""
        stop = Event()
        turns: list[str] = []

        def turn(name: str, _stop: Event) -> None:
            turns.append(name)
            if len(turns) == 1:
                raise OperationalError("away")
            stop.set()

        monkeypatch.setattr(worker, "turn", turn)
        monkeypatch.setattr(worker, "PAUSE_SECONDS", 0.0)
        monkeypatch.setattr(worker, "close_old_connections", lambda: None)
        with caplog.at_level(logging.ERROR):
            worker.run("w", stop)

        assert turns == ["w", "w"]
        assert "away" in caplog.text

    def test_leaves_the_next_message_when_told_to_stop(self, at: datetime) -> None:
        an_email(at=at)
        stop = Event()
        stop.set()

        worker.turn("w", stop)

        assert Message.objects.waiting().count() == 1


def environment(database: Path, folder: Path) -> dict[str, str]:
    """The surroundings of tests.settings, for a process of its own on a file."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COV_")}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"sqlite:///{database}",
        "TANDEM_EMAIL_URL": f"file:{folder}",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }


@pytest.mark.skipif(connection.vendor != "sqlite", reason="on PostgreSQL, see test_sending")
@pytest.mark.django_db(transaction=True)
class TestWorkers:
    def test_share_one_sqlite_file_without_sending_twice(
        self, at: datetime, tmp_path: Path
    ) -> None:
        """R-34: several processes; each message is tried once, and SIGTERM ends them well."""
        for _ in range(40):
            an_email(at=at)
        file, folder = tmp_path / "tandem.sqlite3", tmp_path / "mails"
        copy = sqlite3.connect(file)
        connection.connection.backup(copy)
        workers = [
            subprocess.Popen(
                [sys.executable, "-m", "django", "worker", "--skip-checks"],
                env={**environment(file, folder), "PYTHONUNBUFFERED": "1"},
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )
            for _ in range(2)
        ]  # fmt: skip
        # Each says that it has begun once it knows how to end.
        for process in workers:
            assert process.stdout is not None
            assert process.stdout.readline()
        ended = "SELECT count(*) FROM envois_message WHERE sent_at IS NOT NULL"
        deadline = time.monotonic() + 40
        while copy.execute(ended).fetchone() != (40,) and time.monotonic() < deadline:
            time.sleep(0.1)
        for process in workers:
            process.terminate()
        errors = [process.communicate(timeout=20)[1] for process in workers]

        assert [process.returncode for process in workers] == [0, 0], errors
        rows = copy.execute("SELECT count(*), max(attempts) FROM envois_message").fetchone()
        copy.close()
        assert rows == (40, 1)
        assert len(list(folder.iterdir())) == 40
