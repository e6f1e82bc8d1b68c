"""Someone looks at the screen: no other name, one key to hide everything. P-28, P-36, S-43."""

import re

import pytest

from tests.parcours.acts import log_in
from tests.parcours.conftest import Open, Sign
from tests.parcours.journey import Journey

pytestmark = [pytest.mark.parcours, pytest.mark.loopback]

OTHERS = ("Rose", "MARTIN", "Andrei", "POPESCU")


def say_present(journey: Journey) -> None:
    """On the page of Camille: she is there."""
    journey.open("/personnes/")
    journey.fill("q", "camille")
    journey.click("Chercher")
    journey.follow("Camille DURAND")
    journey.click("Personne présente")
    journey.see("Camille DURAND")


def lift(journey: Journey) -> None:
    """The gesture under the curtain: the page below was not left."""
    journey.page.locator("[data-curtain] button[type=submit]").click()
    journey.touch()
    journey.page.locator("[data-curtain]").wait_for(state="hidden")
    journey.see("Camille DURAND")


def see_nothing(journey: Journey) -> bool:
    """Nothing of the page can be read, by eye or by a screen reader."""
    words = journey.page.locator("body").inner_text().strip()
    return "Camille" not in words and "CCAS" not in words and journey.page.title() == "Tandem"


class TestWithCamille:
    def test_no_page_names_anyone_else(self, journey: Open, signed: Sign) -> None:
        """P-28: homes, lists, searches, drafts, the pages of a connexion; the other files are closed."""
        for person in ("rose", "andrei", "camille"):
            mandat = signed(person, "papiers")
            if person == "rose":
                hers = re.sub(r".*(/mandats/.*)", r"\1", mandat)
        alice = journey("Alice Lenoir")
        log_in(alice)
        alice.open("/personnes/")
        alice.fill("q", "martin")
        alice.click("Chercher")
        rose = alice.page.get_by_role("link", name="Rose MARTIN").get_attribute("href") or ""
        say_present(alice)
        for path in ("/accueil/", "/mandats/", "/mandats/nouveau/", "/personnes/", "/comptes/"):
            assert alice.open(path) == 200
            alice.not_see(*OTHERS)
        alice.open("/personnes/")
        alice.fill("q", "martin")
        alice.click("Chercher")
        alice.see("les autres noms sont masqués")
        alice.not_see(*OTHERS)
        assert alice.open(rose) == 409
        alice.not_see(*OTHERS)
        alice.check("espaces:person, closed")
        for path in (hers, f"{hers}documents/mandat/", f"{rose}journal/".replace("//", "/")):
            alice.open(path)
            alice.not_see(*OTHERS)
        alice.open(f"{alice.administration}/caf/")
        alice.page.get_by_role("button", name="Se connecter").click()
        alice.click("Tandem")
        alice.see("Camille DURAND")
        alice.not_see(*OTHERS)
        alice.open("/accueil/")
        alice.check("espaces:home, someone is there")
        # It takes a gesture to bring the others back: the person beside the screen has none.
        alice.click("Personne présente")
        alice.arrive("/ecran/reprendre/")
        alice.not_see(*OTHERS)
        alice.check("espaces:resume")
        alice.open("/mandats/")
        alice.not_see(*OTHERS)
        alice.open("/ecran/reprendre/")
        alice.click("Ne plus masquer les noms")
        alice.touch()
        alice.page.wait_for_url("**/accueil/")
        alice.open("/mandats/")
        alice.see("Rose MARTIN")

    def test_one_key_hides_the_screen_and_a_gesture_shows_it_again(
        self, journey: Open, signed: Sign
    ) -> None:
        """P-28: F9, ² outside of a field, the button; by itself after a minute alone; reloaded, still hidden."""
        signed("camille", "justice")
        alice = journey("Alice Lenoir")
        log_in(alice)
        say_present(alice)
        for key in ("F9", "²"):
            alice.page.evaluate("document.activeElement.blur()")
            press(alice, key)
            assert see_nothing(alice), key
            press(alice, key)
            assert see_nothing(alice), key
            lift(alice)
        alice.click("Masquer l’écran")
        assert see_nothing(alice)
        alice.picture("rideau")
        alice.check_curtain()
        # The curtain's only link has the focus.
        alice.page.keyboard.press("Enter")
        lift(alice)
        press(alice, "F9")
        alice.page.wait_for_timeout(500)
        alice.page.reload()
        alice.arrive("/ecran/reprendre/")
        alice.not_see("Camille", "CCAS")
        alice.click("Montrer l’écran")
        alice.touch()
        alice.page.wait_for_url("**/personnes/**")
        alice.see("Camille DURAND")
        alice.page.clock.install()
        alice.page.reload()
        alice.see("Camille DURAND")
        alice.page.clock.fast_forward(59_000)
        alice.see("Camille DURAND")
        alice.page.clock.fast_forward(2_000)
        assert see_nothing(alice)


def press(journey: Journey, key: str) -> None:
    """A key, even one that the American keyboard has not."""
    journey.page.evaluate(
        "(key) => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}))",
        key,
    ) if key == "²" else journey.page.keyboard.press(key)
