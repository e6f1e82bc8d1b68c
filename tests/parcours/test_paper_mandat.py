"""Rose has no FranceConnect: her first tax declaration, on a paper mandat (P-31, P-32, issue 3).

Taxes through FranceConnect are not possible with it: the form is of paper, the call is by telephone.
"""

import re

import pytest
from playwright.sync_api import FilePayload

from tests.parcours.acts import codes_of, log_in
from tests.parcours.conftest import Measure, Open
from tests.parcours.desk import last_of, log_in_without_script, paper_of
from tests.parcours.journey import WIDTHS, Journey
from tests.parcours.keyboard import Keyboard

pytestmark = [pytest.mark.parcours, pytest.mark.loopback]

SCAN = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"  # fmt: skip  # noqa: E501
MARK = re.compile(r"\b[346789A-Z]{4}-[346789A-Z]{4}\b")


def welcome(desk: Journey, family: str, *, check: bool) -> str:
    """Unknown until now: a file on what she says, then her card of identity, seen and given back."""
    desk.open("/personnes/")
    desk.follow("Personne inconnue ? Ouvrir un dossier")
    if check:
        desk.refused("usagers:declare, refused")
        desk.check("usagers:declare")
    desk.fill("given_names", "Rose")
    desk.fill("family_name", family)
    desk.fill("birthdate", "12/03/1946")
    desk.click("Ouvrir le dossier")
    desk.see("identité dite par la personne".capitalize())
    return last_of(desk.page.url)


def prepare(desk: Journey, *, check: bool) -> None:
    """From her card to the sheet: the questions of every mandat, in the same words."""
    desk.follow("Faire signer un mandat sur papier")
    if check:
        desk.check("papier:start")
    desk.click("Commencer")
    desk.arrive("/demarches/")
    desk.tick("themes", "argent")
    desk.click("Continuer")
    desk.arrive("/duree/")
    desk.click("Continuer")
    desk.arrive("/facon/")
    desk.click("Continuer")
    desk.arrive("/questions/")
    desk.tick("protected", "none")
    desk.tick("alone", "alone")
    desk.click("Continuer")
    desk.arrive("/contact/")
    desk.tick("contact_kind", "paper")
    desk.click("Continuer")
    desk.arrive("/lecture/")
    desk.tick("reader", "aidant")
    for point in ("who", "until", "stop"):
        desk.tick(f"point_{point}", "understood")
    desk.click("C’est lu et compris")
    desk.arrive("/papier/brouillons/*/")


def show_piece(desk: Journey, *, check: bool) -> None:
    """The sheet is not printed before somebody saw who she is."""
    desk.not_see("Imprimer la feuille")
    if check:
        desk.check("papier:sheet, not known")
    desk.follow("J’ai la pièce en main")
    if check:
        desk.refused("usagers:piece_seen, refused")
        desk.check("usagers:piece_seen")
    desk.tick("piece", "carte_identite")
    desk.click("Noter la pièce vue")
    desk.arrive("/papier/brouillons/*/")
    desk.see("carte nationale d’identité")


def mark_of(desk: Journey, *, check: bool) -> str:
    """Read on the printed sheet; its PDF is there too."""
    sheet = desk.page.url
    desk.page.goto(f"{sheet}feuille/")
    assert paper_of(desk) == "application/pdf %PDF-"
    if check:
        desk.check("papier:printed")
    found = MARK.search(desk.text())
    assert found is not None
    desk.page.goto(sheet)
    return found[0]


def note(desk: Journey, mark: str) -> None:
    """What is read on the signed sheet: she made a mark, her neighbour signed beside it."""
    desk.tick("absent", "0")
    desk.tick("hand", "mark")
    desk.fill("witness", "Jeanne Kervella")
    desk.fill("witness_quality", "sa voisine")
    desk.tick("kept_by", "both")
    desk.fill("mark", mark.lower())


def declare_taxes(desk: Journey, *, check: bool) -> None:
    """Money asks her again, that day; then the paper form is noted."""
    desk.follow("Noter un acte fait par lettre, par téléphone, au guichet")
    desk.see("la personne confirme d’abord")
    if check:
        desk.check("papier:elsewhere, to confirm")
    desk.follow("Recueillir sa confirmation")
    desk.tick("signed")
    desk.click("Noter le papier signé")
    desk.arrive("/acte/")
    if check:
        desk.refused("papier:elsewhere, refused")
        desk.check("papier:elsewhere")
    desk.tick("way", "form")
    desk.fill("service_declared", "Centre des impôts de Rennes")
    desk.tick("presence", "presence")
    desk.click("Noter cet acte")
    desk.see("C’est noté", "Centre des impôts de Rennes")


class TestRose:
    def test_declares_her_taxes_on_a_paper_mandat(self, journey: Open) -> None:
        """P-32, P-35: every page, axe and layout at both widths."""
        alice = journey("Alice Lenoir")
        log_in(alice)
        welcome(alice, "Kermadec", check=True)
        card = alice.page.url
        alice.follow("Je connais cette personne")
        alice.refused("usagers:vouch, refused")
        alice.check("usagers:vouch")
        alice.page.goto(card)
        prepare(alice, check=True)
        show_piece(alice, check=True)
        alice.check("papier:sheet")
        mark = mark_of(alice, check=True)
        alice.follow("La feuille est signée")
        alice.refused("papier:note, refused")
        note(alice, mark)
        alice.check("papier:note")
        alice.click("Enregistrer la signature")
        alice.touch()
        alice.arrive("/signe/")
        alice.open(f"/mandats/{alice.page.url.split('/mandats/')[1].split('/')[0]}/")
        declare_taxes(alice, check=True)

        alice.follow("Les originaux signés à la main, et leurs copies")
        alice.check("papier:originals, none")
        alice.page.get_by_role("link", name="Garder une copie").first.click()
        alice.refused("papier:keep, refused")
        alice.check("papier:keep")
        scan: FilePayload = {"name": "feuille.pdf", "mimeType": "application/pdf", "buffer": SCAN}
        alice.page.locator("[name=scan]").set_input_files(files=[scan])
        alice.click("Garder la copie")
        alice.see("Original signé à la main, copie")
        alice.check("papier:originals")
        alice.page.get_by_role("link", name="Garder une copie").click()
        alice.check("papier:keep_of_day")

    def test_whose_sheet_a_relative_brings_waits_for_a_colleague(self, journey: Open) -> None:
        """S-20: two aidants, or nothing."""
        alice = journey("Alice Lenoir")
        log_in(alice)
        welcome(alice, "Quéméneur", check=False)
        prepare(alice, check=False)
        show_piece(alice, check=False)
        mark = mark_of(alice, check=False)
        alice.follow("La feuille est signée")
        note(alice, mark)
        alice.tick("absent", "1")
        alice.click("Enregistrer la signature")
        alice.touch()
        alice.arrive("/papier/feuilles/")
        alice.see("Rose Quéméneur", "Demandez à un collègue")
        alice.check("papier:waiting, mine")

        bob = journey("Bob Garnier")
        log_in(bob)
        bob.open("/papier/feuilles/")
        bob.check("papier:waiting")
        bob.follow("Rose Quéméneur")
        bob.refused("papier:decide, refused")
        bob.check("papier:decide")
        bob.tick("seen")
        bob.click("Confirmer le mandat")
        bob.touch()
        bob.arrive("/signe/")

    def test_needs_no_script_on_a_small_screen(self, journey: Open) -> None:
        """Issue 3: the same road without JavaScript, at 320 px."""
        alice = journey(width=320, script=False)
        log_in_without_script(alice)
        welcome(alice, "Tanguy", check=False)
        prepare(alice, check=False)
        show_piece(alice, check=False)
        mark = mark_of(alice, check=False)
        alice.follow("La feuille est signée")
        note(alice, mark)
        alice.fill("geste_code", codes_of(alice, "Alice Lenoir").next())
        alice.click("Enregistrer la signature")
        alice.arrive("/signe/")
        alice.open(f"/mandats/{alice.page.url.split('/mandats/')[1].split('/')[0]}/")
        declare_taxes(alice, check=False)

    @pytest.mark.parametrize("width", WIDTHS)
    def test_is_welcomed_and_noted_without_a_mouse(
        self, journey: Open, measure: Measure, width: int
    ) -> None:
        """A-04: the file, the document, then the signed sheet, by keyboard."""
        alice = journey("Alice Lenoir", width=width)
        log_in(alice)
        keyboard = Keyboard(alice)
        alice.open("/usagers/nouvelle/")
        welcomed = measure(alice, f"a file, keyboard, {width} px")
        keyboard.type("given_names", "Rose")
        keyboard.type("family_name", f"Le Bihan{width}")
        keyboard.type("birthdate", "1946")
        keyboard.submit("/usagers/*/")
        welcomed.stop()
        prepare(alice, check=False)
        show_piece(alice, check=False)
        mark = mark_of(alice, check=False)
        keyboard.last = None
        keyboard.press("main .actions a.button", "/signee/")
        keyboard.choose("[name=absent]")
        keyboard.choose("[name=hand]")
        keyboard.choose("[name=kept_by]", arrows=2)
        keyboard.type("mark", mark)
        keyboard.to("main .actions button[type=submit]")
        alice.page.keyboard.press("Enter")
        alice.touch()
        alice.arrive("/signe/")
