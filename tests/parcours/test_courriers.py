"""Post opened together, then the letter that answers it: every page, axe at both widths, and no script."""

import sqlite3
from uuid import UUID

import pytest

from simulateurs.demo import Demonstration
from simulateurs.story import PASSWORD
from tests.parcours.acts import accept_charte, codes_of, log_in
from tests.parcours.conftest import Open, Sign
from tests.parcours.journey import Journey

pytestmark = [pytest.mark.parcours, pytest.mark.loopback]

ERRORS_AT = (320,)


def person_of(journey: Journey, mandat: str) -> str:
    """Whose mandat it is, read in the database of the installation."""
    file = journey.demonstration.installation.folder / "tandem.sqlite3"
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as rows:
        query = (
            "select u.public_id from usagers_usager u join mandats_mandat m on m.usager_id = u.id "
            "where m.public_id = ?"
        )
        found = rows.execute(query, (UUID(mandat.rstrip("/").rsplit("/", 1)[1]).hex,)).fetchone()
    return str(UUID(found[0]))


class TestPost:
    def test_is_opened_answered_and_done(self, journey: Open, signed: Sign) -> None:
        """Issue 3: a letter of the CAF, what it means, the date, the answer, its PDF."""
        alice = journey("Alice Lenoir")
        person = person_of(alice, signed("rose", "papiers"))
        log_in(alice)
        alice.open(f"/courriers/personne/{person}/")
        alice.check("courriers:courriers, empty")
        alice.follow("Ouvrir un courrier ensemble")
        alice.refused("courriers:courrier_log, refused", widths=ERRORS_AT)
        alice.fill("sent_by", "La CAF")
        alice.fill("meaning", "La CAF demande une preuve de loyer.")
        alice.fill("next_step", "Envoyer la quittance.")
        alice.check("courriers:courrier_log")
        alice.click("Enregistrer")
        alice.see("C’est noté.", "La CAF demande une preuve de loyer.")
        alice.check("courriers:courrier")
        alice.follow("Corriger")
        alice.check("courriers:courrier_correct")
        alice.fill("sent_by", "")
        alice.refused("courriers:courrier_correct, refused", widths=ERRORS_AT)
        alice.fill("sent_by", "La CAF de Valmont")
        alice.click("Enregistrer")
        alice.see("C’est corrigé.")
        alice.click("C’est fait")
        alice.see("C’est fait, noté le")
        alice.open(f"/courriers/personne/{person}/")
        alice.check("courriers:courriers, full")

    def test_is_answered_by_a_letter(self, journey: Open, signed: Sign) -> None:
        """Issue 3: modèle, missing fields seen, editable text, versions, counting, PDF."""
        alice = journey("Alice Lenoir")
        person = person_of(alice, signed("rose", "loisirs"))
        log_in(alice)
        alice.open(f"/lettres/personne/{person}/")
        alice.check("courriers:lettres, empty")
        alice.follow("Écrire une lettre")
        alice.check("courriers:lettre_choose")
        alice.page.locator("summary", has_text="Faire valoir un droit").click()
        alice.follow("Envoyer les pièces demandées")
        alice.check("courriers:lettre_write")
        alice.fill("objet", "mot de passe : Soleil2026!")
        alice.refused("courriers:lettre_write, refused", widths=ERRORS_AT)
        alice.fill("objet", "mon dossier d’aide au logement")
        alice.click("Préparer la lettre")
        alice.see("mentions sont à compléter")
        alice.check("courriers:lettre_edit")
        alice.fill("limit_count", "10")
        alice.page.get_by_text("En trop :").wait_for()
        alice.fill("subject", "")
        alice.refused("courriers:lettre_edit, refused", widths=ERRORS_AT)
        alice.fill("subject", "Envoi des pièces demandées")
        alice.click("Enregistrer")
        alice.see("C’est enregistré.", "2 versions gardées")
        alice.check("courriers:lettre")
        alice.page.locator("summary", has_text="2 versions gardées").click()
        alice.follow("Version 1")
        alice.see("Voici une ancienne version")
        alice.check("courriers:version")
        alice.follow("Voir la lettre d’aujourd’hui")
        alice.follow("Noter que la lettre est partie")
        alice.check("courriers:lettre_sent")
        alice.refused("courriers:lettre_sent, refused", widths=ERRORS_AT)
        alice.tick("way", "registered")
        alice.click("Noter l’envoi")
        alice.see("en recommandé avec avis de réception")
        alice.open(f"/lettres/personne/{person}/")
        alice.check("courriers:lettres, full")

    def test_needs_no_script(
        self, journey: Open, signed: Sign, demonstration: Demonstration
    ) -> None:
        """Issue 3: the desk path without JavaScript, at 320 px; the server counts."""
        mandat = signed("rose", "travail")
        alice = journey(width=320, script=False)
        person = person_of(alice, mandat)
        alice.open("/comptes/connexion/")
        alice.fill("email", demonstration.installation.state["people"]["Alice Lenoir"]["email"])
        alice.fill("password", PASSWORD)
        alice.click("Continuer")
        alice.fill("geste_code", codes_of(alice, "Alice Lenoir").next())
        alice.click("Se connecter")
        alice.arrive("/accueil/")
        if "Lire la charte" in alice.text():
            accept_charte(alice)
        alice.open(f"/lettres/personne/{person}/ecrire/libre/")
        alice.fill("objet", "Une question")
        alice.fill("motif", "Bonjour à tous.")
        alice.click("Préparer la lettre")
        alice.fill("body", "un deux trois")
        alice.fill("limit_count", "5")
        alice.click("Compter sans enregistrer")
        alice.see("13 caractères, 3 mots", "En trop : 8 caractères")
        alice.click("Enregistrer")
        alice.see("C’est enregistré.")
