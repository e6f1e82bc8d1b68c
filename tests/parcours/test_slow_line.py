"""A line of 512 kbit/s, as a village or a telephone has: what is waited for, and what crosses it. A-17.

The whole main job is a campaign (`pytest -m trust -s` on this file): its figures stand in bench/README.md.
"""

from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

import pytest

from tests.parcours.acts import (
    Wish,
    Wizard,
    arrive_at,
    choose_recent,
    confirm,
    leave_for,
    log_in,
    log_out_of_service,
    say_where,
)
from tests.parcours.conftest import Open
from tests.parcours.journey import Journey

pytestmark = [pytest.mark.parcours, pytest.mark.loopback]

BYTES_A_SECOND: Final = 512_000 // 8
LATENCY_MS: Final = 150
FIRST_SECONDS: Final = 5.0
FIRST_BYTES: Final = 300_000
NEXT_BYTES: Final = 100_000

# Each page says, once loaded, when it could be read and what crossed the line for it.
_SAY = """addEventListener("load", () => setTimeout(() => {
  const [page] = performance.getEntriesByType("navigation"), all = performance.getEntriesByType("resource");
  window.__line?.([location.href, page.domContentLoadedEventEnd,
    page.transferSize + all.reduce((sum, one) => sum + one.transferSize, 0)]);
}))"""


@dataclass(frozen=True)
class Loaded:
    """One page of Tandem: seconds until it can be read and used, bytes on the line."""

    path: str
    seconds: float
    size: int


@dataclass
class Line:
    """What a window loads through a slow line."""

    journey: Journey
    latency: int = LATENCY_MS
    pages: list[Loaded] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.journey.context.expose_binding("__line", self._loaded)
        self.journey.context.add_init_script(_SAY)
        session = self.journey.context.new_cdp_session(self.journey.page)
        session.send("Network.enable")
        speeds = dict.fromkeys(("uploadThroughput", "downloadThroughput"), BYTES_A_SECOND)
        slow = {"offline": False, "latency": self.latency, **speeds}
        session.send("Network.emulateNetworkConditions", slow)

    def _loaded(self, _source: Any, said: list[Any]) -> None:
        address, ready, size = said
        if str(address).startswith(self.journey.site):
            path = str(address).removeprefix(self.journey.site)
            self.pages.append(Loaded(path, float(ready) / 1000, int(size)))

    def open(self, path: str) -> Loaded:
        """Open a page, and wait until it has said."""
        before = len(self.pages)
        self.journey.open(path)
        for _tenth in range(100):
            if len(self.pages) > before:
                return self.pages[-1]
            self.journey.page.wait_for_timeout(100)
        raise AssertionError(f"{path} never loaded")


class TestTheFirstPage:
    def test_is_there_in_five_seconds_and_the_next_ones_are_light(self, journey: Open) -> None:
        """A-17: nothing in the cache; then what the cache keeps crosses no more."""
        line = Line(journey())
        first, following = line.open("/"), line.open("/comptes/connexion/")
        assert first.seconds <= FIRST_SECONDS
        assert first.size <= FIRST_BYTES
        assert 0 < following.size <= NEXT_BYTES

    def test_would_be_late_on_a_line_that_answers_late(self, journey: Open) -> None:
        """The control: the line is really slow, the measure really sees it."""
        line = Line(journey(), latency=3_000)
        assert line.open("/").seconds > FIRST_SECONDS


@pytest.mark.trust
class TestTheMainJob:
    def test_is_done_on_such_a_line(self, journey: Open) -> None:
        """A-17: log in, sign, connect, stop; each page of Tandem can be read within five seconds."""
        alice = journey("Alice Lenoir")
        line = Line(alice)
        log_in(alice)
        Wizard(alice, Wish("rose", "social")).sign()
        leave_for(alice, "caf")
        choose_recent(alice, "Rose MARTIN")
        say_where(alice, "presence", "caf.fr")
        confirm(alice)
        arrive_at(alice, "caf")
        log_out_of_service(alice)
        alice.open("/mandats/")
        alice.press("main .cards a")
        alice.page.wait_for_timeout(1000)
        seconds, sizes = (
            [one.seconds for one in line.pages],
            [one.size for one in line.pages],
        )
        print(
            f"\n  512 kbit/s, {LATENCY_MS} ms: {len(line.pages)} pages of Tandem;"
            f" until each can be read: median {median(seconds):.2f} s, longest {max(seconds):.2f} s,"
            f" all {sum(seconds):.0f} s; on the line: first {sizes[0] / 1000:.0f} kB,"
            f" median {median(sizes) / 1000:.1f} kB, all {sum(sizes) / 1000:.0f} kB"
        )
        assert len(line.pages) >= 15
        assert max(seconds) <= FIRST_SECONDS
        assert max(sizes) <= FIRST_BYTES
