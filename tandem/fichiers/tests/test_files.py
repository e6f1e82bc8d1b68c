import hashlib
import io
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from tandem.fichiers.actions import erase_file, store_file, sweep_files
from tandem.fichiers.folder import path_of
from tandem.fichiers.jobs import sweep
from tandem.fichiers.models import StoredFile
from tandem.fichiers.queries import FileDamagedError, FileRefused, files_of, open_file
from tandem.kernel.periodic import jobs
from tandem.kernel.rotation import rotate_encryption

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
OWNER = ("mandats.mandat", uuid4())
CONTENT = b"Attestation de droits de Rose Martin. " * 5_000


def keep(content: bytes = CONTENT, name: str = "Attestation de Rose.pdf") -> StoredFile:
    return store_file(content=content, name=name, media_type="application/pdf", owner=OWNER, at=AT)


def read(stored: StoredFile) -> bytes:
    return b"".join(open_file(StoredFile.objects.get(pk=stored.pk)))


def everything(folder: Path) -> bytes:
    """All that the disk and the table hold."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM fichiers_storedfile")
        rows = str(cursor.fetchall()).encode()
    return rows + b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file())


class TestStoreFile:
    def test_gives_back_what_it_kept(self) -> None:
        stored = keep()

        assert read(stored) == CONTENT
        found = StoredFile.objects.get()
        assert (found.name, found.media_type) == ("Attestation de Rose.pdf", "application/pdf")
        assert (found.size, found.created_at) == (len(CONTENT), AT)
        assert found.sha256 == hashlib.sha256(CONTENT).hexdigest()

    def test_accepts_a_file_object(self) -> None:
        stored = store_file(
            content=io.BytesIO(b""), name="vide", media_type="text/plain", owner=OWNER, at=AT
        )

        assert (read(stored), stored.size) == (b"", 0)

    def test_leaves_nothing_readable(self, folder: Path) -> None:
        """S-42: neither the content nor the name."""
        keep()

        assert b"Rose" not in everything(folder)
        assert b"Attestation" not in everything(folder)

    def test_gives_each_file_a_key_of_its_own(self) -> None:
        assert keep().data_key != keep().data_key

    def test_is_read_by_its_own_user_only(self, folder: Path) -> None:
        stored = keep()

        assert path_of(stored.public_id).stat().st_mode & 0o077 == 0
        assert path_of(stored.public_id).parent.stat().st_mode & 0o077 == 0
        assert path_of(stored.public_id).is_relative_to(folder)

    def test_leaves_nothing_behind_when_the_source_fails(self, folder: Path) -> None:
        class Broken(io.BytesIO):
            def read(self, size: int | None = -1) -> bytes:
                raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            store_file(content=Broken(), name="x", media_type="x", owner=OWNER, at=AT)

        assert [p for p in folder.rglob("*") if p.is_file()] == []
        assert not StoredFile.objects.exists()

    def test_is_on_the_disk_before_it_has_its_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """R-25: a power cut leaves the whole file or none."""
        order: list[str] = []
        fsync, rename = os.fsync, Path.rename

        def seen_fsync(descriptor: int) -> None:
            order.append("fsync")
            fsync(descriptor)

        def seen_rename(path: Path, target: Path) -> Path:
            order.append("rename")
            return rename(path, target)

        monkeypatch.setattr("os.fsync", seen_fsync)
        monkeypatch.setattr(Path, "rename", seen_rename)

        keep()

        assert order == ["fsync", "rename", "fsync"]

    def test_is_listed_with_its_owner(self) -> None:
        stored = keep()
        store_file(content=b"x", name="x", media_type="x", owner=("other", uuid4()), at=AT)

        assert list(files_of(OWNER)) == [stored]


class TestOpenFile:
    @pytest.mark.parametrize(
        "damage",
        [
            lambda path: path.write_bytes(path.read_bytes()[:-1]),
            lambda path: path.write_bytes(path.read_bytes()[: 40 + 64 * 1024 + 16]),
            lambda path: path.write_bytes(b""),
            lambda path: path.unlink(),
        ],
    )
    def test_says_that_a_file_is_damaged(self, damage: Callable[[Path], object]) -> None:
        """R-25."""
        stored = keep()
        damage(path_of(stored.public_id))

        with pytest.raises(FileDamagedError):
            read(stored)

    def test_sees_100_flipped_bits_out_of_100(self) -> None:
        """R-25: 100 % of document flips detected at read."""
        stored = keep(b"x" * 1000)
        path = path_of(stored.public_id)
        good = path.read_bytes()
        for number in range(100):
            flipped = bytearray(good)
            flipped[number * len(good) // 100] ^= 1 << number % 8
            path.write_bytes(bytes(flipped))

            with pytest.raises(FileDamagedError):
                read(stored)

    def test_does_not_take_one_file_for_another(self) -> None:
        """S-42: swapped on the disk, or with their keys in the table."""
        one, other = keep(b"un"), keep(b"deux")
        path_of(one.public_id).write_bytes(path_of(other.public_id).read_bytes())
        with pytest.raises(FileDamagedError):
            read(one)

        one.data_key = other.data_key
        one.save()
        with pytest.raises(FileDamagedError):
            read(one)


class TestEraseFile:
    @pytest.fixture(autouse=True)
    def _commits(self, django_capture_on_commit_callbacks: Callable[..., object]) -> None:
        self.commits = django_capture_on_commit_callbacks

    def test_leaves_neither_key_nor_bytes(self, folder: Path) -> None:
        """P-22: crypto-erasure; what remains says that a file was there."""
        stored = keep()

        with self.commits(execute=True):  # type: ignore[attr-defined]  # a context
            erase_file(stored, at=AT)

        found = StoredFile.objects.get()
        assert (found.name, found.data_key, found.sha256) == ("", "", "")
        assert (found.erased_at, found.size) == (AT, len(CONTENT))
        assert not path_of(stored.public_id).exists()
        with pytest.raises(FileRefused, match="effacé"):
            open_file(found)

    def test_makes_an_old_copy_of_the_bytes_useless(self) -> None:
        """P-22: a backup of the folder does not bring the file back."""
        stored = keep()
        copy = path_of(stored.public_id).read_bytes()
        with self.commits(execute=True):  # type: ignore[attr-defined]  # a context
            erase_file(stored, at=AT)
        path_of(stored.public_id).write_bytes(copy)

        StoredFile.objects.update(erased_at=None)

        with pytest.raises(FileDamagedError):
            read(stored)

    def test_keeps_the_bytes_when_the_act_fails(self) -> None:
        stored = keep()

        def act() -> None:
            with transaction.atomic():
                erase_file(stored, at=AT)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            act()

        assert read(stored) == CONTENT


class TestSweepFiles:
    def age(self, path: Path) -> Path:
        old = (AT - timedelta(days=2)).timestamp()
        os.utime(path, (old, old))
        return path

    def test_removes_what_belongs_to_nothing(self, folder: Path) -> None:
        """R-29: no dangling file after a crash."""
        kept = self.age(path_of(keep().public_id))
        erased = keep()
        erase_file(erased, at=AT)
        left = self.age(path_of(erased.public_id))
        (folder / "ab").mkdir(exist_ok=True)
        orphan = folder / "ab" / uuid4().hex
        unfinished = folder / "ab" / f"{uuid4().hex}.part"
        for path in (orphan, unfinished):
            path.write_bytes(b"x")
            self.age(path)

        assert sweep_files(at=AT) == 3

        assert kept.exists()
        assert not any(path.exists() for path in (left, orphan, unfinished))

    def test_leaves_what_may_still_get_its_row(self, folder: Path) -> None:
        stored = keep()
        now = AT.timestamp()
        os.utime(path_of(stored.public_id), (now, now))
        StoredFile.objects.all().delete()

        assert sweep_files(at=AT) == 0

    def test_runs_as_a_periodic_job(self) -> None:
        assert sweep(AT) == "0 files"
        assert "fichiers.sweep" in jobs()


class TestKeyRotation:
    def test_needs_no_file_to_be_written_again(self, settings: Settings) -> None:
        """S-42, R-27: only the keys are wrapped again."""
        stored = keep()
        before = path_of(stored.public_id).read_bytes()
        settings.TANDEM_ENCRYPTION_KEYS = [("new", b"n" * 32), *settings.TANDEM_ENCRYPTION_KEYS]

        assert rotate_encryption() == 1

        settings.TANDEM_ENCRYPTION_KEYS = settings.TANDEM_ENCRYPTION_KEYS[:1]
        assert read(stored) == CONTENT
        assert path_of(stored.public_id).read_bytes() == before


def test_every_field_is_said_personal_or_not() -> None:
    """Law 10."""
    columns = {field.name for field in StoredFile._meta.concrete_fields} - {"id", "public_id"}

    assert StoredFile.privacy.fields == columns
