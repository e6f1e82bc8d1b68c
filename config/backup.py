"""One encrypted file that holds the database and the stored files.

Format: one line that names it, one line that names the key, then a tar (manifest.json, the database, files/…) sealed
by the STREAM construction of fichiers. The keys of the installation are not in it: see docs/exploitation.md.
"""

import fcntl
import hashlib
import hmac
import io
import json
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from config.database import dump_database
from tandem.fichiers.stream import StreamError, decrypt_chunks, encrypt_stream
from tandem.kernel.crypto import derive_key
from tandem.kernel.refusals import Refusal

FORMAT = b"TANDEM SAUVEGARDE 2\n"
HEADER_BYTES = len(FORMAT) + 17
SUFFIX = ".sauvegarde"
# A.3: what is older than this is no longer kept, erasures included.
KEPT = timedelta(days=35)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
Say = Callable[[str], None]


class BackupRefused(Refusal):
    """The backup or the restoration cannot be done; the message says why."""


def backup(target: Path, *, at: datetime, say: Say) -> int:
    """Write the backup and read it again; give back its size in bytes. Whole or not at all.

    Raises:
        BackupRefused: the target exists, another backup runs, a disk is full, or the database's own tool failed.
    """
    if target.exists():
        raise BackupRefused(f"Le fichier {target} existe déjà : choisissez un autre nom.")
    part = target.with_name(f".{target.name}.en-cours")
    try:
        with working_folder("sauvegarde-en-cours") as work:
            say("Copie de la base…")
            dump = dump_database(work)
            header = _header(backup_keys()[0])
            try:
                with os.fdopen(os.open(part, _NEW, 0o600), "wb") as destination:
                    _seal(dump, destination, header, at=at, say=say)
                say("Relecture…")
                size = verify(part)
                part.rename(target)
            finally:
                part.unlink(missing_ok=True)
    except OSError as error:
        raise BackupRefused(f"Écriture impossible : {error.strerror or error}.") from error
    _remember(target, size=size, at=at)
    return size


def backup_in(folder: Path, *, at: datetime, say: Say) -> tuple[Path, int]:
    """A backup under the name of its instant, then remove those past their time (35 days); its file and its size.

    Nothing is removed before the new one is whole; a file of another name is never touched.
    """
    if not folder.is_dir():
        raise BackupRefused(f"Le dossier {folder} n'existe pas.")
    target = folder / f"tandem-{at:%Y%m%dT%H%M%SZ}{SUFFIX}"
    size = backup(target, at=at, say=say)
    oldest = folder / f"tandem-{at - KEPT:%Y%m%dT%H%M%SZ}{SUFFIX}"
    for part in folder.glob(f".tandem-*{SUFFIX}.en-cours"):
        # Left by a run that was killed.
        part.unlink()
    for file in sorted(folder.glob(f"tandem-????????T??????Z{SUFFIX}")):
        if file.name < oldest.name:
            file.unlink()
            say(f"Supprimée, plus de {KEPT.days} jours : {file.name}")
    return target, size


def last_backup() -> dict[str, Any] | None:
    """When the last backup of this installation was written, its file and its size; None before the first."""
    try:
        found: dict[str, Any] = json.loads(_memory().read_text())
    except (FileNotFoundError, ValueError):
        return None
    return found


def verify(file: Path) -> int:
    """Decrypt everything and keep nothing; the size of the file.

    Raises:
        BackupRefused: it is no backup, another key made it, or it was cut or altered.
    """
    with file.open("rb") as sealed:
        for _chunk in plain_chunks(sealed):
            pass
    return file.stat().st_size


def plain_chunks(sealed: io.BufferedIOBase) -> Iterator[bytes]:
    """What the backup holds, each chunk verified before it is given; the same refusals as `verify`."""
    header = sealed.read(HEADER_BYTES)
    if not header.startswith(FORMAT):
        raise BackupRefused("Ce fichier n'est pas une sauvegarde de Tandem.")
    key = next((key for key in backup_keys() if _header(key) == header), None)
    if key is None:
        raise BackupRefused(
            "Cette sauvegarde a été chiffrée avec une autre clé : donnez à l'installation le TANDEM_BACKUP_KEY "
            "(ou à défaut le TANDEM_INDEX_KEY) de celle qui l'a écrite."
        )
    try:
        yield from decrypt_chunks(sealed, key, aad=header)
    except StreamError as error:
        raise BackupRefused(
            "Ce fichier est abîmé ou incomplet : rien n'a été touché. Prenez une autre sauvegarde."
        ) from error


def backup_keys() -> list[bytes]:
    """The key that encrypts backups first, then the one of an installation that had none of its own."""
    own = [settings.TANDEM_BACKUP_KEY] if settings.TANDEM_BACKUP_KEY else []
    return [*own, derive_key("backup")]


def files_folder() -> Path:
    """Where fichiers keeps what it stores."""
    return Path(settings.TANDEM_DATA_DIR) / "fichiers"


@contextmanager
def working_folder(name: str) -> Iterator[Path]:
    """A folder beside the database, as private as it, emptied of what a killed run left; one run at a time."""
    folder = Path(settings.TANDEM_DATA_DIR) / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    holder = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupRefused(
                "Une sauvegarde ou une restauration est déjà en cours ici."
            ) from error
        for left in folder.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(holder)


class Progress:
    """Says each tenth of a work whose size is known."""

    def __init__(self, what: str, total: int, say: Say) -> None:
        self.what, self.total, self.say = what, total, say
        self.done = self.told = 0

    def add(self, size: int) -> None:
        """`size` more bytes are done."""
        self.done += size
        tenths = 10 * self.done // self.total if self.total else 0
        if self.told < tenths <= 10:
            self.told = tenths
            self.say(f"{self.what} : {10 * tenths} %")


def _seal(
    dump: Path, destination: io.BufferedWriter, header: bytes, *, at: datetime, say: Say
) -> None:
    """The archive goes through a pipe to the cipher: nothing of it stands in clear beside the backup."""
    files = _stored_files()
    total = dump.stat().st_size + sum(size for _file, size in files)
    manifest = {
        "at": at.isoformat(),
        "database": dump.name,
        "vendor": connection.vendor,
        "files": len(files),
    }
    say(f"Chiffrement de la base et de {len(files)} fichiers…")
    reading, writing = os.pipe()

    def write_archive() -> None:
        with os.fdopen(writing, "wb") as pipe, tarfile.open(fileobj=pipe, mode="w|") as tar:
            _fill(tar, manifest, dump, files, Progress("Sauvegarde", total, say))

    with ThreadPoolExecutor(1) as other:
        archive = other.submit(write_archive)
        with os.fdopen(reading, "rb") as source:
            destination.write(header)
            encrypt_stream(source, destination, backup_keys()[0], aad=header)
        # An archive that could not be written whole is no backup.
        archive.result()
    destination.flush()
    os.fsync(destination.fileno())


def _fill(
    tar: tarfile.TarFile,
    manifest: dict[str, Any],
    dump: Path,
    files: list[tuple[Path, int]],
    progress: Progress,
) -> None:
    content = json.dumps(manifest).encode()
    head = tarfile.TarInfo("manifest.json")
    head.size = len(content)
    tar.addfile(head, io.BytesIO(content))
    tar.add(dump, dump.name)
    progress.add(dump.stat().st_size)
    for file, size in files:
        try:
            tar.add(file, f"files/{file.relative_to(files_folder())}")
        except FileNotFoundError:
            # Erased since the list was made: it is not to come back.
            continue
        progress.add(size)


def _stored_files() -> list[tuple[Path, int]]:
    return [
        (Path(folder) / name, (Path(folder) / name).stat().st_size)
        for folder, _folders, names in os.walk(files_folder())
        for name in sorted(names)
    ]


def _header(key: bytes) -> bytes:
    """Names the format and the key, without telling anything of it."""
    return (
        FORMAT + hmac.new(key, b"tandem:backup", hashlib.sha256).hexdigest()[:16].encode() + b"\n"
    )


def _memory() -> Path:
    return Path(settings.TANDEM_DATA_DIR) / "derniere-sauvegarde.json"


def _remember(target: Path, *, size: int, at: datetime) -> None:
    _memory().write_text(json.dumps({"at": at.isoformat(), "file": str(target), "size": size}))
