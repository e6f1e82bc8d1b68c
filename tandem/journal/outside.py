"""A copy of the latest lines outside the database, appended every minute (P-23, R-24).

A backup is older than what it replaces: this copy says what was done since. With it a restoration erases again whoever
was erased, ends again what was ended, and names what is lost. One line of JSON each, as `journal_export` writes them:
no clear value, and the hash of each line shows an altered one. Kept on another disk, it also shows a rewritten chain.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from tandem.journal.models import Entry
from tandem.journal.queries import line_of
from tandem.journal.rules import FORMAT, instant_text, line_hash

# Longer than the oldest backup kept (35 days).
KEPT = timedelta(days=40)
# A transaction takes its number before it commits: those that commit late are looked for this far behind.
_OVERLAP = 1_000
_TAIL_BYTES = 2_000_000
_CHUNK = 2_000


class CopyAlteredError(Exception):
    """A line of the copy is not one that the journal wrote: its number in the file."""


def copy_outside(*, at: datetime) -> int:
    """Append what the copy does not hold yet, on disk when this returns; how many lines.

    Safe to stop at any moment: a line cut in its middle is removed, and written again.
    """
    path = Path(settings.TANDEM_JOURNAL_COPY)
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as copy:
        fcntl.flock(copy, fcntl.LOCK_EX)
        known, last = _tail(copy)
        rows = Entry.objects.order_by("pk")
        rows = rows.filter(pk__gt=last - _OVERLAP) if last else rows.filter(at__gt=at - KEPT)
        count = 0
        copy.seek(0, os.SEEK_END)
        for entry in rows.iterator(_CHUNK):
            if entry.hash not in known:
                copy.write(json.dumps(line_of(entry) | {"row": entry.pk}).encode() + b"\n")
                count += 1
        copy.flush()
        os.fsync(copy.fileno())
        _drop_old(copy, path, at)
    return count


def read_copy(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a copy, each verified; a last line cut in its middle was never acknowledged, and is left.

    Raises:
        CopyAlteredError: a line is not the one that was written.
    """
    with path.open("rb") as copy:
        for number, text in enumerate(copy, start=1):
            if not text.endswith(b"\n"):
                return
            try:
                line: dict[str, Any] = json.loads(text)
                wanted = hash_of(line)
            except (ValueError, KeyError, TypeError) as error:
                raise CopyAlteredError(number) from error
            if wanted != line.get("hash"):
                raise CopyAlteredError(number)
            yield line


def hash_of(line: dict[str, Any]) -> str:
    """The hash that a line of the copy must have; KeyError when a value is missing."""
    return line_hash([FORMAT, *(str(line[name]) for name in _HASHED)])


_HASHED = (
    "chain", "seq", "at", "event", "author_kind", "author_id", "subject_label", "subject_id", "about", "facts",
    "commitments", "previous_hash",
)  # fmt: skip


def _tail(copy: Any) -> tuple[set[str], int]:
    """Hashes of the last lines, and the highest row among them; cuts what follows the last whole line."""
    size = copy.seek(0, os.SEEK_END)
    copy.seek(max(0, size - _TAIL_BYTES))
    end = copy.read()
    whole = end.rfind(b"\n") + 1
    copy.truncate(size - len(end) + whole)
    texts = end[:whole].splitlines()
    if size > _TAIL_BYTES:
        # The first was cut by where the reading began.
        texts = texts[1:]
    lines = [json.loads(text) for text in texts]
    return {line["hash"] for line in lines}, max((line["row"] for line in lines), default=0)


def _drop_old(copy: Any, path: Path, at: datetime) -> None:
    """Once a day at most: the lines past their time leave, in one replacement."""
    copy.seek(0)
    first = copy.readline()
    if not first or json.loads(first)["at"] > instant_text(at - KEPT - timedelta(days=1)):
        return
    limit = instant_text(at - KEPT)
    shorter = path.with_name(f"{path.name}.nouvelle")
    copy.seek(0)
    with os.fdopen(os.open(shorter, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as kept:
        kept.writelines(line for line in copy if json.loads(line)["at"] > limit)
        kept.flush()
        os.fsync(kept.fileno())
    shorter.replace(path)
