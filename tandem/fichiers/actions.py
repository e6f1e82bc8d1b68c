"""Writes: keep a file, erase a file, sweep what belongs to nothing."""

import base64
import hashlib
import io
import os
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction

from tandem.fichiers.folder import path_of, shelves, written_whole
from tandem.fichiers.models import StoredFile
from tandem.fichiers.stream import KEY_BYTES, Source, encrypt_stream

# A file is written before its row is committed: a younger one may still get it.
_GRACE = timedelta(days=1)


def store_file(
    *,
    content: Source | bytes,
    name: str,
    media_type: str,
    owner: tuple[str, UUID],
    at: datetime,
) -> StoredFile:
    """Encrypt a file into the folder, under a key of its own. `owner`: a label, an identifier.

    The content is read once, in flat memory. If the transaction around is rolled back, the file
    left on the disk opens for nobody, and `sweep_files` removes it.
    """
    public_id = uuid4()
    key = os.urandom(KEY_BYTES)
    source = _Measured(io.BytesIO(content) if isinstance(content, bytes) else content)
    with written_whole(path_of(public_id)) as file:
        encrypt_stream(source, file, key, aad=public_id.bytes)
    label, owner_id = owner
    return StoredFile.objects.create(
        public_id=public_id,
        owner_label=label,
        owner_id=owner_id,
        name=name,
        media_type=media_type,
        size=source.size,
        sha256=source.digest.hexdigest(),
        data_key=base64.b64encode(key).decode(),
        created_at=at,
    )


class _Measured:
    """A source that is measured as it is read."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.size = 0
        self.digest = hashlib.sha256()

    def read(self, size: int, /) -> bytes:
        data = self.source.read(size)
        self.size += len(data)
        self.digest.update(data)
        return data


def erase_file(stored: StoredFile, *, at: datetime) -> None:
    """Erase a file for ever: its key first, with its name and its fingerprint, then its bytes.

    Once the key is gone no copy of the encrypted file opens, in an old backup of the folder
    either. The bytes go after the commit; what a crash leaves is swept later.
    """
    stored.name = stored.data_key = stored.sha256 = ""
    stored.erased_at = at
    with transaction.atomic():
        stored.save(update_fields=["name", "data_key", "sha256", "erased_at"])
        transaction.on_commit(lambda: path_of(stored.public_id).unlink(missing_ok=True))


def sweep_files(*, at: datetime) -> int:
    """Remove the files older than a day that no living row owns; returns how many."""
    limit = (at - _GRACE).timestamp()
    swept = 0
    for first, last, folder in shelves():
        rows = StoredFile.objects.filter(erased_at=None, public_id__range=(first, last))
        alive = {public_id.hex for public_id in rows.values_list("public_id", flat=True)}
        for path in folder.iterdir():
            if path.name not in alive and path.stat().st_mtime < limit:
                path.unlink()
                swept += 1
    return swept
