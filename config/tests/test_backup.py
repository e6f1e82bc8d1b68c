"""A backup is one encrypted file; a restoration gives everything back, and closes what was open."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.env import ROOT

pytestmark = pytest.mark.loopback


class Place:
    """One installation on SQLite, in its own folder, driven by the command line."""

    def __init__(self, folder: Path, **changes: str) -> None:
        folder.mkdir()
        self.folder = folder
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith(("DJANGO_", "DATABASE_URL"))
        }
        # Demonstration mode: the secrets of the suite are nobody's.
        self.environment = {
            **kept,
            "TANDEM_MODE": "demo",
            "TANDEM_DATA_DIR": str(folder),
            "TANDEM_EMAIL_URL": f"file:{folder / 'messages'}",
            "PYTHONPATH": str(ROOT),
            **changes,
        }

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "from config.cli import main; main()", *words],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def ask(self, code: str) -> str:
        """What a few lines of Python print, in this installation."""
        setup = "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'; import django; django.setup()\n"
        done = subprocess.run(
            [sys.executable, "-c", setup + code],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.strip()


STRUCTURE = (
    "structure", "add", "--name", "CCAS de Valmont", "--siret", "21350238800019",
    "--address", "1 place de la Mairie", "--postcode", "35000", "--city", "Rennes",
    "--referent-email", "Béatrice Le Goff <beatrice@valmont.example>",
)  # fmt: skip
STORE = """
from tandem.fichiers.actions import store_file
from tandem.kernel import clock
from uuid import UUID
owner = ('essai', UUID(int=1))
store_file(content=b'un papier', name='papier.txt', media_type='text/plain', owner=owner, at=clock.now())
"""
BackedUp = tuple[Place, Path]
READ = """
from tandem.fichiers.models import StoredFile
from tandem.fichiers.queries import open_file
from tandem.structures.models import Structure
from tandem.envois.models import Message
print(Structure.objects.get().name, b''.join(open_file(StoredFile.objects.get())).decode(),
      Message.objects.waiting().count(), Message.objects.filter(failure='restored').count())
"""


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory: pytest.TempPathFactory) -> BackedUp:
    """An installation with a structure, a file, a message waiting; and its backup."""
    place = Place(tmp_path_factory.mktemp("from") / "data")
    assert place.run("migrate").returncode == 0
    assert place.run(*STRUCTURE).returncode == 0
    place.ask(STORE)
    file = place.folder.parent / "sauvegarde"
    done = place.run("backup", str(file))
    assert done.returncode == 0, done.stderr
    return place, file


class TestABackup:
    def test_holds_nothing_readable(self, backed_up: BackedUp) -> None:
        """R-23: the file is encrypted; seeded strings are absent."""
        _place, file = backed_up
        content = file.read_bytes()

        assert len(content) > 10_000
        for word in (b"Valmont", b"beatrice", b"SQLite format", b"manifest.json", b"un papier"):
            assert word not in content

    def test_does_not_write_over_another(self, backed_up: BackedUp) -> None:
        place, file = backed_up

        done = place.run("backup", str(file))

        assert done.returncode != 0
        assert "existe déjà" in done.stderr


class TestARestoration:
    def test_gives_everything_back_and_sends_nothing_again(
        self, backed_up: BackedUp, tmp_path: Path
    ) -> None:
        """R-24: in an empty folder; the message that waited is held, the file opens, the journal holds."""
        _place, file = backed_up
        place = Place(tmp_path / "data")

        done = place.run("restore", str(file))

        assert done.returncode == 0, done.stderr
        assert place.ask(READ) == "CCAS de Valmont un papier 0 1"
        verified = place.run("journal", "verify")
        assert verified.returncode == 0, verified.stdout

    def test_is_refused_in_a_place_that_is_not_empty(self, backed_up: BackedUp) -> None:
        place, file = backed_up

        done = place.run("restore", str(file))

        assert done.returncode != 0
        assert "n'est pas vide" in done.stderr

    def test_is_refused_with_another_key(self, backed_up: BackedUp, tmp_path: Path) -> None:
        _place, file = backed_up
        place = Place(
            tmp_path / "data", TANDEM_INDEX_KEY="MzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzM="
        )

        done = place.run("restore", str(file))

        assert done.returncode != 0
        assert "pas une sauvegarde lisible" in done.stderr

    def test_is_refused_when_the_file_was_changed(
        self, backed_up: BackedUp, tmp_path: Path
    ) -> None:
        """R-25: one byte changed."""
        _place, file = backed_up
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        changed = tmp_path / "changed"
        changed.write_bytes(content)
        place = Place(tmp_path / "data")

        done = place.run("restore", str(changed))

        assert done.returncode != 0
        assert "pas une sauvegarde lisible" in done.stderr
