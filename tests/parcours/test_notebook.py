"""The desk: note first, help in two taps, hand over, follow to the end; every page, axe at both widths."""

import re
from time import monotonic

import pytest

from simulateurs.story import PASSWORD, Professional
from tests.parcours.acts import accept_charte, codes_of, log_in
from tests.parcours.conftest import Measure, Open
from tests.parcours.journey import Journey

pytestmark = [pytest.mark.parcours, pytest.mark.loopback]

ERRORS_AT = (320,)
WORDS = "Mon RSA est coupé, je ne sais pas pourquoi."


def path_of(journey: Journey) -> str:
    """Where one is."""
    return re.sub(r"^https?://[^/]+", "", journey.page.url)


def log_in_by_code(journey: Journey) -> None:
    """With a password and six digits: a browser that refuses scripts."""
    person = journey.demonstration.installation.state["people"]["Alice Lenoir"]
    journey.open("/comptes/connexion/")
    journey.fill("email", person["email"])
    journey.fill("password", PASSWORD)
    journey.click("Continuer")
    journey.fill("geste_code", codes_of(journey, "Alice Lenoir").next())
    journey.click("Se connecter")
    journey.arrive("/accueil/")
    if "Lire la charte" in journey.text():
        accept_charte(journey)


def noted(journey: Journey, words: str = WORDS) -> str:
    """A demand noted from the home, in one field and one button."""
    journey.open("/accueil/")
    journey.fill("words", words)
    journey.click("Noter")
    journey.see(words)
    return path_of(journey)


class TestHelpNow:
    def test_a_simple_help_is_two_taps_from_home(self, journey: Open, measure: Measure) -> None:
        """P-02: one to the cards, one on the card; taken back in one."""
        alice = journey("Alice Lenoir", width=320)
        log_in(alice)
        alice.open("/accueil/")
        meter = measure(alice, "simple help, 320 px")
        alice.follow("Un coup de main, sans nom")
        alice.click("Imprimer")
        alice.see("C’est compté", "Aucun nom n’est gardé")
        assert meter.stop().gestures <= 2
        alice.check("accompagnements:aide")
        alice.click("Annuler")
        alice.see("rien n’est compté")
        alice.check("accompagnements:aide_new")

    def test_it_is_noted_named_and_followed_without_a_script(self, journey: Open) -> None:
        """A-17: the whole path at 320 px without JavaScript; nothing is typed twice."""
        alice = journey(width=320, script=False)
        log_in_by_code(alice)
        page = noted(alice, "Je voudrais changer de forfait.")
        alice.follow("Donner un nom")
        alice.fill("given_names", "Amina")
        alice.fill("family_name", "Sanscript")
        alice.click("C’est cette personne")
        alice.see("Amina Sanscript")
        alice.follow("Suivre une démarche")
        alice.see("Pour Amina Sanscript")
        alice.fill("title", "Changer de forfait")
        alice.fill("body", "Télécom du Nord")
        alice.click("Suivre cette démarche")
        alice.see("Changer de forfait", "Amina Sanscript", "Télécom du Nord")
        alice.follow("Déposer")
        alice.tick("no_receipt_reason", "not_given")
        alice.click("C’est déposé")
        alice.see("Le service doit répondre", "Déposée en ligne", "Pas de preuve")
        alice.open(page)
        alice.see("Changer de forfait")


class TestFollowedToItsEnd:
    def test_every_page(self, journey: Open, bob: Professional) -> None:
        """Issue 3: from one sentence to its end; A-10: each form refuses in words."""
        alice = journey("Alice Lenoir")
        log_in(alice)
        besoin = noted(alice)
        alice.check("accompagnements:besoin")
        alice.follow("Donner un nom")
        alice.check("accompagnements:besoin_name")
        alice.refused("accompagnements:besoin_name", widths=ERRORS_AT, form="form.search")
        alice.fill("given_names", "Josette")
        alice.fill("family_name", "Quemener")
        alice.click("C’est cette personne")
        alice.follow("Suivre une démarche")
        alice.check("accompagnements:demarche_new")
        alice.refused("accompagnements:demarche_new", widths=ERRORS_AT, form="form.search")
        alice.page.get_by_role("button", name="Demander le RSA").click()
        alice.see("Josette Quemener", "Pièce d’identité")
        alice.page.locator("summary", has_text="Pointer les pièces").click()
        alice.check("accompagnements:demarche")
        alice.follow("Noter une étape")
        alice.fill("asked", "Le numéro d’allocataire")
        alice.check("accompagnements:step")
        alice.fill("text", "Son mot de passe est : Soleil2026!")
        alice.refused("accompagnements:step", widths=ERRORS_AT)
        alice.fill("text", "Elle revient jeudi.")
        alice.click("Enregistrer l’étape")
        alice.see("Elle revient jeudi.", "Le numéro d’allocataire")
        alice.follow("Déposer")
        alice.check("accompagnements:file")
        alice.refused("accompagnements:file", widths=ERRORS_AT)
        sent = {"name": "recu.png", "mimeType": "image/png", "buffer": alice.page.screenshot()}
        alice.page.locator("[name=receipt]").set_input_files(files=[sent])  # type: ignore[arg-type]  # a file as Playwright takes it
        alice.click("C’est déposé")
        with alice.page.expect_download() as kept:
            alice.follow("Télécharger la preuve")
        assert kept.value.suggested_filename == "recu.png"
        alice.follow("Terminer")
        alice.check("accompagnements:close")
        alice.refused("accompagnements:close", widths=ERRORS_AT)
        alice.tick("outcome", "granted")
        alice.click("Terminer la démarche")
        alice.see("Accordée ou faite")
        alice.open(besoin)
        alice.page.locator("summary", has_text="C’est fini").click()
        alice.click("Terminer la demande")
        alice.see("Il manque")
        alice.check("accompagnements:besoin_close", ERRORS_AT)

    def test_handed_to_a_colleague_with_everything_written(
        self, journey: Open, measure: Measure, bob: Professional
    ) -> None:
        """One page: who, why; within fifteen seconds, and the second desk asks nothing again."""
        alice = journey("Alice Lenoir")
        log_in(alice)
        besoin = noted(alice, "Elle a reçu trois lettres des impôts.")
        meter, start = measure(alice, "hand over"), monotonic()
        alice.follow("Passer à un collègue")
        alice.press(alice.page.locator("label", has_text="Bob Garnier"))
        alice.tick("reason", "longer")
        alice.click("Passer la main")
        alice.see("C’est passé à Bob Garnier")
        assert meter.stop().gestures <= 4
        assert monotonic() - start <= 15
        alice.open(f"{besoin}passer/")
        alice.check("accompagnements:besoin_hand")
        alice.refused("accompagnements:besoin_hand", widths=ERRORS_AT)


class TestInterrupted:
    def test_what_is_typed_is_there_again_after_the_session_ended(self, journey: Open) -> None:
        """A-07: typed, not sent, logged out; one login later, the same words on the same page."""
        alice = journey("Alice Lenoir")
        log_in(alice)
        alice.open("/besoins/nouveau/")
        # What an interruption before may have left.
        alice.page.locator("[name=words]").clear()
        with alice.page.expect_response("**/brouillons/besoin/") as kept:
            alice.page.locator("[name=words]").press_sequentially("Elle voudrait qu’on rappelle")
        assert kept.value.status == 204
        alice.context.clear_cookies()
        alice.open("/besoins/nouveau/")
        log_in(alice)
        alice.open("/besoins/nouveau/")
        assert alice.page.locator("[name=words]").input_value() == "Elle voudrait qu’on rappelle"
        alice.see("Voici ce que vous étiez en train d’écrire")
        alice.click("Noter")
