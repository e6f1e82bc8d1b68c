"""The main job in Chromium: log in, sign with FranceConnect, connect for Rose, stop; once without any script.

Gestures are counted and held to; a practised aidant's time is computed from them (`costs`); Tandem's own is printed.
A-02, A-04, A-06, A-17, P-42, S-46.
"""

import pytest

from simulateurs.demo import Demonstration
from simulateurs.story import PASSWORD
from tests.parcours.acts import (
    Wish,
    Wizard,
    accept_charte,
    arrive_at,
    choose_by_search,
    choose_recent,
    codes_of,
    confirm,
    confirmed,
    leave_for,
    log_in,
    log_out_of_service,
    say_where,
)
from tests.parcours.conftest import Measure, Open
from tests.parcours.journey import Journey

pytestmark = [pytest.mark.parcours, pytest.mark.loopback]

MANDAT_GESTURES = 20
MANDAT_SECONDS = 180
REPEAT_GESTURES = 8


class TestAlice:
    @pytest.mark.parametrize("width", [320, 1280])
    def test_signs_with_rose_connects_for_her_twice_then_stops(
        self, journey: Open, measure: Measure, width: int
    ) -> None:
        """A-02, A-06: the whole main job at 320 px and wide; a repeat use takes 8 gestures at most."""
        alice = journey("Alice Lenoir", width=width)
        log_in(alice)

        mandat = measure(alice, f"sign, {width} px")
        Wizard(alice, Wish("rose", "social")).sign()
        signed = mandat.stop()
        assert signed.gestures <= MANDAT_GESTURES
        assert signed.seconds <= MANDAT_SECONDS

        leave_for(alice, "caf")
        first = measure(alice, f"connect, person searched, {width} px")
        choose_by_search(alice, "martin")
        say_where(alice, "presence", "caf.fr")
        confirm(alice)
        first.stop()
        arrive_at(alice, "caf")
        alice.see("MARTIN", "Un aidant agit")
        log_out_of_service(alice)

        leave_for(alice, "caf")
        repeat = measure(alice, f"connect again, {width} px")
        choose_recent(alice, "Rose MARTIN")
        assert alice.page.locator("[name=service_declared]").input_value() == "caf.fr"
        say_where(alice, "presence")
        confirm(alice)
        assert repeat.stop().gestures <= REPEAT_GESTURES
        arrive_at(alice, "caf")
        log_out_of_service(alice)

        revoke = measure(alice, f"revoke, {width} px")
        stop(alice)
        revoke.stop()
        leave_for(alice, "caf")
        alice.click("Rose MARTIN")
        alice.see("Vous ne pouvez pas vous connecter ainsi", "Rien n’a été transmis")


class TestAliceWithoutAnyScript:
    def test_signs_connects_and_stops_with_the_codes_of_her_telephone(
        self, journey: Open, measure: Measure, demonstration: Demonstration
    ) -> None:
        """A-17, S-11: JavaScript off in the browser, 320 px: each gesture is a code of six digits, used once."""
        alice = journey(width=320, script=False)
        codes = codes_of(alice, "Alice Lenoir")
        person = demonstration.installation.state["people"]["Alice Lenoir"]
        alice.open("/comptes/connexion/")
        alice.fill("email", person["email"])
        alice.fill("password", PASSWORD)
        alice.click("Continuer")
        alice.fill("geste_code", codes.next())
        alice.click("Se connecter")
        alice.arrive("/accueil/")
        if "Lire la charte" in alice.text():
            accept_charte(alice)
        assert alice.page.locator("script").count() > 0, "it is the browser that refuses scripts"
        assert not alice.page.get_by_role("button", name="Masquer l’écran").is_visible()

        mandat = measure(alice, "sign, without script, 320 px")
        Wizard(alice, Wish("rose", "social")).until_signature()
        alice.fill("geste_code", codes.next())
        alice.click("Signer le mandat")
        alice.arrive("/signe/")
        assert mandat.stop().seconds <= MANDAT_SECONDS
        alice.see("Le mandat est signé")

        leave_for(alice, "caf")
        use = measure(alice, "connect, without script, 320 px")
        choose_recent(alice, "Rose MARTIN")
        say_where(alice, "presence", "caf.fr")
        alice.fill("geste_code", codes.next())
        alice.click("Se connecter pour Rose MARTIN")
        confirmed(alice, touch=False)
        assert use.stop().gestures <= REPEAT_GESTURES
        arrive_at(alice, "caf")
        alice.see("MARTIN", "Un aidant agit")
        log_out_of_service(alice)

        revoke = measure(alice, "revoke, without script, 320 px")
        stop(alice)
        revoke.stop()


def stop(alice: Journey) -> None:
    """From the list, the mandat of Rose."""
    alice.open("/mandats/")
    alice.press("main a[href*='/mandats/']:has-text('MARTIN')")
    alice.follow("Arrêter ce mandat")
    alice.click("Arrêter maintenant")
    alice.see("C’est fait : plus personne ne peut agir")
