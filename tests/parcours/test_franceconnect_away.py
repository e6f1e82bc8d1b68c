"""FranceConnect given up, or down: nothing is lost, nothing is signed, and the page says so. R-17, FS-09."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import make_server

import pytest
from playwright.sync_api import Page

from simulateurs import web
from simulateurs.demo import Demonstration
from tests.parcours.acts import Wish, Wizard, identify, log_in
from tests.parcours.conftest import Open

pytestmark = [pytest.mark.parcours, pytest.mark.loopback]


@contextmanager
def franceconnect_down(demonstration: Demonstration) -> Iterator[None]:
    """Nobody answers at FranceConnect's address; then it comes back with its memory."""
    running = demonstration._running[0]
    application, port = running._server.get_app(), running._server.server_port
    assert application is not None
    running.stop()
    try:
        yield
    finally:
        again = make_server(
            "127.0.0.1", port, application, server_class=web._Server, handler_class=web._Quiet
        )
        demonstration._running[0] = web.Running(again)


class TestAlice:
    def test_keeps_the_draft_when_the_person_gives_up(self, journey: Open) -> None:
        alice = journey("Alice Lenoir")
        log_in(alice)
        wizard = Wizard(alice, Wish("rose", "transports"))
        wizard.until_identification()
        alice.click("S’identifier avec FranceConnect")
        alice.page.get_by_role("button", name="Revenir au service").click()
        alice.arrive("/franceconnect/retour/**")
        alice.see("L’identification n’a pas abouti", "rien n’est perdu, rien n’est signé")
        alice.check("signature:franceconnect_return, given up")
        alice.follow("Reprendre le mandat")
        alice.see("À reprendre")
        alice.press("main .cards a")
        alice.arrive("/identification/")

    def test_keeps_the_draft_when_franceconnect_is_down(
        self, journey: Open, demonstration: Demonstration
    ) -> None:
        """R-17: FranceConnect stops between its page and ours; later the same draft is signed."""
        alice = journey("Alice Lenoir")
        log_in(alice)
        wizard = Wizard(alice, Wish("rose", "transports"))
        wizard.until_identification()
        alice.click("S’identifier avec FranceConnect")
        with franceconnect_stops_on_return(alice.page, demonstration):
            identify(alice, "rose")
            alice.arrive("/franceconnect/retour/**")
            alice.see("FranceConnect", "rien n’est perdu, rien n’est signé")
            alice.check("signature:franceconnect_return, down")
        alice.follow("Reprendre le mandat")
        alice.press("main .cards a")
        alice.click("S’identifier avec FranceConnect")
        if alice.page.get_by_role("link", name="Identifiants de démonstration").count():
            identify(alice, "rose")
        else:
            alice.page.get_by_role("button", name="Continuer vers").click()
        wizard.step("identite")
        alice.click("Oui, c’est bien cette personne")
        alice.click("Signer le mandat")
        wizard.step("signe")


@contextmanager
def franceconnect_stops_on_return(page: Page, demonstration: Demonstration) -> Iterator[None]:
    """FranceConnect falls when the browser, sent back by it, is about to reach us."""
    down = franceconnect_down(demonstration)
    browser = page.context.new_cdp_session(page)

    def about_to_return(event: dict[str, Any]) -> None:
        down.__enter__()
        browser.send("Fetch.continueRequest", {"requestId": event["requestId"]})

    browser.on("Fetch.requestPaused", about_to_return)
    browser.send("Fetch.enable", {"patterns": [{"urlPattern": "*/franceconnect/retour/*"}]})
    try:
        yield
    finally:
        browser.send("Fetch.disable")
        down.__exit__(None, None, None)
