"""What a page weighs, and what happens when nobody touches it. A-07, A-17, A-18, S-13."""

from collections import Counter
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.parcours.acts import Wish, Wizard, log_in
from tests.parcours.conftest import Open

pytestmark = [pytest.mark.parcours, pytest.mark.loopback]

HOME_KILOBYTES = 40
HOME_REQUESTS = 8
CSS_KILOBYTES = 12


class Scale:
    """Weighs what crosses the wire, headers of HTTP left out, nothing kept from before."""

    def __init__(self, page: Page) -> None:
        self.kinds: dict[str, str] = {}
        self.bytes: Counter[str] = Counter()
        self.session = page.context.new_cdp_session(page)
        self.session.send("Network.enable")
        self.session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        self.session.on("Network.responseReceived", self._answered)
        self.session.on("Network.dataReceived", self._received)

    def _answered(self, event: dict[str, Any]) -> None:
        self.kinds[event["requestId"]] = event["type"]

    def _received(self, event: dict[str, Any]) -> None:
        kind = self.kinds.get(event["requestId"], "Document")
        self.bytes[kind] += event["encodedDataLength"]


class TestTheHome:
    def test_weighs_little(self, journey: Open) -> None:
        """A-18: 40 kB of HTML, CSS and script, 8 requests; the sheet of styles 12 kB."""
        alice = journey("Alice Lenoir")
        log_in(alice)
        alice.open("/comptes/")
        scale = Scale(alice.page)
        alice.open("/accueil/")
        alice.page.wait_for_load_state("networkidle")
        own = sum(scale.bytes[kind] for kind in ("Document", "Stylesheet", "Script"))
        print(f"\n  home: {own / 1000:.1f} kB in {len(scale.kinds)} requests, {dict(scale.bytes)}")
        assert 0 < own <= HOME_KILOBYTES * 1000
        assert len(scale.kinds) <= HOME_REQUESTS
        assert scale.bytes["Stylesheet"] <= CSS_KILOBYTES * 1000


class TestSomeoneWhoLeavesTheScreen:
    def test_is_warned_two_minutes_before_and_stays_with_one_key(self, journey: Open) -> None:
        """A-07: the question, its focus, Enter; then, without an answer, the login, and the draft kept."""
        alice = journey("Alice Lenoir")
        log_in(alice)
        Wizard(alice, Wish("rose", "papiers")).until_identification()
        alice.page.clock.install()
        alice.page.reload()
        alice.page.clock.fast_forward("12:50")
        assert not alice.page.get_by_role("alertdialog").is_visible()
        alice.page.clock.fast_forward("00:20")
        alice.page.get_by_role("alertdialog").wait_for()
        alice.check("the question")
        alice.picture("encore-la")
        assert alice.page.evaluate("document.activeElement.textContent") == "Rester connecté"
        with alice.page.expect_response("**/comptes/prolonger/"):
            alice.page.keyboard.press("Enter")
        alice.page.get_by_role("alertdialog").wait_for(state="hidden")
        alice.page.clock.fast_forward("13:10")
        alice.page.get_by_role("alertdialog").wait_for()
        # The server's own clock ends the session too.
        alice.context.clear_cookies()
        alice.page.clock.fast_forward("02:10")
        alice.arrive("/comptes/connexion/**")
        alice.click("Utiliser ma clé d’accès")
        # Back where she was, by one gesture.
        alice.arrive("/identification/")
