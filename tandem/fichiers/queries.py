"""Reads of the files kept."""

import base64
from collections.abc import Iterator
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tandem.fichiers.folder import path_of
from tandem.fichiers.models import StoredFile
from tandem.fichiers.stream import decrypt_chunks
from tandem.kernel.crypto import DecryptionError
from tandem.kernel.refusals import Refusal


class FileRefused(Refusal):
    """The file was erased."""

    status = 404
    code = "file_erased"


class FileDamagedError(Exception):
    """The file is missing from the folder, or is not the one that was kept."""


def files_of(owner: tuple[str, UUID]) -> QuerySet[StoredFile]:
    """The files of one object, erased ones included, the latest first."""
    label, owner_id = owner
    return StoredFile.objects.filter(owner_label=label, owner_id=owner_id)


def open_file(stored: StoredFile) -> Iterator[bytes]:
    """The content, chunk by chunk, each verified before it is given (R-25).

    Raises:
        FileRefused: it was erased.
        FileDamagedError: the folder does not hold what was kept; what was given before is
            authentic, but not whole.
    """
    if stored.erased_at is not None:
        raise FileRefused(_("Ce document a été effacé."))
    return _opened(stored)


def _opened(stored: StoredFile) -> Iterator[bytes]:
    try:
        key = base64.b64decode(stored.data_key)
        with path_of(stored.public_id).open("rb") as file:
            yield from decrypt_chunks(file, key, aad=stored.public_id.bytes)
    except (OSError, DecryptionError, ValueError) as error:
        raise FileDamagedError(f"file {stored.public_id} cannot be read whole") from error
