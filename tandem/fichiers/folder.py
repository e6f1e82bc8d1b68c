"""The folder of encrypted files: where each one is, how it is written whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings


def root() -> Path:
    """The folder of all files."""
    return Path(settings.TANDEM_DATA_DIR) / "fichiers"


def path_of(public_id: UUID) -> Path:
    """Where the file of a row is; its name says nothing of what it holds."""
    return root() / public_id.hex[:2] / public_id.hex


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A file to write: it takes its place on the disk at the end of the block, whole, or never."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
        _sync_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


def shelves() -> Iterator[tuple[UUID, UUID, Path]]:
    """Each sub-folder, with the first and the last identifier that it may hold."""
    for folder in sorted(root().glob("[0-9a-f][0-9a-f]")):
        yield UUID(f"{folder.name:0<32}"), UUID(f"{folder.name:f<32}"), folder


def _sync_folder(folder: Path) -> None:
    """The new name survives a power cut too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
