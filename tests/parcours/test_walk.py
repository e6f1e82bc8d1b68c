"""Every page in its main states: axe in both themes at 320 and 1280 px, layout, title, skip link. A-01, A-02, A-06."""

import sqlite3
from collections.abc import Sequence
from uuid import UUID

import pytest

from simulateurs.acts import Connecting, Connection
from simulateurs.demo import Demonstration
from simulateurs.story import PASSWORD, Professional
from tests.parcours import atlas
from tests.parcours.acts import Wish, Wizard, choose_recent, identify, log_in
from tests.parcours.conftest import Open, Sign
from tests.parcours.journey import Journey

pytestmark = [pytest.mark.parcours, pytest.mark.loopback]

ERRORS_AT = (320,)


@pytest.fixture(scope="module")
def objects(demonstration: Demonstration, bob: Professional, signed: Sign) -> dict[str, str]:
    """Camille and a mandat with something in every corner; Lucien's, ended."""
    mandat = signed(
        "camille", "famille", "argent", absence=True, contact="EMAIL", value="camille@mail.example"
    )
    wish = Connection("moreau", "caf", presence="absence", declared="caf.fr")
    Connecting(bob, wish, demonstration.installation.url("administration")).run()
    # FranceConnect would answer for the next person with this session (FS-12).
    bob.browser.submit(bob.browser.page.form(button="Se déconnecter"))
    ended = signed("lucien", "loisirs")
    bob.browser.go(f"{ended}arreter/")
    bob.browser.submit(bob.browser.page.form(button="Arrêter"))
    find = Register(demonstration).id
    alice = "compte_id = (select id from comptes_compte where given_name = 'Alice')"
    return {
        "mandat": last_of(mandat),
        "ended": last_of(ended),
        "usager": find("usagers_usager", "id = (select usager_id from mandats_mandat where public_id = ?)", mandat),
        "line": find("mandats_autorisation", "scope = 'theme:argent' order by id desc"),
        "usage": find("mandats_usage", "account_due_at is not null order by id desc"),
        "channel": find("usagers_channel", "kind = 'email' order by id desc"),
        "aidant": find("structures_affectation", alice),
    }  # fmt: skip


def last_of(address: str) -> str:
    """The identifier that ends an address."""
    return address.rstrip("/").rsplit("/", 1)[1]


class Register:
    """Public identifiers, read in the database of the installation."""

    def __init__(self, demonstration: Demonstration) -> None:
        file = demonstration.installation.folder / "tandem.sqlite3"
        self._rows = sqlite3.connect(f"file:{file}?mode=ro", uri=True)

    def id(self, table: str, condition: str, address: str = "") -> str:
        """The first that answers the condition."""
        given = (UUID(last_of(address)).hex,) if address else ()
        query = f"select public_id from {table} where {condition}"  # noqa: S608 — our own words
        found = self._rows.execute(query, given).fetchone()
        assert found is not None, f"{table}: {condition}"
        return str(UUID(found[0]))


def walk(journey: Journey, stops: Sequence[atlas.Stop], objects: dict[str, str]) -> None:
    """Open each, look at it; then at its errors."""
    for stop in stops:
        status = journey.open(stop.path.format(**objects))
        assert status == stop.status, f"{stop.name}: {status}"
        if stop.says:
            journey.see(stop.says)
        journey.check(stop.name)
        if stop.refused:
            journey.refused(f"{stop.name}, refused", widths=ERRORS_AT)


def check_skip_link(journey: Journey) -> None:
    """The first Tab shows it; Enter goes to the content."""
    journey.page.keyboard.press("Tab")
    link = journey.page.locator(".skip")
    assert link.evaluate("(a) => a === document.activeElement")
    box = link.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    journey.page.keyboard.press("Enter")
    assert journey.page.evaluate("document.activeElement.id") == "contenu"


class TestTheAtlas:
    def test_knows_every_route(self) -> None:
        """A-02: a page added without a walk fails here."""
        elsewhere = atlas.Elsewhere()
        known = [atlas.walked(), elsewhere.journeys, elsewhere.no_page]
        assert set().union(*known) == atlas.routes()
        assert sum(map(len, known)) == len(atlas.routes())


class TestAVisitor:
    def test_reads_every_public_page(self, journey: Open) -> None:
        visitor = journey()
        visitor.open("/")
        check_skip_link(visitor)
        walk(visitor, atlas.EVERYONE, {})

    def test_sees_what_is_wrong_with_a_login(self, journey: Open) -> None:
        """A-10, S-16: the address stays; the second step has its own errors; a stranger is led to the login."""
        visitor = journey()
        visitor.open("/comptes/connexion/")
        visitor.fill("email", "alice@valmont.example")
        visitor.fill("password", "ce-n-est-pas-le-bon")
        visitor.refused("comptes:login, wrong password", widths=ERRORS_AT)
        assert visitor.page.locator("[name=email]").input_value() == "alice@valmont.example"
        visitor.fill("password", PASSWORD)
        visitor.click("Continuer")
        visitor.arrive("/code/")
        visitor.check("comptes:second_factor")
        visitor.fill("geste_code", "000000")
        visitor.refused("comptes:second_factor, wrong code", widths=ERRORS_AT)
        visitor.open("/accueil/")
        visitor.arrive("/comptes/connexion/?next=/accueil/")


class TestAlice:
    def test_reads_every_page_of_mandats(self, journey: Open, objects: dict[str, str]) -> None:
        alice = journey("Alice Lenoir")
        log_in(alice)
        check_skip_link(alice)
        walk(alice, atlas.ALICE, objects)
        alice.open("/personnes/")
        alice.fill("q", "durand")
        alice.click("Chercher")
        alice.page.locator("#resultats .card").first.wait_for()
        alice.check("espaces:search, found")
        alice.fill("q", "personne de ce nom")
        alice.click("Chercher")
        alice.page.locator("#resultats .empty").first.wait_for()
        alice.check("espaces:search, nobody")
        alice.page.set_extra_http_headers({"Sec-Fetch-Site": "cross-site"})

    def test_reads_every_page_about_a_person(
        self, journey: Open, objects: dict[str, str], signed: Sign, demonstration: Demonstration
    ) -> None:
        """P-27, P-37: and the states that stop everything."""
        alice = journey("Alice Lenoir")
        log_in(alice)
        walk(alice, atlas.PEOPLE, objects)
        signed("amina", "etranger")
        amina = Register(demonstration).id("usagers_usager", "1 order by id desc")
        alice.open(f"/usagers/{amina}/suspendre/")
        alice.tick("reason")
        alice.tick("confirmed")
        alice.click("Suspendre le dossier")
        alice.check("usagers:card, frozen")
        alice.open(f"/personnes/{amina}/")
        alice.check("espaces:person, frozen")
        alice.open(f"/usagers/{amina}/rouvrir/")
        alice.check("usagers:thaw")
        alice.open(f"/usagers/{amina}/deces/")
        alice.tick("confirmed")
        alice.click("Enregistrer le décès")
        alice.check("usagers:card, died")
        # Whoever stopped everything does not undo it alone.
        alice.open(f"/usagers/{amina}/deces/corriger/")
        alice.check("usagers:death_correct")
        alice.tick("confirmed")
        alice.refused("usagers:death_correct, refused", widths=ERRORS_AT)
        beatrice = journey("Béatrice Le Goff")
        log_in(beatrice)
        for page, button in (("deces/corriger", "Corriger"), ("rouvrir", "Rouvrir le dossier")):
            beatrice.open(f"/usagers/{amina}/{page}/")
            beatrice.tick("confirmed")
            beatrice.click(button)
            beatrice.see("C’est enregistré")

    def test_reads_every_page_of_her_account(self, journey: Open) -> None:
        alice = journey("Alice Lenoir")
        log_in(alice)
        alice.open("/comptes/")
        link = alice.page.locator("a[href$='/retirer/']").first.get_attribute("href") or ""
        walk(alice, atlas.ACCOUNT, {"factor": link.split("/")[-3]})
        assert alice.open("/structures/personnes/") == 403
        alice.see("celle des référents")
        alice.check("turned away")

    def test_walks_the_wizard(self, journey: Open) -> None:
        """A-10, A-11: every step, and its errors; Tandem's words when the person says that it is not them."""
        alice = journey("Alice Lenoir")
        log_in(alice)
        LookingWizard(alice, Wish("rose", "transports")).until_identification()
        draft = alice.page.url.removesuffix("identification/")
        alice.open(f"{draft}aidants/")
        alice.check("signature:draft_aidants")
        alice.open(f"{draft}transfert/")
        alice.check("signature:draft_transfer")
        alice.fill("code", "ABC")
        alice.refused("signature:draft_transfer, refused", widths=ERRORS_AT)
        alice.open(f"{draft}identification/")
        alice.click("S’identifier avec FranceConnect")
        identify(alice, "rose")
        alice.arrive("/identite/")
        alice.check("signature:draft_identity")
        alice.click("Non, ce n’est pas elle")
        alice.see("Cette identité est oubliée")
        alice.click("S’identifier avec FranceConnect")
        identify(alice, "rose")
        alice.click("Oui, c’est bien cette personne")
        alice.arrive("/signature/")
        alice.check("signature:draft_recap")
        alice.fill("geste_code", "000000")
        alice.refused("signature:draft_recap, refused", widths=ERRORS_AT)
        alice.open("/mandats/franceconnect/retour/?code=x&state=y")
        alice.check("signature:franceconnect_return, refused")

    def test_walks_a_connexion(self, journey: Open, objects: dict[str, str]) -> None:
        """FI-17, FI-24: the door, the person, the démarche, the confirmation, the end; and giving up."""
        del objects
        alice = journey("Alice Lenoir")
        alice.open(f"{alice.administration}/caf/")
        alice.page.get_by_role("button", name="Se connecter").click()
        alice.click("Tandem")
        alice.arrive("/oidc/connexion/*/")
        alice.check("oidc_provider:connexion")
        alice.follow("Se connecter à Tandem")
        alice.click("Utiliser ma clé d’accès")
        alice.arrive("/personne/")
        alice.check("oidc_provider:usager")
        alice.fill("q", "moreau")
        alice.click("Chercher")
        alice.check("oidc_provider:usager, found")
        alice.fill("q", "personne")
        alice.click("Chercher")
        alice.check("oidc_provider:usager, nobody")
        alice.fill("q", "")
        alice.refused("oidc_provider:usager, refused", widths=ERRORS_AT, form="form[role=search]")
        alice.open(alice.page.url)
        choose_recent(alice, "Camille DURAND")
        alice.check("oidc_provider:demarche")
        alice.tick("presence", "absence")
        alice.fill("service_declared", "caf.fr")
        alice.refused("oidc_provider:demarche, refused", widths=ERRORS_AT)
        alice.page.locator("[name=absence_reason]").select_option(index=1)
        alice.click("Continuer")
        alice.arrive("/confirmer/")
        alice.check("oidc_provider:confirm")
        alice.fill("geste_code", "000000")
        alice.refused("oidc_provider:confirm, refused", widths=ERRORS_AT)
        alice.click("Annuler et retourner")
        alice.see("Choisir un compte")


class LookingWizard(Wizard):
    """The same, looking at each page."""

    def step(self, name: str) -> None:
        super().step(name)
        self.journey.check(f"wizard {name}")
        if name in {"demarches", "questions", "contact", "lecture"}:
            self.journey.refused(f"wizard {name}, refused", widths=ERRORS_AT, form=".actions")


class TestBeatrice:
    def test_reads_every_page_of_her_team(self, journey: Open, objects: dict[str, str]) -> None:
        beatrice = journey("Béatrice Le Goff")
        log_in(beatrice)
        walk(beatrice, atlas.BEATRICE, objects)
        beatrice.open("/accueil/")
        beatrice.see("Rendre compte")
        beatrice.check("espaces:home, full")
