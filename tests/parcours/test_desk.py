"""Every page of the desk in its main states: axe, both themes, 320 and 1280 px, refusals. A-01, A-02, A-10."""

import re

import pytest

from simulateurs.story import PASSWORD
from tests.parcours import atlas, desk
from tests.parcours.acts import give_authenticator, log_in
from tests.parcours.conftest import Open, Sign
from tests.parcours.journey import Journey
from tests.parcours.test_walk import walk

pytestmark = [pytest.mark.parcours, pytest.mark.loopback]

ERRORS_AT = (320,)


def prepare(alice: Journey, person: str) -> dict[str, str]:
    """A demand without a name, another with one, a démarche filed, a free one, a date."""
    alice.open("/accueil/")
    unnamed = desk.write_besoin(alice, "Elle veut payer moins pour les impôts.")
    alice.open("/accueil/")
    besoin = desk.write_besoin(alice, "Je voudrais faire ma déclaration.")
    desk.name_known(alice, "durand", "Camille DURAND")
    demarche = desk.follow_frequent(alice)
    desk.file_without_receipt(alice)
    alice.open("/demarches/nouvelle/")
    alice.fill("title", "Résilier un abonnement de téléphone")
    alice.click("Suivre cette démarche")
    alice.arrive("/demarches/*/")
    free = desk.last_of(alice.page.url)
    alice.open(f"/echeances/personne/{person}/ajouter/")
    alice.tick("kind")
    alice.fill("title", "Rappeler le service")
    alice.fill("due_on", desk.in_days(3))
    alice.press("main .actions button[type=submit]")
    alice.arrive("/echeances/*/")
    return {
        "unnamed": unnamed, "besoin": besoin, "demarche": demarche, "free": free, "usager": person,
        "echeance": desk.last_of(alice.page.url), "slug": desk.FREQUENT, "later": "plus-tard",
    }  # fmt: skip


class TestAlice:
    def test_reads_every_page_of_the_desk(self, journey: Open, signed: Sign) -> None:
        """Issue 3: the notebook, simple help, démarches, dates, the sheet that goes home."""
        mandat = signed("camille", "travail")
        alice = journey("Alice Lenoir")
        log_in(alice)
        objects = prepare(alice, desk.person_of(alice, mandat))
        walk(alice, atlas.DESK, objects)

        alice.open(f"/besoins/{objects['unnamed']}/nommer/")
        alice.fill("q", "durand")
        alice.click("Chercher")
        alice.see("Camille DURAND")
        alice.check("accompagnements:besoin_name, found")
        alice.open(f"/besoins/{objects['unnamed']}/")
        alice.page.locator("summary", has_text="C’est fini ?").click()
        alice.refused("accompagnements:besoin_close, refused", form="form[action$='/terminer/']")
        alice.open(f"/demarches/{objects['demarche']}/etape/")
        alice.fill("text", desk.SECRET)
        alice.refused("accompagnements:step, refused", widths=ERRORS_AT)
        assert alice.page.locator("[name=text]").input_value() == desk.SECRET
        alice.open(f"/demarches/{objects['demarche']}/")
        alice.press(
            alice.page.locator("details", has=alice.page.locator("[name=added]")).locator("summary")
        )
        alice.fill("added", desk.SECRET)
        alice.refused("accompagnements:pieces, refused", form="form[action$='/pieces/']")
        alice.open(f"/echeances/{objects['echeance']}/modifier/")
        alice.fill("title", "")
        alice.refused("echeances:change, refused", widths=ERRORS_AT)
        alice.open("/aides/")
        alice.press("button[name=kind] >> nth=0")
        alice.see("C’est compté")
        alice.check("accompagnements:aide")
        alice.click("J’ai besoin d’aide")
        alice.see("Vous avez appelé un collègue")
        alice.check("entraide:appels, called")
        alice.click("C’est réglé")

    def test_reads_every_page_written_beside_a_person(self, journey: Open, signed: Sign) -> None:
        """P-14, P-15, P-32: notes, practice sheets, the account a person owns, who they are."""
        mandat = signed("camille", "logement")
        alice = journey("Alice Lenoir")
        log_in(alice)
        person = desk.person_of(alice, mandat)
        alice.open(f"/notes/{person}/ecrire/")
        alice.fill("text", "Elle préfère le matin, avant dix heures.")
        alice.tick("kind")
        alice.press("main .actions button[type=submit]")
        alice.see("C’est noté.")
        note = desk.one_id(alice, "select public_id from notes_note order by id desc")
        alice.open(f"/fiches/{desk.FREQUENT}/ecrire/")
        alice.fill("traps", "La bonne colonne est celle de droite.")
        alice.click("Publier cette version")
        alice.open(f"/acces/personnes/{person}/")
        alice.tick("service")
        alice.tick("road")
        alice.press("main .actions button[type=submit]")
        alice.arrive("/acces/*/")
        acces = desk.last_of(alice.page.url)
        alice.open("/usagers/nouvelle/")
        alice.fill("given_names", "Simone")
        alice.fill("family_name", "Bellec")
        alice.press("main .actions button[type=submit]")
        alice.arrive("/usagers/*/")
        objects = {
            "declared": desk.last_of(alice.page.url), "usager": person, "note": note, "acces": acces,
            "slug": desk.FREQUENT, "other": desk.UNWRITTEN,
        }  # fmt: skip
        walk(alice, atlas.BESIDE, objects)

        alice.open(f"/notes/{person}/{note}/corriger/")
        alice.fill("text", "")
        alice.refused("notes:correct, refused", widths=ERRORS_AT)
        alice.open(f"/fiches/{desk.FREQUENT}/signaler/")
        alice.fill("words", "Le formulaire a changé de place.")
        alice.press("main .actions button[type=submit]")
        alice.see("C’est signalé")
        alice.check("fiches:sheet, a change is said")
        alice.open(f"/acces/{objects['acces']}/terminer/")
        alice.tick("outcome")
        alice.tick("keyboard")
        alice.press("main .actions button[type=submit]")
        alice.see("C’est noté")
        alice.check("acces:steps, ended")


class TestBeatrice:
    def test_takes_a_text_away(self, journey: Open) -> None:
        """A référent answers for what the structure publishes."""
        beatrice = journey("Béatrice Le Goff")
        log_in(beatrice)
        beatrice.open(f"/fiches/{desk.UNWRITTEN}/ecrire/")
        beatrice.fill("limits", "Ici, on ne paie rien.")
        beatrice.click("Publier cette version")
        beatrice.follow("Masquer cette version")
        beatrice.check("fiches:hide")
        beatrice.refused("fiches:hide, refused", widths=ERRORS_AT)
        beatrice.tick("reason")
        beatrice.click("Masquer ce texte")
        beatrice.see("plus personne ne lit ce texte")

    def test_reads_the_counts_of_a_month(self, journey: Open) -> None:
        """Counts for funders: once a month is over; printed, with how they are counted."""
        beatrice = journey("Béatrice Le Goff")
        log_in(beatrice)
        beatrice.open("/aides/")
        beatrice.press("button[name=kind] >> nth=0")
        beatrice.see("C’est compté")
        desk.change(beatrice, "update accompagnements_aide set at = datetime(at, '-45 days')")
        beatrice.open("/statistiques/")
        beatrice.check("pilotage:statistics, full")


class TestTheOperator:
    def test_reads_their_own_pages(self, journey: Open) -> None:
        """An operator moderates texts and reads counts by commune; nothing of a person."""
        noe = journey()
        give_authenticator(noe.context, noe.page)
        printed = noe.demonstration.installation.run(
            "compte", "operator", "noe@exploitant.example", "--prenom", "Noé", "--nom", "Caradec"
        )
        link = re.search(r"http\S+", printed)
        assert link is not None
        noe.open(link[0])
        noe.fill("password", PASSWORD)
        noe.fill("again", PASSWORD)
        noe.click("Choisir ce mot de passe")
        noe.follow("Choisir la clé d’accès")
        noe.fill("name", "Poste de l’exploitant")
        noe.click("Créer la clé sur cet appareil")
        noe.arrive("/secours/")
        noe.click("Créer mes codes")
        noe.click("Mes codes sont rangés")
        noe.open("/fiches/moderation/")
        noe.check("fiches:moderation")
        noe.open("/statistiques/installation/")
        noe.check("pilotage:instance")
