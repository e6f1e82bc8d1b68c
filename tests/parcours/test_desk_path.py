"""The desk, from the first sentence to the sheet in the person's hand: at 320 px, by keyboard, and without any script.

Issue 3, « What it must show ». Gestures are counted and held to; the aidant's time is computed (`costs`).
"""

import re

import pytest

from tests.parcours import desk
from tests.parcours.acts import (
    arrive_at,
    choose_recent,
    confirm,
    leave_for,
    log_in,
    log_out_of_service,
    say_where,
)
from tests.parcours.conftest import Measure, Open, Sign
from tests.parcours.journey import Journey
from tests.parcours.keyboard import Keyboard

pytestmark = [pytest.mark.parcours, pytest.mark.loopback]

AIDE_TAPS = 2
HAND_GESTURES = 4
HAND_OWN_SECONDS = 15
PATH_GESTURES = 13
PATH_OWN_SECONDS = 60
BACK_GESTURES = 1
WANTS = "Je n’ai plus rien sur mon compte, il faut faire ma déclaration."


class TestTheWholeDesk:
    @pytest.mark.parametrize("width", [320, 1280])
    def test_goes_from_a_sentence_to_a_sheet(
        self, journey: Open, signed: Sign, measure: Measure, width: int
    ) -> None:
        """P-29, P-30, A-06: write, name, follow, file, print: nothing typed twice."""
        signed("camille", "transports")
        alice = journey("Alice Lenoir", width=width)
        log_in(alice)
        path = measure(alice, f"desk, from a sentence to a sheet, {width} px")
        self.walk_the_path(alice)
        done = path.stop()
        assert done.gestures <= PATH_GESTURES
        assert done.own_ms <= PATH_OWN_SECONDS * 1000

    def test_needs_no_script(self, journey: Open, signed: Sign, measure: Measure) -> None:
        """A-17: the same pages, the same gestures, JavaScript off in the browser, at 320 px."""
        signed("camille", "etranger")
        alice = journey(width=320, script=False)
        desk.log_in_without_script(alice)
        path = measure(alice, "desk, from a sentence to a sheet, without script, 320 px")
        self.walk_the_path(alice)
        assert path.stop().gestures <= PATH_GESTURES
        assert desk.paper_of(alice).startswith("application/pdf %PDF-")

    def walk_the_path(self, alice: Journey) -> None:
        """Her words are written once, and are on the last page still."""
        alice.open("/accueil/")
        desk.write_besoin(alice, WANTS)
        desk.name_known(alice, "durand", "Camille DURAND")
        desk.follow_frequent(alice)
        alice.see("Camille DURAND")
        desk.file_without_receipt(alice)
        alice.follow("Camille DURAND")
        alice.see(WANTS[:30])
        desk.visit_sheet(alice)
        alice.see("Camille", "RSA")
        person = alice.page.locator("#document").inner_text()
        assert not re.search(r"\b\d{6,}\b", person), "a number stands for a person (P-29)"

    def test_says_what_is_missing_before_it_says_filed(self, journey: Open, signed: Sign) -> None:
        """Issue 3: a receipt, or its stated absence; what was typed stays (A-10)."""
        signed("camille", "papiers")
        alice = journey("Alice Lenoir", width=320)
        log_in(alice)
        alice.open("/accueil/")
        desk.write_besoin(alice, WANTS)
        desk.follow_frequent(alice)
        alice.follow("Déposer")
        alice.fill("text", "Rappeler lundi.")
        alice.click("C’est déposé")
        alice.see("Ajoutez la preuve du dépôt, ou dites pourquoi il n’y en a pas.")
        assert alice.page.locator("[name=text]").input_value() == "Rappeler lundi."
        picture = alice.page.screenshot()
        alice.page.locator("[name=receipt]").set_input_files(
            {"name": "preuve.png", "mimeType": "image/png", "buffer": picture}
        )
        alice.click("C’est déposé")
        alice.see("C’est déposé. Le service doit répondre.", "Preuves")

    def test_is_walked_by_keyboard(self, journey: Open, measure: Measure) -> None:
        """A-04: Tab, Enter and letters alone; at each stop the focus is seen and goes forward."""
        alice = journey("Alice Lenoir", width=320)
        log_in(alice)
        alice.open("/accueil/")
        path = measure(alice, "desk, a demand filed, by keyboard, 320 px")
        keyboard = Keyboard(alice)
        keyboard.type("words", "Il veut une carte d’identité.")
        keyboard.press("main form button[type=submit]", "/besoins/*/")
        keyboard.press("main a[href*='/nommer/']", "**/nommer/")
        keyboard.type("given_names", "Yann")
        keyboard.type("family_name", "Kerleau")
        keyboard.press("form:has([name=given_names]) button[type=submit]", "/besoins/*/")
        alice.see("Yann")
        keyboard.press("main a[href*='/demarches/nouvelle/']", "/demarches/nouvelle/**")
        keyboard.press("button[value=carte-identite-pre-demande]", "/demarches/*/")
        keyboard.press("main a[href$='/deposer/']", "**/deposer/")
        keyboard.choose("[name=no_receipt_reason]", arrows=1)
        keyboard.press("main .actions button[type=submit]", "/demarches/*/")
        alice.see("C’est déposé. Le service doit répondre.")
        path.stop()


class TestSimpleHelp:
    @pytest.mark.parametrize("script", [True, False])
    def test_is_two_taps(self, journey: Open, measure: Measure, script: bool) -> None:
        """P-02: from the home, nobody named, no mandat; counted, and taken back."""
        alice = journey("Alice Lenoir", width=320, script=script)
        if script:
            log_in(alice)
        else:
            desk.log_in_without_script(alice)
        taps = measure(alice, f"simple help, {'' if script else 'without script, '}320 px")
        alice.follow("Un coup de main")
        alice.click("Imprimer")
        assert taps.stop().gestures == AIDE_TAPS
        alice.see("C’est compté", "Aucun nom n’est gardé")
        alice.click("Annuler")
        alice.see("C’est retiré")


class TestAHandOver:
    def test_costs_little_and_asks_nothing_again(
        self, journey: Open, signed: Sign, measure: Measure
    ) -> None:
        """Issue 3: a reason, a colleague; the second desk reads what is written and goes on."""
        signed("camille", "loisirs")
        alice = journey("Alice Lenoir", width=320)
        log_in(alice)
        alice.open("/accueil/")
        besoin = desk.write_besoin(alice, "Elle a reçu une lettre et elle a peur.")
        desk.name_known(alice, "durand", "Camille DURAND")
        given = measure(alice, "hand-over, 320 px")
        alice.follow("Passer à un collègue")
        alice.press(alice.page.locator("label", has_text="Béatrice Le Goff"))
        alice.tick("reason")
        alice.click("Passer la main")
        done = given.stop()
        alice.see("C’est passé à Béatrice Le Goff, avec tout ce qui est écrit.")
        assert done.gestures <= HAND_GESTURES
        assert done.seconds <= HAND_OWN_SECONDS
        assert done.own_ms <= HAND_OWN_SECONDS * 1000

        beatrice = journey("Béatrice Le Goff", width=320)
        log_in(beatrice)
        beatrice.see("Passé par un collègue", "Camille DURAND", "Elle a reçu une lettre")
        row = beatrice.page.locator("section:has(#relais) li", has_text="Elle a reçu une lettre")
        taken = measure(beatrice, "hand-over taken, 320 px")
        beatrice.press(row.get_by_role("button", name="Je m’en occupe"))
        beatrice.arrive(f"/besoins/{besoin}/")
        assert taken.stop().gestures == 1
        beatrice.see("Elle a reçu une lettre et elle a peur.", "Suivi par Béatrice Le Goff")
        beatrice.follow("Suivre une démarche")
        beatrice.see("Pour Camille DURAND", "Elle a reçu une lettre")
        assert not beatrice.page.locator("[name=given_names]").count()


class TestAmina:
    def test_leaves_with_a_sheet_in_arabic(self, journey: Open, signed: Sign) -> None:
        """P-29, A-09: her language beside French, right to left, read aloud, on paper; French stays left to right."""
        mandat = signed("amina", "papiers")
        alice = journey("Alice Lenoir", width=320)
        log_in(alice)
        person = desk.person_of(alice, mandat)
        alice.open(f"/personnes/{person}/")
        alice.follow("Noter ce qu’elle veut")
        alice.fill("words", "Elle veut renouveler son titre de séjour.")
        alice.click("Noter", exact=True)
        desk.follow_frequent(alice, "titre-sejour-renouvellement")
        desk.file_without_receipt(alice)
        alice.open(f"/personnes/{person}/")
        desk.visit_sheet(alice)
        alice.press(alice.page.locator("summary", has_text="Dans une autre langue"))
        alice.follow("العربية")
        alice.arrive("/feuille/?version=ar")
        alice.check("espaces:sheet, for Amina")
        alice.picture("feuille-amina")
        found = alice.page.evaluate(
            """() => [...document.querySelectorAll("#document [lang=ar]")].map((one) => ({
              dir: getComputedStyle(one).direction, align: getComputedStyle(one).textAlign,
              arabic: /[\\u0600-\\u06ff]/.test(one.textContent)}))"""
        )
        assert len(found) >= 3, "no sentence in Arabic"
        assert all(one["dir"] == "rtl" and one["arabic"] for one in found), found
        assert alice.page.evaluate("getComputedStyle(document.documentElement).direction") == "ltr"
        alice.see("BENALI", "titre de séjour")
        assert desk.paper_of(alice).startswith("application/pdf %PDF-")


class TestAnAbsence:
    def test_is_rendered_the_next_day(self, journey: Open, signed: Sign) -> None:
        """P-05: used in absence one day; the next day the home and the person's page ask for the account."""
        mandat = signed("camille", "famille", absence=True)
        alice = journey("Alice Lenoir", width=320)
        log_in(alice)
        person = desk.person_of(alice, mandat)
        leave_for(alice, "caf")
        choose_recent(alice, "Camille DURAND")
        for line in alice.page.locator("label:has-text('Famille')").all():
            line.click()
        alice.tick("presence", "absence")
        alice.page.locator("[name=absence_reason]").select_option(index=1)
        say_where(alice, "absence", "caf.fr")
        confirm(alice)
        arrive_at(alice, "caf")
        log_out_of_service(alice)
        # A day later: the use is older, and so is what it owes.
        desk.change(
            alice,
            "update mandats_usage set account_due_at = datetime(account_due_at, '-23 hours') "
            "where account_due_at is not null and account_rendered_at is null",
        )
        alice.open("/accueil/")
        alice.see("Rendre compte à Camille DURAND", "Vous avez agi en son absence.")
        alice.follow("Rendre compte à Camille DURAND")
        alice.fill("text", "La déclaration est envoyée, la réponse vient par courrier.")
        alice.tick("means")
        alice.click("C’est dit à la personne")
        alice.see("le compte est rendu")
        alice.open(f"/personnes/{person}/")
        alice.see("Compte rendu le")
        desk.visit_sheet(alice)
        alice.see("en votre absence")


class TestAnInterruption:
    def test_of_twenty_minutes_loses_nothing(self, journey: Open, measure: Measure) -> None:
        """A-07, S-13: the session ends while a step is typed; after the key, the same page, the same words."""
        alice = journey("Alice Lenoir", width=320)
        log_in(alice)
        alice.open("/accueil/")
        desk.write_besoin(alice, "Il a perdu son dossier.")
        desk.follow_frequent(alice)
        alice.follow("Noter une étape")
        page = desk.path_of(alice)
        alice.page.clock.install()
        alice.page.reload()
        with alice.page.expect_response("**/brouillons/etape/"):
            alice.fill("text", "La caisse demande une attestation, il l’apporte jeudi.")
        self.leave_for_twenty_minutes(alice)
        alice.arrive("/comptes/connexion/**")
        alice.not_see("attestation")
        back = measure(alice, "back after 20 minutes, 320 px")
        alice.click("Utiliser ma clé d’accès")
        alice.arrive(page)
        assert back.stop().gestures <= BACK_GESTURES
        words = alice.page.locator("[name=text]").input_value()
        assert words == "La caisse demande une attestation, il l’apporte jeudi."
        alice.see("Voici ce que vous étiez en train d’écrire.")

    def test_on_the_home_loses_nothing_either(self, journey: Open) -> None:
        """A-07: the sentence begun on the home is in its field again."""
        alice = journey("Alice Lenoir", width=320)
        log_in(alice)
        alice.page.clock.install()
        alice.page.reload()
        with alice.page.expect_response("**/brouillons/besoin/"):
            alice.fill("words", "Elle ne reçoit plus son courrier.")
        self.leave_for_twenty_minutes(alice)
        alice.arrive("/comptes/connexion/**")
        alice.click("Utiliser ma clé d’accès")
        alice.arrive("/accueil/")
        assert (
            alice.page.locator("[name=words]").input_value() == "Elle ne reçoit plus son courrier."
        )

    def leave_for_twenty_minutes(self, alice: Journey) -> None:
        """The window leaves by its own clock; the server has forgotten the session by its own."""
        alice.context.clear_cookies()
        alice.page.clock.fast_forward("20:00")


class TestACall:
    def test_brings_a_colleague_to_the_same_state(self, journey: Open, signed: Sign) -> None:
        """A-15: from the page of a démarche; the colleague's window opens that very page."""
        signed("camille", "travail")
        alice = journey("Alice Lenoir", width=320)
        log_in(alice)
        alice.open("/accueil/")
        desk.write_besoin(alice, "Le site refuse sa demande.")
        desk.name_known(alice, "durand", "Camille DURAND")
        desk.follow_frequent(alice)
        page = desk.path_of(alice)
        alice.click("J’ai besoin d’aide")
        alice.see("Vos collègues voient votre appel sur leur accueil.")
        beatrice = journey("Béatrice Le Goff", width=320)
        log_in(beatrice)
        beatrice.see("Un collègue appelle", "Alice Lenoir a besoin d’aide")
        beatrice.click("J’y vais : ouvrir la même page")
        beatrice.arrive(page)
        beatrice.see("Camille DURAND")
        alice.open("/entraide/")
        alice.see("Béatrice Le Goff arrive")
        alice.follow("Revenir à ma page")
        alice.arrive(page)
        alice.open("/entraide/")
        alice.click("C’est réglé")
        alice.see("l’appel est terminé")
