"""A bank is shown a mandat: the code on the paper says whether it holds, and no name. P-45."""

import pytest

from simulateurs.story import Professional
from tests.parcours.conftest import Open, Sign
from tests.parcours.test_life import code_of_sheet

pytestmark = [pytest.mark.parcours, pytest.mark.loopback]


class TestABank:
    def test_learns_whether_a_mandat_holds(
        self, journey: Open, signed: Sign, bob: Professional
    ) -> None:
        mandat = signed("andrei", "loisirs")
        code = code_of_sheet(bob, mandat)
        bank = journey()
        bank.open("/verifier/")
        bank.fill("code", code.lower())
        bank.click("Vérifier ce mandat")
        bank.see("Ce mandat est valable", "Loisirs, sport et culture", "CCAS de Valmont")
        bank.not_see("POPESCU", "Andrei", "Alice", "Bob")
        bank.check("preuves:verify")
        address = bank.page.url

        bob.browser.go(f"{mandat}arreter/")
        bob.browser.submit(bob.browser.page.form(button="Arrêter"))
        bank.open(address)
        bank.see("Ce mandat n’est plus valable", "Terminé ou suspendu")
        bank.check("preuves:verify, ended")
        bank.open(f"/verifier/{'2' * 28}/")
        bank.see("Ce code n’est pas celui d’un mandat")
        bank.check("preuves:verify, unknown")
