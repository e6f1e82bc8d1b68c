"""Clients that go on asking, and what each answer was: a status, or no answer, and how long it took."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from simulateurs.browser import PageError

NO_ANSWER = 0


@dataclass
class Answers:
    """What came, request by request: the second when it left, the status, how long."""

    rows: list[tuple[float, int, float]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def between(self, start: float, end: float) -> list[tuple[float, int, float]]:
        """Those that left in this time."""
        return [row for row in self.rows if start <= row[0] < end]

    def statuses(self) -> Counter[int]:
        """How many of each."""
        return Counter(status for _at, status, _spent in self.rows)

    def longest(self) -> float:
        """The slowest answer."""
        return max((spent for *_rest, spent in self.rows), default=0)

    def quantile(self, share: float) -> float:
        """The time under which this share of the answers came."""
        times = sorted(spent for *_rest, spent in self.rows)
        return times[min(len(times) - 1, int(share * len(times)))] if times else 0


class Crowd:
    """Threads that repeat an act until told to stop; an act gives back a status."""

    def __init__(self, acts: list[Callable[[], int]], *, pause: float = 0) -> None:
        self.answers = Answers()
        self._stop = threading.Event()
        self._pause = pause
        self._threads = [
            threading.Thread(target=self._repeat, args=(act,), daemon=True) for act in acts
        ]

    def __enter__(self) -> "Crowd":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(120)

    def _repeat(self, act: Callable[[], int]) -> None:
        while not self._stop.is_set():
            start = time.monotonic()
            try:
                status = act()
            except (httpx.HTTPError, PageError) as error:
                status = NO_ANSWER
                self.answers.errors.append(repr(error)[:600])
            self.answers.rows.append((start, status, time.monotonic() - start))
            if self._pause:
                self._stop.wait(self._pause)


def fetch(url: str, *, timeout: float = 60) -> Callable[[], int]:
    """One page."""
    client = httpx.Client(timeout=timeout, trust_env=False, verify=False)  # noqa: S501 - http only
    return lambda: client.get(url).status_code
