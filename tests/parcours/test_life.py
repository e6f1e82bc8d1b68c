"""The life of a mandat: money, absence, renewal, and every way to stop it."""

import re
import secrets
import sqlite3

import pytest

from simulateurs.story import Professional
from tests.parcours.acts import (
    arrive_at,
    choose_recent,
    code_for,
    confirm,
    end_accompagnements,
    leave_for,
    log_in,
    log_out_of_service,
    message_for,
    say_where,
)
from tests.parcours.conftest import Open, Sign
from tests.parcours.journey import Journey

pytestmark = [pytest.mark.parcours, pytest.mark.loopback]


def path_of(address: str) -> str:
    """« /mandats/… » of an address."""
    return "/mandats/" + address.split("/mandats/")[1]


def new_address(name: str) -> str:
    """An address that nobody else uses: shared, it would be nobody's (P-14)."""
    return f"{name}.{secrets.token_hex(3)}@mail.example"


def prove_channel(journey: Journey, mandat: str, address: str) -> str:
    """While the person is there, from the page that follows the signature; give back the code."""
    journey.open(f"{path_of(mandat)}signe/")
    journey.follow("Vérifier son moyen de contact")
    journey.click("Envoyer le code")
    code = code_for(journey, address)
    journey.fill("code", code)
    journey.click("Vérifier")
    journey.see("Sert à prévenir")
    return code


def age_channels(journey: Journey) -> None:
    """The next day, for the channels: on the day it is written down, one confirms nothing (P-14)."""
    file = journey.demonstration.installation.folder / "tandem.sqlite3"
    with sqlite3.connect(file, timeout=10) as rows:
        rows.execute("update usagers_channel set created_at = datetime(created_at, '-2 days')")


class TestMoney:
    def test_wants_a_code_that_the_person_reads(self, journey: Open, signed: Sign) -> None:
        """P-06, P-14: proven with the person first; then each use asks, and the wrong code opens nothing."""
        address = new_address("andrei")
        mandat = signed("andrei", "argent", contact="EMAIL", value=address)
        alice = journey("Alice Lenoir")
        log_in(alice)
        known = prove_channel(alice, mandat, address)

        leave_for(alice, "impots")
        choose_recent(alice, "Andrei POPESCU")
        say_where(alice, "presence", "impots.gouv.fr")
        alice.check("oidc_provider:confirm, money")
        assert not alice.page.get_by_role("button", name="Se connecter pour").count()
        alice.click("Envoyer un code")
        alice.see("inscrit depuis moins d’un jour")
        age_channels(alice)
        alice.click("Envoyer un code")
        alice.see("Un code est parti")
        code = code_for(alice, address, frozenset({known}))
        alice.page.locator("[name=personne-code]").fill("000000")
        alice.click("Vérifier le code")
        alice.check("oidc_provider:confirm, wrong code", widths=(320,))
        alice.page.locator("[name=personne-code]").fill(code)
        alice.click("Vérifier le code")
        alice.see("la personne a confirmé")
        confirm(alice)
        arrive_at(alice, "impots")
        alice.see("POPESCU", "Argent-Impots-Consommation")
        assert "agi pour vous" in message_for(alice, address, "agi")

    def test_or_the_paper_of_the_day(self, journey: Open, signed: Sign) -> None:
        """P-06: the paper names one act, is signed today, and recorded."""
        signed("camille", "argent")
        alice = journey("Alice Lenoir")
        log_in(alice)
        end_accompagnements(alice)
        leave_for(alice, "impots")
        choose_recent(alice, "Camille DURAND")
        say_where(alice, "presence", "impots.gouv.fr")
        with alice.context.expect_page() as opened:
            alice.follow("Imprimer le papier du jour")
        paper = Journey(alice.context, opened.value, alice.demonstration)
        paper.page.locator("main form select, main form input[type=radio]").first.wait_for()
        name_the_act(paper)
        paper.fill("detail", "Déclaration des revenus de l’année")
        paper.click("Préparer le papier")
        paper.check("documents:paper_of_day, ready")
        paper.see("Camille", "Déclaration des revenus")
        paper.page.close()
        alice.tick("papier-signed")
        alice.click("Enregistrer")
        alice.see("la personne a confirmé")
        confirm(alice)
        arrive_at(alice, "impots")
        alice.see("DURAND")
        log_out_of_service(alice)
        alice.open("/accueil/")
        alice.follow("Terminer l’accompagnement de Camille DURAND")
        alice.check("oidc_provider:end")
        alice.click("C’est fait, je suis déconnecté")
        alice.see("L’accompagnement est terminé")


def name_the_act(paper: Journey) -> None:
    """The first act offered."""
    radio = paper.page.locator("main form input[type=radio]")
    if radio.count():
        paper.tick(radio.first.get_attribute("name") or "")
    else:
        paper.page.locator("main form select").first.select_option(index=1)


class TestAbsence:
    def test_owes_an_account_the_next_day(self, journey: Open, signed: Sign) -> None:
        """P-05: a clause, a reason, and what was done is told to the person."""
        mandat = signed("camille", "social", absence=True)
        alice = journey("Alice Lenoir", width=320)
        log_in(alice)
        leave_for(alice, "caf")
        choose_recent(alice, "Camille DURAND")
        for line in alice.page.locator("label:has-text('Social et santé')").all():
            line.click()
        # The reason is asked once absence is chosen.
        alice.tick("presence", "absence")
        alice.page.locator("[name=absence_reason]").select_option(index=1)
        say_where(alice, "absence", "caf.fr")
        confirm(alice)
        arrive_at(alice, "caf")
        log_out_of_service(alice)
        alice.open("/accueil/")
        alice.follow("Rendre compte à Camille DURAND")
        alice.fill("text", "La déclaration de ressources est envoyée.")
        alice.tick("means")
        alice.click("C’est dit à la personne")
        alice.see("le compte est rendu")
        alice.open(path_of(mandat))
        alice.see("Compte rendu à la personne")


class TestRenewal:
    def test_is_agreed_by_a_code(self, journey: Open, signed: Sign) -> None:
        """P-08: a new consent, with the person's own code; the former mandat ends at the same instant."""
        address = new_address("rose")
        mandat = signed("rose", "logement", duree="mois", contact="EMAIL", value=address)
        alice = journey("Alice Lenoir")
        log_in(alice)
        known = prove_channel(alice, mandat, address)
        alice.open(path_of(mandat))
        alice.click("Prolonger avec la personne")
        go_to_identification(alice)
        alice.follow("la personne peut aussi confirmer par un code")
        alice.click("Envoyer le code")
        alice.see("inscrit depuis moins d’un jour")
        alice.check("signature:draft_code, refused")
        age_channels(alice)
        alice.click("Envoyer le code")
        alice.see("Le code est parti")
        alice.fill("code", code_for(alice, address, frozenset({known})))
        alice.click("Confirmer")
        alice.arrive("/signature/")
        alice.see("Ce mandat en remplace un autre")
        alice.check("signature:draft_recap, renewal")
        alice.click("Signer le mandat")
        alice.arrive("/signe/")
        alice.open(path_of(mandat))
        alice.see("remplacé par un nouveau mandat")


def go_to_identification(journey: Journey) -> None:
    """Through what the renewal asks again."""
    for _page in range(8):
        step = journey.page.url.rstrip("/").rsplit("/", 1)[1]
        if step == "identification":
            return
        if step == "lecture":
            journey.tick("reader", "person")
            for point in ("who", "until", "stop"):
                journey.tick(f"point_{point}", "understood")
        elif step == "questions":
            journey.tick("protected", "none")
            journey.tick("alone", "alone")
        journey.press("main .actions button[type=submit]")
    raise AssertionError(journey.page.url)


class TestStopping:
    def test_one_line_then_everything(self, journey: Open, signed: Sign) -> None:
        """P-38: from the page of the mandat, then from the page of the person."""
        mandat = signed("rose", "loisirs", "travail")
        alice = journey("Alice Lenoir")
        log_in(alice)
        alice.open(path_of(mandat))
        alice.follow("Arrêter cette démarche")
        alice.see("C’est immédiat")
        alice.click("Arrêter maintenant")
        alice.see("C’est fait", "arrêté à la demande de la personne")
        alice.open("/personnes/")
        alice.fill("q", "martin")
        alice.click("Chercher")
        alice.follow("Rose MARTIN")
        alice.follow("Arrêter tous les mandats")
        alice.click("Arrêter maintenant")
        alice.see("plus personne ne peut agir pour Rose MARTIN")
        alice.open(path_of(mandat))
        alice.follow("Le reçu de l’arrêt")
        alice.check("documents:page, receipt")

    def test_by_the_code_of_the_sheet_in_another_structure(
        self, journey: Open, signed: Sign, bob: Professional
    ) -> None:
        """P-38: Charlie, elsewhere, learns nothing but that it is stopped."""
        mandat = signed("rose", "papiers")
        code = code_of_sheet(bob, mandat)
        charlie = journey("Charlie Roux")
        log_in(charlie)
        charlie.open("/mandats/")
        charlie.follow("Arrêter un mandat avec le code")
        charlie.fill("code", "0000")
        charlie.refused("mandats:stop_by_code, wrong", widths=(320,))
        charlie.fill("code", code)
        charlie.click("Arrêter ce mandat")
        charlie.see("CCAS de Valmont ne peut plus agir")
        charlie.not_see("MARTIN", "Rose")
        charlie.check("mandats:stop_by_code, stopped")


def code_of_sheet(bob: Professional, mandat: str) -> str:
    """The code printed on the sheet that the person takes home."""
    bob.browser.go(f"{mandat}documents/feuille/")
    found = re.search(r"(?:[0-9A-Z]{4}-){6}[0-9A-Z]{4}", bob.browser.page.text)
    assert found is not None, bob.browser.page.text
    return found[0]
