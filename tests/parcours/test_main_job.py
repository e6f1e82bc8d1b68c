"""The main job in Chromium: log in, sign with FranceConnect, connect for Rose, stop.

Gestures and Tandem's own time are counted and printed. A-02, A-04, A-06, A-17, P-42, S-46.
"""

import time

import pytest

from tests.parcours.conftest import log_in

pytestmark = [pytest.mark.parcours, pytest.mark.loopback]


def sign(journey, *, person: str, theme: str, check: bool = False, shots: str = "") -> None:
    """The wizard, as a practised aidant goes through it."""

    def step(name: str) -> None:
        journey.page.wait_for_url(f"**/{name}/")
        if check:
            journey.check_accessibility(name)
        if shots:
            journey.picture(f"{shots}-{name}")

    journey.open("/mandats/nouveau/")
    step("nouveau")
    journey.click("Commencer un mandat")
    step("demarches")
    journey.tick("themes", theme)
    journey.click("Continuer")
    step("duree")
    journey.click("Continuer")
    step("facon")
    journey.click("Continuer")
    step("questions")
    journey.tick("protected", "none")
    journey.tick("alone", "alone")
    journey.click("Continuer")
    step("contact")
    journey.tick("contact_kind", "paper")
    journey.click("Continuer")
    step("lecture")
    journey.tick("reader", "person")
    for point in ("who", "until", "stop"):
        journey.tick(f"point_{point}", "understood")
    journey.click("C’est lu et compris")
    step("identification")
    journey.click("S’identifier avec FranceConnect")
    identify(journey, person)
    step("identite")
    journey.click("Oui, c’est bien cette personne")
    step("signature")


def identify(journey, person: str) -> None:
    """What the person does themselves, at FranceConnect: not a gesture of the aidant."""
    journey.page.get_by_role("link", name="Identifiants de démonstration").click()
    journey.page.locator(f"button[name=person][value={person}]").click()
    journey.page.get_by_role("button", name="Continuer vers").click()


class TestAlice:
    @pytest.mark.parametrize("width", [320, 1280])
    def test_signs_with_rose_then_connects_for_her_then_stops(self, journey, width) -> None:
        """A-02, A-06: the whole main job at 320 px and wide, axe clean on every page and theme."""
        alice = journey("Alice Lenoir", width=width)
        log_in(alice)
        alice.check_accessibility("home")
        alice.picture("accueil")

        start = time.monotonic()
        sign(alice, person="rose", theme="social", check=True, shots="mandat")
        alice.click("Signer le mandat")
        alice.page.wait_for_url("**/signe/")
        print(f"\nsigned at {width} px in {time.monotonic() - start:.1f} s, axe included")
        alice.check_accessibility("signed")
        alice.picture("signe")

        alice.page.goto(f"{alice.administration}/caf/")
        before = alice.gestures
        alice.click("Se connecter")
        alice.click("Tandem")
        alice.page.wait_for_url("**/personne/")
        alice.check_accessibility("usager")
        alice.picture("connexion-personne")
        alice.fill("q", "martin")
        alice.click("Chercher")
        alice.check_accessibility("found")
        alice.page.locator("form:has(input[name=usager]) button[type=submit]").first.click()
        alice.page.wait_for_url("**/demarche/")
        alice.check_accessibility("demarche")
        alice.picture("connexion-demarche")
        alice.tick("presence", "presence")
        alice.fill("service_declared", "caf.fr")
        alice.page.locator("main button[type=submit]").first.click()
        alice.page.wait_for_url("**/confirmer/")
        alice.check_accessibility("confirmer")
        alice.picture("connexion-confirmer")
        alice.click("Utiliser ma clé d’accès")
        alice.page.get_by_role("button", name="Continuer vers").click()
        alice.page.wait_for_url("**/caf/**")
        alice.see("MARTIN")
        alice.see("Un aidant agit")
        print(f"first use: {alice.gestures - before + 3} gestures")

        alice.open("/mandats/")
        alice.check_accessibility("list")
        alice.picture("mandats")
        alice.page.locator("main a[href*='/mandats/']:has-text('MARTIN')").first.click()
        alice.check_accessibility("mandat")
        alice.picture("mandat-page")
        alice.page.locator("a[href$='/arreter/']").first.click()
        alice.check_accessibility("stop")
        alice.click("Arrêter maintenant")
        alice.see("plus personne ne peut agir")
        alice.check_accessibility("stopped")
