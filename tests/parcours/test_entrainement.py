"""Alice practises: a mandat with someone fictitious, a connexion for nobody, and back. A-14."""

import pytest

from tests.parcours.acts import Wish, Wizard, log_in
from tests.parcours.conftest import Open

pytestmark = [pytest.mark.parcours, pytest.mark.loopback]


class TestPractising:
    def test_from_the_page_of_the_compte_and_back_in_one_tap(self, journey: Open) -> None:
        """A-14: marked on every page, signed with nobody, left."""
        alice = journey("Alice Lenoir")
        log_in(alice)
        alice.open("/comptes/")
        alice.follow("S’entraîner avec des personnes fictives")
        alice.check("entrainement:home")
        alice.click("Commencer l’entraînement")
        alice.see("Rose EXEMPLE", "Andrei MODÈLE", "Amina ESSAI")
        alice.check("entrainement:home, in it")
        alice.picture("entrainement")
        assert alice.page.locator("body[data-practice]").count() == 1

        Wizard(alice, Wish("rose", "logement")).until_identification("personne-fictive")
        alice.click("Continuer")
        alice.check("signature:draft_fictitious, refused")
        alice.tick("personne", "rose")
        alice.click("Continuer")
        alice.click("Oui, c’est bien cette personne")
        alice.click("Signer le mandat")
        alice.touch()
        alice.arrive("/signe/")
        alice.see("Entraînement")

        alice.open("/entrainement/connexion/")
        alice.check("entrainement:use")
        alice.picture("entrainement-connexion")

        alice.click("Quitter l’entraînement")
        alice.see("Ce que vous faites maintenant est vrai")
        assert alice.page.locator("body[data-practice]").count() == 0
