"""Declarations that come back: Andrei's quarterly RSA for the third time, counted; and what to do when it was wrong."""

import pytest

from simulateurs.story import Professional
from tests.parcours import desk
from tests.parcours.acts import log_in
from tests.parcours.conftest import Measure, Open, Sign
from tests.parcours.journey import Journey

pytestmark = [pytest.mark.parcours, pytest.mark.loopback]

# Issue 3: from opening his page to « envoyée ».
GESTURES = 8
OWN_SECONDS = 60
RSA = "caf-declaration-trimestrielle-rsa"
ERRORS_AT = (320,)


def proof_of(journey: Journey) -> dict[str, object]:
    """What the site shows, kept as an image."""
    return {"name": "recu.png", "mimeType": "image/png", "buffer": journey.page.screenshot()}


def begin(journey: Journey, person: str) -> None:
    """From the page of the person, the first time."""
    journey.open(f"/personnes/{person}/")
    journey.follow("Déclarations qui reviennent")
    journey.tick("demarche", RSA)
    journey.click("Préparer", exact=True)
    journey.arrive("/remplir/")


def resume(journey: Journey, person: str) -> None:
    """From the page of the person, when it is there already."""
    journey.open(f"/personnes/{person}/")
    journey.follow("Faire la déclaration trimestrielle du RSA,")
    journey.arrive("/remplir/")


def to_the_end(journey: Journey) -> None:
    """Read back, the person says yes, sent with its proof."""
    journey.click("Enregistrer et relire")
    journey.arrive("/relire/")
    journey.click("Oui, de vive voix")
    journey.arrive("/envoyer/")
    journey.effort.clicks += 1
    journey.page.locator("[name=receipt]").set_input_files(files=[proof_of(journey)])  # type: ignore[arg-type]  # a file as Playwright takes it
    journey.click("C’est envoyé", exact=True)
    journey.see("C’est envoyé. La prochaine déclaration est notée.", "Télécharger la preuve")


def twice_before(journey: Journey, person: str) -> None:
    """The first time everything is typed; the second it is taken as it was."""
    begin(journey, person)
    journey.fill("v-salaire-0-0", "412,50")
    journey.fill("v-salaire-0-1", "1 234,50 €")
    journey.fill("v-salaire-0-2", "0")
    journey.tick("provenance", "document")
    to_the_end(journey)
    resume(journey, person)
    journey.click("Comme la dernière fois")
    to_the_end(journey)


def third_time(journey: Journey, person: str) -> None:
    """One salary has changed; the person says so."""
    journey.open(f"/personnes/{person}/")
    journey.follow("Faire la déclaration trimestrielle du RSA,")
    journey.see("Dernière fois : 412,50 €")
    journey.click("Comme la dernière fois")
    journey.fill("v-salaire-0-1", "980")
    journey.tick("provenance", "document")
    to_the_end(journey)


class TestAndrei:
    def test_the_third_quarter_is_eight_gestures(
        self, journey: Open, measure: Measure, signed: Sign
    ) -> None:
        """Issue 3: ≤ 8 gestures of Tandem and ≤ 60 s of its own time, one value changed, at 320 px. P-17, A-16."""
        mandat = signed("andrei", "social")
        alice = journey("Alice Lenoir", width=320)
        log_in(alice)
        person = desk.person_of(alice, mandat)
        twice_before(alice, person)

        meter = measure(alice, "Andrei, third quarterly RSA, 320 px")
        third_time(alice, person)
        effort = meter.stop()

        assert effort.gestures <= GESTURES
        assert effort.own_ms <= OWN_SECONDS * 1000
        alice.see("980 €", "lu sur un document", "dit par la personne : comme la dernière fois")

    def test_the_same_without_any_script(
        self, journey: Open, measure: Measure, signed: Sign
    ) -> None:
        """A-17: the whole path at 320 px without JavaScript, in as few gestures."""
        mandat = signed("lucien", "social")
        alice = journey(width=320, script=False)
        desk.log_in_without_script(alice)
        person = desk.person_of(alice, mandat)
        twice_before(alice, person)

        meter = measure(alice, "third quarterly RSA, no script, 320 px")
        third_time(alice, person)

        assert meter.stop().gestures <= GESTURES
        alice.see("980 €")


class TestEveryPage:
    def test_prepared_left_read_sent_then_put_right(
        self, journey: Open, bob: Professional, signed: Sign
    ) -> None:
        """A-01, A-02, A-10: each page in both themes and widths, each form refusing in words; P-18."""
        mandat = signed("camille", "social")
        alice = journey("Alice Lenoir")
        log_in(alice)
        person = desk.person_of(alice, mandat)
        alice.open(f"/declarations/personne/{person}/")
        alice.check("declarations:of_person")
        alice.refused("declarations:of_person", widths=ERRORS_AT)
        begin(alice, person)
        alice.check("declarations:fill, empty")
        alice.fill("v-salaire-0-0", "-5")
        alice.refused("declarations:fill", widths=ERRORS_AT)
        alice.see("Un montant ne descend pas sous 0.")
        alice.fill("v-salaire-0-0", "412,50")
        alice.tick("provenance", "document")
        alice.page.locator("summary", has_text="Nommer le document").click()
        alice.fill("named", "fiche de paie")
        alice.click("Garder pour plus tard")
        alice.check("declarations:detail, draft")
        alice.click("Changer les valeurs", role="link")
        alice.follow("Je ne saisis pas une ligne")
        alice.check("declarations:leave")
        alice.refused("declarations:leave", widths=ERRORS_AT)
        alice.tick("line", "autres")
        alice.click("Ne pas saisir", exact=True)
        alice.click("Enregistrer et relire")
        alice.see("412,50 €", "Cette ligne n’est pas remplie ici.")
        alice.check("declarations:read_back")
        alice.click("Oui, au téléphone")
        alice.check("declarations:send")
        alice.refused("declarations:send", widths=ERRORS_AT)
        alice.tick("no_receipt_reason", "failed")
        alice.click("C’est envoyé", exact=True)
        alice.check("declarations:detail, sent")

        alice.follow("Il y a une erreur")
        alice.check("declarations:repair")
        alice.see("412,50 €", "3230", "Une erreur se corrige.")
        alice.click("Corriger cette déclaration")
        alice.fill("v-salaire-0-0", "500")
        alice.tick("provenance", "document")
        alice.check("declarations:fill, correction")
        alice.click("Enregistrer et relire")
        alice.see("500 € au lieu de 412,50 €")
        alice.open(f"/declarations/personne/{person}/")
        alice.page.locator("article", has_text="Correction en cours").locator("a").first.click()
        alice.click("Préparer la lettre")
        alice.arrive("/modifier/")
        assert "500 € au lieu de 412,50 €" in alice.page.locator(
            "[name=body]"
        ).input_value().replace("\u00a0", " ")
