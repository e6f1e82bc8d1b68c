"""How many requests were answered, how, and how fast: counted by each process, read together.

Each process maps one small file; whoever is asked for the figures adds them up. A file outlives its process, so that a
counter never goes back while the service runs. Nothing is written per person, per structure or per page.
"""

import mmap
import os
import struct
import threading
from pathlib import Path

STATUSES = ("2xx", "3xx", "4xx", "5xx")
# Seconds; the last bucket is without limit.
BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_SLOTS = len(STATUSES) + len(BUCKETS) + 2
_FORMAT = struct.Struct(f"={_SLOTS}Q")


class Counters:
    """The counts of this process, in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._pid = 0
        self._file: mmap.mmap | None = None

    def count(self, status: int, seconds: float) -> None:
        """One request more. Where the folder cannot be written nothing is counted, and nothing breaks."""
        with self._lock:
            if self._pid != os.getpid():
                self._open()
            if self._file is None:
                return
            slots = list(_FORMAT.unpack_from(self._file))
            slots[min(max(status // 100 - 2, 0), len(STATUSES) - 1)] += 1
            bucket = next((n for n, limit in enumerate(BUCKETS) if seconds <= limit), len(BUCKETS))
            slots[len(STATUSES) + bucket] += 1
            slots[-1] += round(seconds * 1_000_000)
            _FORMAT.pack_into(self._file, 0, *slots)

    def total(self) -> list[int]:
        """The counts of all processes: by status, by bucket, then microseconds."""
        total = [0] * _SLOTS
        for file in self.folder.glob("*.compte"):
            content = file.read_bytes()
            if len(content) == _FORMAT.size:
                total = [a + b for a, b in zip(total, _FORMAT.unpack(content), strict=True)]
        return total

    def clear(self) -> None:
        """A new life of the service begins at zero."""
        for file in self.folder.glob("*.compte"):
            file.unlink(missing_ok=True)

    def _open(self) -> None:
        self._pid, self._file = os.getpid(), None
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with (self.folder / f"{self._pid}.compte").open("a+b") as file:
                file.truncate(_FORMAT.size)
                self._file = mmap.mmap(file.fileno(), _FORMAT.size)
        except OSError:
            return
