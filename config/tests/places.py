"""Whole installations for the tests of the shell: their own folder, their own database, the real command line."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import connection

from config.env import ROOT


class Place:
    """One installation, driven by the command line; on the database of the suite's kind."""

    def __init__(self, folder: Path, **changes: str) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith(("DJANGO_", "DATABASE_URL"))
        }
        # The secrets of the suite are nobody's.
        self.environment = {
            **kept,
            "TANDEM_MODE": "test",
            "TANDEM_DATA_DIR": str(folder),
            "TANDEM_EMAIL_URL": f"file:{folder / 'messages'}",
            "PYTHONPATH": str(ROOT),
            **changes,
        }

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One command of `tandem`."""
        return subprocess.run(
            [sys.executable, "-c", "from config.cli import main; main()", *words],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def ask(self, code: str) -> str:
        """What a few lines of Python print, in this installation."""
        setup = (
            "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'\n"
            "import django; django.setup()\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", setup + code],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


NewPlace = Callable[..., Place]


@contextmanager
def places(folder: Path) -> Iterator[NewPlace]:
    """Makes installations under `folder`; on PostgreSQL each has a database, dropped at the end."""
    made: list[str] = []

    def new(name: str, **changes: str) -> Place:
        if connection.vendor == "postgresql" and "DATABASE_URL" not in changes:
            made.append(f"place_{uuid4().hex[:12]}")
            _administer(f"CREATE DATABASE {made[-1]}")
            changes = {"DATABASE_URL": _address(made[-1]), **changes}
        return Place(folder / name, **changes)

    yield new
    for database in made:
        _administer(f"DROP DATABASE {database} WITH (FORCE)")


def _address(database: str) -> str:
    own = settings.DATABASES["default"]
    host = str(own["HOST"]).replace("/", "%2F")
    password = f":{own['PASSWORD']}" if own["PASSWORD"] else ""
    port = f":{own['PORT']}" if own["PORT"] else ""
    return f"postgresql://{own['USER']}{password}@{host}{port}/{database}"


def _administer(statement: str) -> None:
    import psycopg

    with psycopg.connect(_address("postgres"), autocommit=True) as administrator:
        administrator.execute(statement)
