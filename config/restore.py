"""A backup put back into an empty installation: whole or not at all, and closed until all is done (R-24)."""

import io
import json
import shutil
import tarfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from config.backup import (
    BackupRefused,
    Progress,
    Say,
    files_folder,
    plain_chunks,
    working_folder,
)
from config.database import check_dump, load_database
from tandem.journal.outside import CopyAlteredError, read_copy

_UNFINISHED = "restauration-inachevee"


def restore(source: Path, *, copy: Path | None, say: Say) -> dict[str, Any]:
    """Put a backup back into an empty installation; give back its manifest. `finish` must follow.

    Everything is decrypted and verified aside before anything is put in place. `copy` is the journal's copy kept
    outside (`journal.outside`), read here so that a wrong one is refused at once.

    Raises:
        BackupRefused: the installation is not empty, the key, the file or the copy is not right, or the backup comes
            from another kind of database.
    """
    _refuse_full()
    if copy is not None:
        _check_copy(copy)
    with working_folder("restauration-en-cours") as work:
        say("Déchiffrement et vérification…")
        manifest = _extract(source, work, say)
        dump = work / str(manifest["database"])
        check_dump(dump)
        _unfinished().touch()
        say("Mise en place de la base…")
        try:
            load_database(dump)
        except BaseException:
            # Nothing was put in place: the installation is as empty as before.
            _unfinished().unlink()
            raise
        say("Mise en place des fichiers…")
        if (work / "files").is_dir():
            shutil.copytree(
                work / "files", files_folder(), dirs_exist_ok=True, copy_function=shutil.move
            )
    return manifest


def finished() -> None:
    """The last word of a restoration: from now on Tandem may serve."""
    _unfinished().unlink(missing_ok=True)


def refuse_unfinished() -> None:
    """Refuse to serve an installation whose restoration was interrupted: its sessions may still open.

    Raises:
        BackupRefused: a restoration began here and did not end.
    """
    if _unfinished().exists():
        raise BackupRefused(
            "Une restauration a été interrompue ici : videz la base et le dossier de données, puis recommencez-la."
        )


def _refuse_full() -> None:
    if connection.introspection.table_names():
        raise BackupRefused(
            "La base n'est pas vide : une restauration se fait dans une installation neuve."
        )
    if files_folder().is_dir() and any(files_folder().iterdir()):
        raise BackupRefused(
            f"Le dossier {files_folder()} n'est pas vide : une restauration n'écrase rien."
        )


def _check_copy(copy: Path) -> None:
    try:
        for _line in read_copy(copy):
            pass
    except FileNotFoundError as error:
        raise BackupRefused(f"La copie du journal {copy} n'existe pas.") from error
    except CopyAlteredError as error:
        raise BackupRefused(
            f"La copie du journal {copy} est altérée à la ligne {error.args[0]} : n'en tenez pas compte sans savoir "
            "pourquoi."
        ) from error


class _Plain(io.RawIOBase):
    """The verified chunks, read as a file."""

    def __init__(self, chunks: Iterator[bytes], progress: Progress) -> None:
        self._chunks, self._progress, self._held = chunks, progress, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._held:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._progress.add(len(chunk))
            self._held = chunk
        given = self._held[: len(buffer)]
        self._held = self._held[len(given) :]
        buffer[: len(given)] = given
        return len(given)


def _extract(source: Path, work: Path, say: Say) -> dict[str, Any]:
    try:
        with source.open("rb") as sealed:
            progress = Progress("Lecture", source.stat().st_size, say)
            plain = io.BufferedReader(_Plain(plain_chunks(sealed), progress))
            with tarfile.open(fileobj=plain, mode="r|") as tar:
                tar.extractall(work, filter="data")
            # The end of the archive is not the end of the stream: the last chunk must have been the last.
            while plain.read(1 << 20):
                pass
    except (OSError, tarfile.TarError) as error:
        raise BackupRefused(f"Ce fichier ne peut pas être lu : {error}.") from error
    manifest: dict[str, Any] = json.loads((work / "manifest.json").read_text())
    if manifest["vendor"] != connection.vendor:
        raise BackupRefused(
            f"Cette sauvegarde vient d'une base {manifest['vendor']} : choisissez la même."
        )
    return manifest


def _unfinished() -> Path:
    return Path(settings.TANDEM_DATA_DIR) / _UNFINISHED


def default_copy() -> Path:
    """Where this installation keeps the copy of its journal."""
    return Path(settings.TANDEM_JOURNAL_COPY)


def put_copy_aside(copy: Path, *, at: datetime) -> None:
    """The copy told of the life before: the next one begins anew, and nothing is lost of the former."""
    if copy.exists() and copy.resolve() == default_copy().resolve():
        copy.rename(copy.with_name(f"{copy.name}.avant-{at:%Y%m%dT%H%M%SZ}"))
