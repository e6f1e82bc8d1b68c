"""The main job in Chromium: log in, sign with FranceConnect, connect for Rose, stop.

Gestures and Tandem's own time are counted and printed. A-02, A-04, A-06, A-17, P-42, S-46.
"""

import pytest

from tests.parcours.acts import (
    Wish,
    Wizard,
    arrive_at,
    choose_by_search,
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

MANDAT_GESTURES = 20
REPEAT_GESTURES = 8
# Ours: what a practised aidant waits for, over a whole act, the stand-ins' time left out.
OWN_SECONDS = 6


class Meter:
    """What one act cost: gestures, and Tandem's own time."""

    def __init__(self, journey: Journey, act: str) -> None:
        self.journey = journey
        self.act = act
        self.gestures = journey.gestures
        self.ms = journey.tandem_ms

    def stop(self) -> int:
        """Say what it cost; give back the gestures."""
        gestures = self.journey.gestures - self.gestures
        ms = self.journey.tandem_ms - self.ms
        print(f"\n  {self.act}: {gestures} gestures, {ms:.0f} ms of Tandem's own")
        assert ms < OWN_SECONDS * 1000
        return gestures


class TestAlice:
    @pytest.mark.parametrize("width", [320, 1280])
    def test_signs_with_rose_connects_for_her_twice_then_stops(
        self, journey: Open, width: int
    ) -> None:
        """A-02, A-06: the whole main job at 320 px and wide; a repeat use takes 8 gestures at most."""
        alice = journey("Alice Lenoir", width=width)
        log_in(alice)

        mandat = Meter(alice, f"a mandat at {width} px")
        Wizard(alice, Wish("rose", "social")).sign()
        alice.gestures += 1  # the finger on the device
        assert mandat.stop() <= MANDAT_GESTURES

        first = Meter(alice, "a first use")
        leave_for(alice, "caf")
        choose_by_search(alice, "martin")
        say_where(alice, "presence", "caf.fr")
        confirm(alice)
        first.stop()
        arrive_at(alice, "caf")
        alice.see("MARTIN", "Un aidant agit")
        log_out_of_service(alice)

        repeat = Meter(alice, "a repeat use")
        leave_for(alice, "caf")
        choose_recent(alice, "Rose MARTIN")
        assert alice.page.locator("[name=service_declared]").input_value() == "caf.fr"
        say_where(alice, "presence")
        confirm(alice)
        assert repeat.stop() <= REPEAT_GESTURES
        arrive_at(alice, "caf")
        log_out_of_service(alice)

        alice.open("/mandats/")
        alice.press("main a[href*='/mandats/']:has-text('MARTIN')")
        alice.follow("Arrêter ce mandat")
        alice.click("Arrêter maintenant")
        alice.see("C’est fait : plus personne ne peut agir")
        leave_for(alice, "caf")
        alice.click("Rose MARTIN")
        alice.see("Vous ne pouvez pas vous connecter ainsi", "Rien n’a été transmis")
