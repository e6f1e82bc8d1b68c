"""The first day of an aidant: from the e-mail to the home, with a passkey, then with no script at all.

Without JavaScript the day goes on to the end of the main job: sign with Rose, connect for her. P-04, S-12, A-17.
"""

import re

import pytest

from simulateurs.demo import Demonstration
from simulateurs.story import PASSWORD, one_time_code
from tests.parcours.acts import (
    Wish,
    Wizard,
    accept_charte,
    arrive_at,
    choose_recent,
    give_authenticator,
    leave_for,
    say_where,
)
from tests.parcours.conftest import Measure, Open
from tests.parcours.journey import Journey
from tests.parcours.newcomers import open_invitation, open_structure

pytestmark = [pytest.mark.parcours, pytest.mark.loopback]


@pytest.fixture(scope="module")
def addresses(demonstration: Demonstration) -> list[str]:
    return open_structure(demonstration, "Farida Benslimane", "Gaël Morvan")


def choose_password(journey: Journey) -> None:
    journey.fill("password", PASSWORD)
    journey.fill("again", PASSWORD)
    journey.click("Choisir ce mot de passe")
    journey.arrive("/facteurs/")


def put_codes_away(journey: Journey) -> list[str]:
    journey.click("Créer mes codes")
    codes = journey.page.locator("main code").all_inner_texts()
    assert len(codes) == 10
    return codes


class TestFarida:
    def test_comes_in_with_a_passkey(self, journey: Open, addresses: list[str]) -> None:
        """P-04: link, password, passkey, codes, charte, home; each page clean, each error said."""
        farida = journey()
        give_authenticator(farida.context, farida.page)
        open_invitation(farida, addresses[0])
        farida.check("activation")
        farida.fill("password", "court")
        farida.fill("again", "autre")
        farida.refused("activation, refused")
        choose_password(farida)
        farida.check("enrol")
        assert farida.open("/accueil/") == 200  # led back
        farida.arrive("/facteurs/")

        farida.follow("Choisir la clé d’accès")
        farida.check("add_passkey")
        farida.fill("name", "Ordinateur de l’accueil")
        farida.click("Créer la clé sur cet appareil")
        farida.arrive("/secours/")
        farida.check("recovery_codes")
        codes = put_codes_away(farida)
        farida.check("recovery_show")
        farida.open("/comptes/facteurs/")
        farida.check("enrol, codes made")
        farida.not_see(*codes)
        farida.click("Oui, mes codes sont rangés")
        farida.arrive("/accueil/")
        farida.check("turned_away")
        accept_charte_checked(farida)
        farida.see("Bonjour Farida", "Association Les Passerelles")
        farida.check("home, empty")


def accept_charte_checked(journey: Journey) -> None:
    journey.follow("Lire la charte")
    journey.check("charte")
    journey.refused("charte, refused")
    journey.open("/accueil/")
    accept_charte(journey)


class TestMaya:
    @pytest.mark.parametrize("width", [320, 1280])
    def test_is_at_work_on_her_first_day(
        self, journey: Open, measure: Measure, demonstration: Demonstration, width: int
    ) -> None:
        """A-06, P-04: the same, counted, at 320 px and wide; then out, and in again by the key she made."""
        [address] = open_structure(demonstration, "Maya Diallo")
        maya = journey(width=width)
        give_authenticator(maya.context, maya.page)
        open_invitation(maya, address)
        first = measure(maya, f"first login and factor, {width} px")
        choose_password(maya)
        maya.follow("Choisir la clé d’accès")
        maya.fill("name", "Ordinateur de l’accueil")
        maya.click("Créer la clé sur cet appareil")
        maya.touch()
        maya.arrive("/secours/")
        put_codes_away(maya)
        maya.click("Mes codes sont rangés")
        maya.arrive("/accueil/")
        accept_charte(maya)
        maya.click("Se déconnecter")
        maya.follow("Se connecter de nouveau")
        maya.click("Utiliser ma clé d’accès")
        maya.touch()
        maya.arrive("/accueil/")
        first.stop()
        maya.see("Bonjour Maya")


class TestGael:
    def test_does_the_whole_job_without_any_script(
        self, journey: Open, addresses: list[str]
    ) -> None:
        """A-17, S-11: an application of codes, then codes of paper: log in, sign with Rose, connect for her."""
        gael = journey(script=False)
        open_invitation(gael, addresses[1])
        choose_password(gael)
        gael.follow("Choisir l’application")
        secret = re.search(r"\b(?:[A-Z2-7]{4} ){3,}[A-Z2-7]{1,4}\b", gael.text())
        assert secret is not None
        gael.fill("code", one_time_code(secret[0].replace(" ", "")))
        gael.click("Ajouter cette application")
        codes = put_codes_away(gael)
        gael.click("Mes codes sont rangés")
        gael.arrive("/accueil/")
        accept_charte(gael)
        gael.see("Bonjour Gaël")

        gael.click("Se déconnecter")
        gael.see("vous êtes déconnecté")
        gael.follow("Se connecter de nouveau")
        gael.fill("email", addresses[1])
        gael.fill("password", PASSWORD)
        gael.click("Continuer")
        gael.fill("geste_code", codes.pop())
        gael.click("Se connecter")
        gael.arrive("/accueil/")

        Wizard(gael, Wish("rose", "social")).until_signature()
        gael.fill("geste_code", codes.pop())
        gael.click("Signer le mandat")
        gael.arrive("/signe/")
        gael.see("Le mandat est signé")

        leave_for(gael, "caf")
        choose_recent(gael, "Rose MARTIN")
        say_where(gael, "presence", "caf.fr")
        gael.fill("geste_code", codes.pop())
        gael.click("Se connecter pour Rose MARTIN")
        arrive_at(gael, "caf")
        gael.see("MARTIN", "Un aidant agit")
