"""Each journey with the keyboard alone, at 320 px and wide. A-04, A-05, A-06."""

import pytest

from simulateurs.demo import Demonstration
from simulateurs.story import PASSWORD
from tests.parcours.acts import (
    accept_charte,
    arrive_at,
    confirmed,
    give_authenticator,
    identify,
    leave_for,
    log_out_of_service,
)
from tests.parcours.conftest import Measure, Open
from tests.parcours.journey import Journey
from tests.parcours.keyboard import Keyboard
from tests.parcours.newcomers import open_invitation, open_structure
from tests.parcours.test_main_job import MANDAT_SECONDS, REPEAT_GESTURES

pytestmark = [pytest.mark.parcours, pytest.mark.loopback]

WIDTHS = pytest.mark.parametrize("width", [320, 1280])


class TestIlham:
    @WIDTHS
    def test_comes_in_for_the_first_time_without_a_mouse(
        self, journey: Open, measure: Measure, demonstration: Demonstration, width: int
    ) -> None:
        """A-04, P-04: password, passkey, codes, charte, home; then out, and in again by the key."""
        [address] = open_structure(demonstration, "Ilham Cherif")
        ilham = journey(width=width)
        give_authenticator(ilham.context, ilham.page)
        open_invitation(ilham, address)
        first = measure(ilham, f"first login and factor, keyboard, {width} px")
        come_in(ilham, Keyboard(ilham))
        first.stop()
        ilham.see("Bonjour Ilham")


class TestAlice:
    @WIDTHS
    def test_does_the_main_job_without_a_mouse(
        self, journey: Open, measure: Measure, width: int
    ) -> None:
        """A-04: log in, sign with Rose, connect for her twice, stop; and the error list leads to its field."""
        alice = journey("Alice Lenoir", width=width)
        keyboard = Keyboard(alice)
        alice.open("/comptes/connexion/")
        keyboard.press("[data-passkey-start]", "/accueil/")
        if "Lire la charte" in alice.text():
            accept_charte(alice)
        keyboard.sweep()
        with_keyboard = f"keyboard, {width} px"

        meet_an_error(alice, keyboard)
        alice.open("/accueil/")
        mandat = measure(alice, f"sign, {with_keyboard}")
        sign(alice, keyboard)
        assert mandat.stop().seconds <= MANDAT_SECONDS
        keyboard.sweep()

        leave_for(alice, "caf")
        connect(alice, keyboard, declared="caf.fr")
        leave_for(alice, "caf")
        again = measure(alice, f"connect again, {with_keyboard}")
        connect(alice, keyboard)
        assert again.stop().gestures <= REPEAT_GESTURES

        revoke = measure(alice, f"revoke, {with_keyboard}")
        stop(alice, keyboard)
        revoke.stop()


def come_in(ilham: Journey, keyboard: Keyboard) -> None:
    """Every page of the first day, from the link of the e-mail to the home, then out and in."""
    keyboard.type("password", PASSWORD)
    keyboard.type("again", PASSWORD)
    keyboard.submit("/facteurs/")
    keyboard.press("main a[href$='/facteurs/cle/']", "/facteurs/cle/")
    keyboard.type("name", "Ordinateur de l’accueil")
    keyboard.press("[data-passkey-start]", "/secours/")
    ilham.touch()
    keyboard.submit("/secours/")
    ilham.page.locator("main code").first.wait_for()
    keyboard.last = None
    keyboard.submit("/accueil/")
    keyboard.press("main a[href$='/structures/charte/']", "/charte/")
    for box in ilham.page.locator("main form input[type=checkbox]").all():
        keyboard.choose(f"#{box.get_attribute('id')}")
    keyboard.submit("/accueil/")
    keyboard.press("form[action$='/deconnexion/'] button", "/deconnecte/")
    keyboard.press("main a[href$='/connexion/']", "/connexion/")
    keyboard.press("[data-passkey-start]", "/accueil/")
    ilham.touch()


def meet_an_error(alice: Journey, keyboard: Keyboard) -> None:
    """A-10: nothing typed: the list of errors takes the focus, and leads to the field."""
    alice.open("/mandats/arreter/")
    keyboard.last = None
    keyboard.submit("/arreter/")
    alice.page.locator("[data-error-summary]:focus").wait_for()
    keyboard.to("[data-error-summary] a")
    alice.page.keyboard.press("Enter")
    alice.page.locator("[name=code]:focus").wait_for()
    keyboard.last = None


def sign(alice: Journey, keyboard: Keyboard) -> None:
    keyboard.press("main a[href='/mandats/nouveau/']", "/nouveau/")
    keyboard.press("main form button[type=submit]", "/demarches/")
    keyboard.choose("[name=themes][value=social]")
    keyboard.submit("/duree/")
    keyboard.choose("[name=duree]", arrows=1)
    keyboard.submit("/facon/")
    keyboard.submit("/questions/")
    keyboard.choose("[name=protected]")
    keyboard.choose("[name=alone]")
    keyboard.submit("/contact/")
    keyboard.choose("[name=contact_kind]", arrows=2)
    keyboard.submit("/lecture/")
    alice.read("#texte", as_the_person=True)
    keyboard.choose("[name=reader]")
    for point in ("who", "until", "stop"):
        alice.effort.spoken += 1
        keyboard.choose(f"[name=point_{point}]")
    keyboard.submit("/identification/")
    keyboard.press("main .actions button[type=submit]", "/interaction/**")
    identify(alice, "rose")
    alice.arrive("/identite/")
    keyboard.last = None
    alice.read()
    keyboard.submit("/signature/")
    alice.read()
    keyboard.submit("/signe/")
    alice.touch()


def connect(alice: Journey, keyboard: Keyboard, declared: str = "") -> None:
    """From the page that asks for whom, to the administration's."""
    keyboard.last = None
    keyboard.press("form:has(input[name=usager]) button", "/demarche/")
    alice.see("Rose MARTIN")
    keyboard.choose("[name=presence]")
    if declared:
        keyboard.type("service_declared", declared)
    keyboard.submit("/confirmer/")
    alice.read()
    keyboard.press("main .actions button[type=submit]", "/confirmation")
    confirmed(alice)
    arrive_at(alice, "caf")
    alice.see("MARTIN", "Un aidant agit")
    log_out_of_service(alice)


def stop(alice: Journey, keyboard: Keyboard) -> None:
    alice.open("/mandats/")
    keyboard.last = None
    keyboard.press("main .cards a", "/mandats/*-*/")
    alice.see("Rose MARTIN")
    keyboard.sweep()
    alice.page.reload()
    keyboard.last = None
    keyboard.press("a[href$='/arreter/']:not([href*=autorisations])", "/arreter/")
    keyboard.submit("/mandats/*-*/")
    alice.see("plus personne ne peut agir")
