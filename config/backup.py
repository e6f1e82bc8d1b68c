"""One encrypted file that holds the database and the stored files.

The keys are not in it: without TANDEM_ENCRYPTION_KEYS a backup cannot be opened.
Format: a tar (manifest.json, database, files/…), sealed by the STREAM construction of fichiers.
"""

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from tandem.fichiers.stream import decrypt_stream, encrypt_stream
from tandem.kernel.crypto import derive_key
from tandem.kernel.refusals import Refusal

FORMAT = 1
Say = Callable[[str], None]


class BackupRefused(Refusal):
    """The backup or the restoration cannot be done; the message says why."""


def backup(target: Path, *, at: datetime, say: Say) -> int:
    """Write the backup; give back its size in bytes. Whole or not at all.

    Raises:
        BackupRefused: the target exists, or the database's own tool failed.
    """
    if target.exists():
        raise BackupRefused(f"Le fichier {target} existe déjà : choisissez un autre nom.")
    with tempfile.TemporaryDirectory(dir=target.parent or None) as folder:
        work = Path(folder)
        say("Copie de la base…")
        name = _dump_database(work)
        manifest = {
            "format": FORMAT,
            "at": at.isoformat(),
            "database": name,
            "vendor": connection.vendor,
        }
        (work / "manifest.json").write_text(json.dumps(manifest))
        say("Copie des fichiers…")
        archive = work / "archive.tar"
        with tarfile.open(archive, "w") as tar:
            tar.add(work / "manifest.json", "manifest.json")
            tar.add(work / name, name)
            if _files_folder().is_dir():
                tar.add(_files_folder(), "files")
        say("Chiffrement…")
        sealed = work / "sealed"
        with archive.open("rb") as source, sealed.open("wb") as destination:
            encrypt_stream(source, destination, derive_key("backup"))
            destination.flush()
            os.fsync(destination.fileno())
        sealed.rename(target)
    return target.stat().st_size


def restore(source: Path, *, say: Say) -> dict[str, Any]:
    """Put a backup back into an empty installation; give back its manifest.

    Raises:
        BackupRefused: the installation is not empty, the key or the file is not right, or the
            backup comes from another kind of database.
    """
    if connection.introspection.table_names():
        raise BackupRefused(
            "La base n'est pas vide : une restauration se fait dans une installation neuve."
        )
    with tempfile.TemporaryDirectory(dir=settings.TANDEM_DATA_DIR) as folder:
        work = Path(folder)
        say("Déchiffrement…")
        archive = work / "archive.tar"
        try:
            with source.open("rb") as sealed, archive.open("wb") as destination:
                decrypt_stream(sealed, destination, derive_key("backup"))
        except (ValueError, Refusal) as error:
            raise BackupRefused(
                "Ce fichier n'est pas une sauvegarde lisible avec les clés de cette installation."
            ) from error
        with tarfile.open(archive) as tar:
            tar.extractall(work, filter="data")
        manifest: dict[str, Any] = json.loads((work / "manifest.json").read_text())
        if manifest["format"] != FORMAT or manifest["vendor"] != connection.vendor:
            raise BackupRefused(
                f"Cette sauvegarde vient d'une base {manifest['vendor']} : choisissez la même."
            )
        say("Restauration des fichiers…")
        if (work / "files").is_dir():
            shutil.copytree(work / "files", _files_folder(), dirs_exist_ok=True)
        say("Restauration de la base…")
        _load_database(work / str(manifest["database"]))
    return manifest


def after_restore(*, at: datetime) -> str:
    """Close what was open when the backup was made; one French sentence says what.

    Nobody is logged in, no code nor token opens anything, and no message is sent twice.
    """
    from tandem.comptes.actions import close_every_session
    from tandem.envois.actions import give_up_waiting
    from tandem.oidc_provider.actions import void_transactions
    from tandem.usagers.actions import void_codes

    with transaction.atomic():
        sessions = close_every_session()
        connexions = void_transactions(at=at)
        codes = void_codes()
        messages = give_up_waiting(at=at)
    return (
        f"Fermé : {sessions} sessions, {connexions} connexions en cours, {codes} codes. "
        f"{messages} messages retenus : ils étaient peut-être déjà partis."
    )


def _files_folder() -> Path:
    return Path(settings.TANDEM_DATA_DIR) / "fichiers"


def _postgresql_environment() -> dict[str, str]:
    own = connection.settings_dict
    names = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGDATABASE": "NAME",
    }
    return {**os.environ, **{key: str(own[value]) for key, value in names.items() if own[value]}}


def _run_tool(*command: str) -> None:
    try:
        done = subprocess.run(
            command, env=_postgresql_environment(), capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise BackupRefused(
            f"La commande {command[0]} manque (paquet postgresql-client)."
        ) from error
    if done.returncode:
        raise BackupRefused(f"{command[0]} a échoué : {done.stderr.strip()[:300]}")


def _dump_database(folder: Path) -> str:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(folder / "database.sqlite3")])
        return "database.sqlite3"
    _run_tool("pg_dump", "--format=custom", f"--file={folder / 'database.dump'}")
    return "database.dump"


def _load_database(dump: Path) -> None:
    if connection.vendor == "sqlite":
        target = Path(str(connection.settings_dict["NAME"]))
        connection.close()
        for suffix in ("-wal", "-shm"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        shutil.move(dump, target)
        return
    _run_tool(
        "pg_restore",
        "--no-owner",
        "--exit-on-error",
        f"--dbname={connection.settings_dict['NAME']}",
        str(dump),
    )
