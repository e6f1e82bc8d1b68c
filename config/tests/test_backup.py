"""A backup is one encrypted file; a restoration gives everything back, and closes what was open."""

import fcntl
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config import backup
from config.tests.places import NewPlace, Place, places
from tandem.journal import outside

pytestmark = pytest.mark.loopback
AT = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)

STRUCTURE = (
    "structure", "add", "--name", "CCAS de Valmont", "--siret", "21350238800019",
    "--address", "1 place de la Mairie", "--postcode", "35000", "--city", "Rennes",
    "--referent-email", "Béatrice Le Goff <beatrice@valmont.example>",
)  # fmt: skip
# Two people with a mandat each, a stored file, a session and a message waiting.
BEFORE = """
from uuid import UUID
from django.contrib.sessions.backends.db import SessionStore
from tandem.fichiers.actions import store_file
from tandem.kernel import clock
from tandem.mandats.tests.factories import signed_mandat
from tandem.referentiels.actions import load_catalogue
from tandem.structures.models import Structure
from tandem.structures.queries import acteur_from
from tandem.structures.tests.factories import AffectationFactory
from tandem.usagers.tests.factories import UsagerFactory
load_catalogue()
at = clock.now()
ccas = Structure.objects.get()
alice = acteur_from(AffectationFactory.create(structure=ccas))
for name in ("Lefèvre", "Popescu"):
    signed_mandat(alice, UsagerFactory.create(structure=ccas, family_name=name), at=at)
store_file(content=b'un papier', name='papier.txt', media_type='text/plain', owner=('essai', UUID(int=1)), at=at)
session = SessionStore(); session['who'] = 'alice'; session.create()
"""
# After the backup: one person is erased, the mandat of the other stops, a third comes, an aidant leaves.
SINCE = """
from tandem.comptes.actions import deactivate_compte
from tandem.comptes.models import Compte
from tandem.journal.rules import SYSTEM
from tandem.journal.outside import copy_outside
from tandem.kernel import clock
from tandem.mandats.actions import revoke_mandat
from tandem.mandats.models import Mandat
from tandem.mandats.tests.factories import signed_mandat
from tandem.structures.models import SYSTEM_ACTEUR, Affectation
from tandem.structures.queries import acteur_from
from tandem.usagers.actions import erase_usager
from tandem.usagers.models import Usager
from tandem.usagers.tests.factories import UsagerFactory
at = clock.now()
alice = acteur_from(Affectation.objects.get(role='aidant'))
first, second = Mandat.objects.order_by('pk')
revoke_mandat(acteur=alice, mandat=second, at=at)
erase_usager(acteur=SYSTEM_ACTEUR, usager=first.usager, at=at)
signed_mandat(alice, UsagerFactory.create(structure=first.structure, family_name='Tardif'), at=at)
deactivate_compte(compte=alice.compte, author=SYSTEM, at=at)
copy_outside(at=at)
"""
READ = """
from django.contrib.sessions.models import Session
from tandem.comptes.models import Compte
from tandem.envois.models import Message
from tandem.fichiers.models import StoredFile
from tandem.fichiers.queries import open_file
from tandem.kernel import clock
from tandem.mandats.models import Mandat
from tandem.structures.models import Structure
from tandem.usagers.models import Usager
print(Structure.objects.get().name, b''.join(open_file(StoredFile.objects.get())).decode(), sep=' | ')
print('sessions', Session.objects.count(), 'waiting', Message.objects.waiting().count())
print('alive', Mandat.objects.active(at=clock.now()).count(), 'closed', Compte.objects.filter(is_active=False).count())
print('people', sorted(u.family_name for u in Usager.objects.all()))
"""


class Kept:
    """An installation that lived on after its backup, and what was kept of it."""

    def __init__(self, place: Place, file: Path, copy: Path) -> None:
        self.place, self.file, self.copy = place, file, copy


@pytest.fixture(scope="module")
def new_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewPlace]:
    with places(tmp_path_factory.mktemp("places")) as new:
        yield new


@pytest.fixture(scope="module")
def kept(new_place: NewPlace) -> Kept:
    """Its folder, its backup, and the journal's copy on another disk."""
    place = new_place("from")
    copy = place.folder.parent / "autre-disque" / "journal.jsonl"
    place.environment["TANDEM_JOURNAL_COPY"] = str(copy)
    assert place.run("migrate").returncode == 0
    assert place.run(*STRUCTURE).returncode == 0
    place.ask(BEFORE)
    file = place.folder.parent / "sauvegarde"
    done = place.run("backup", str(file))
    assert done.returncode == 0, done.stderr
    place.ask(SINCE)
    return Kept(place, file, copy)


class TestABackup:
    def test_holds_nothing_readable(self, kept: Kept) -> None:
        """R-23: the file is encrypted; seeded strings are absent, and nobody else reads it."""
        content = kept.file.read_bytes()

        assert len(content) > 10_000
        assert kept.file.stat().st_mode & 0o077 == 0
        for word in (b"Valmont", b"beatrice", b"SQLite format", b"PGDMP", b"manifest", b"papier"):
            assert word not in content

    def test_leaves_nothing_in_clear_behind(self, kept: Kept) -> None:
        left = {path.name for path in kept.place.folder.iterdir()}

        assert left & {"sauvegarde-en-cours", "restauration-en-cours"} == set()
        assert "derniere-sauvegarde.json" in left

    def test_does_not_write_over_another(self, kept: Kept) -> None:
        done = kept.place.run("backup", str(kept.file))

        assert done.returncode != 0
        assert "existe déjà" in done.stderr

    def test_is_one_at_a_time(self, kept: Kept, tmp_path: Path) -> None:
        working = kept.place.folder / "sauvegarde-en-cours"
        working.mkdir()
        holder = os.open(working, os.O_RDONLY)
        fcntl.flock(holder, fcntl.LOCK_EX)

        done = kept.place.run("backup", str(tmp_path / "other"))
        os.close(holder)

        assert done.returncode != 0
        assert "déjà en cours" in done.stderr
        assert not (tmp_path / "other").exists()

    def test_says_that_the_disk_is_full(self, kept: Kept) -> None:
        """R-06: nothing is left of a backup that could not be written whole."""
        done = kept.place.run("backup", "/dev/full/x")

        assert done.returncode != 0
        assert "Écriture impossible" in done.stderr
        assert "Traceback" not in done.stderr

    def test_in_a_folder_keeps_thirty_five_days(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """A.3: the oldest leave once the new one is whole; a file of another name stays."""
        for days in (34, 36):
            (tmp_path / f"tandem-{AT - timedelta(days=days):%Y%m%dT%H%M%SZ}.sauvegarde").touch()
        (tmp_path / "tandem-a-garder.sauvegarde").touch()
        (tmp_path / ".tandem-20200101T000000Z.sauvegarde.en-cours").touch()
        monkeypatch.setattr(backup, "backup", lambda target, **_: target.write_bytes(b"whole"))

        target, size = backup.backup_in(tmp_path, at=AT, say=lambda _: None)

        assert (target.name, size) == ("tandem-20261122T060000Z.sauvegarde", 5)
        assert {file.name for file in tmp_path.iterdir()} == {
            target.name, "tandem-20261019T060000Z.sauvegarde", "tandem-a-garder.sauvegarde",
        }  # fmt: skip


class TestARestoration:
    def test_gives_everything_back_and_brings_back_nobody(
        self, kept: Kept, new_place: NewPlace
    ) -> None:
        """R-24, P-23: in an empty place; erased stays erased, stopped stays stopped, the gap is named."""
        place = new_place("to")

        done = place.run("restore", str(kept.file), "--journal", str(kept.copy))

        assert done.returncode == 0, done.stderr + done.stdout
        assert place.ask(READ).splitlines() == [
            "CCAS de Valmont | un papier",
            "sessions 0 waiting 0",
            "alive 0 closed 1",
            "people ['', 'Popescu']",
        ]
        for said in (
            r"refait : Dossier effacé \(1\)",
            r"refait : Autorisation terminée \(\d+\)",
            r"refait : Compte désactivé \(1\)",
            r"perdu : Mandat signé \(1\)",
            r"Journal intact",
        ):
            assert re.search(said, done.stdout), said
        assert "Tardif" not in done.stdout + done.stderr
        assert not (place.folder / "restauration-inachevee").exists()

    def test_would_bring_people_back_without_the_copy(
        self, kept: Kept, new_place: NewPlace
    ) -> None:
        """The control of the test above: the same backup, the copy of the journal left out, said aloud."""
        place = new_place("without")

        done = place.run("restore", str(kept.file), "--without-journal")

        assert done.returncode == 0, done.stderr
        assert "ATTENTION" in done.stdout
        assert "alive 2 closed 0\npeople ['Lefèvre', 'Popescu']" in place.ask(READ)

    def test_asks_for_the_copy_of_the_journal(self, kept: Kept, new_place: NewPlace) -> None:
        place = new_place("asked")

        done = place.run("restore", str(kept.file))

        assert done.returncode != 0
        assert "--without-journal" in done.stderr

    def test_stays_closed_when_the_copy_is_of_another_place(
        self, kept: Kept, new_place: NewPlace, tmp_path: Path
    ) -> None:
        """R-24: a wrong copy would erase at random; the site does not open until it is begun again."""
        place = new_place("closed")
        forged = tmp_path / "journal.jsonl"
        with forged.open("w") as file:
            for text in kept.copy.read_text().splitlines():
                line = json.loads(text) | {"author_kind": "operator"}
                line["hash"] = outside.hash_of(line)
                file.write(json.dumps(line) + "\n")

        done = place.run("restore", str(kept.file), "--journal", str(forged))

        assert done.returncode != 0
        assert "ne suit pas cette sauvegarde" in done.stderr
        for words in (("serve",), ("worker", "--once")):
            refused = place.run(*words)
            assert refused.returncode != 0
            assert "restauration a été interrompue" in refused.stderr

    def test_is_refused_in_a_place_that_is_not_empty(self, kept: Kept) -> None:
        done = kept.place.run("restore", str(kept.file))

        assert done.returncode != 0
        assert "n'est pas vide" in done.stderr

    def test_is_refused_where_files_stand(self, kept: Kept, new_place: NewPlace) -> None:
        place = new_place("files")
        (place.folder / "fichiers").mkdir()
        (place.folder / "fichiers" / "x").write_text("someone's")

        done = place.run("restore", str(kept.file), "--without-journal")

        assert done.returncode != 0
        assert "n'écrase rien" in done.stderr
        assert (place.folder / "fichiers" / "x").read_text() == "someone's"

    def test_is_refused_with_another_key(self, kept: Kept, new_place: NewPlace) -> None:
        place = new_place("key", TANDEM_INDEX_KEY="MzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzM=")

        done = place.run("restore", str(kept.file), "--without-journal")

        assert done.returncode != 0
        assert "avec une autre clé" in done.stderr


def changed(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


class TestADamagedBackup:
    @pytest.mark.parametrize(
        ("damage", "said"),
        [
            (changed, "abîmé ou incomplet"),
            (lambda content: content[:-1], "abîmé ou incomplet"),
            (lambda content: content[: len(content) // 2], "abîmé ou incomplet"),
            (lambda content: content + b"x", "abîmé ou incomplet"),
            (lambda content: content[:20] + b"0" * 16 + content[36:], "avec une autre clé"),
            (lambda content: b"PK" + content, "pas une sauvegarde"),
            (lambda _content: b"", "pas une sauvegarde"),
        ],
        ids=[
            "one bit",
            "last byte cut",
            "half",
            "one more byte",
            "header",
            "other format",
            "empty",
        ],
    )
    def test_is_refused_and_touches_nothing(
        self, kept: Kept, tmp_path: Path, damage: Callable[[bytes], bytes], said: str
    ) -> None:
        """R-25: whatever the damage, said before anything is put in place."""
        damaged = tmp_path / "damaged"
        damaged.write_bytes(damage(kept.file.read_bytes()))

        with pytest.raises(backup.BackupRefused, match=said):
            backup.verify(damaged)

    def test_whole_is_read_to_its_end(self, kept: Kept) -> None:
        """The control of the test above."""
        assert backup.verify(kept.file) == kept.file.stat().st_size

    def test_leaves_the_place_empty(self, kept: Kept, new_place: NewPlace, tmp_path: Path) -> None:
        damaged = tmp_path / "damaged"
        damaged.write_bytes(kept.file.read_bytes()[:-1])
        place = new_place("damaged")

        refused = place.run("restore", str(damaged), "--without-journal")
        again = place.run("restore", str(kept.file), "--without-journal")

        assert "rien n'a été touché" in refused.stderr
        assert again.returncode == 0, again.stderr


class TestTheKeyOfBackups:
    def test_may_be_its_own(self, kept: Kept, new_place: NewPlace, tmp_path: Path) -> None:
        """S-47: a key of their own opens the new ones; those from before still open."""
        shutil.copy(kept.file, tmp_path / "old")
        key = "NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ="
        place = new_place("own", TANDEM_BACKUP_KEY=key)
        assert place.run("restore", str(tmp_path / "old"), "--without-journal").returncode == 0

        assert place.run("backup", str(tmp_path / "new")).returncode == 0

        with pytest.raises(backup.BackupRefused, match="autre clé"):
            backup.verify(tmp_path / "new")
