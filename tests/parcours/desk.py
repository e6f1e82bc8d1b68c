"""What is done at the desk, from page to page; with a browser or without any script."""

import re
import sqlite3
from datetime import UTC, datetime, timedelta
from uuid import UUID

from simulateurs.story import PASSWORD
from tests.parcours.acts import accept_charte, codes_of
from tests.parcours.journey import Journey

# Frequent, with pieces to bring, questions that will be asked and dates of its own.
FREQUENT = "caf-rsa-demande"
UNWRITTEN = "ameli-css"
SECRET = "mot de passe : Soleil2026!"


def last_of(address: str) -> str:
    """The identifier that ends an address."""
    return address.rstrip("/").rsplit("/", 1)[1]


def log_in_without_script(journey: Journey, who: str = "Alice Lenoir") -> None:
    """The password, then six digits of the person's telephone."""
    journey.open("/comptes/connexion/")
    journey.fill("email", journey.demonstration.installation.state["people"][who]["email"])
    journey.fill("password", PASSWORD)
    journey.click("Continuer")
    journey.fill("geste_code", codes_of(journey, who).next())
    journey.click("Se connecter")
    journey.arrive("/accueil/")
    if "Lire la charte" in journey.text():
        accept_charte(journey)


def person_of(journey: Journey, mandat: str) -> str:
    """Whose mandat it is, read in the database of the installation."""
    query = (
        "select u.public_id from usagers_usager u join mandats_mandat m on m.usager_id = u.id "
        "where m.public_id = ?"
    )
    return one_id(journey, query, UUID(last_of(mandat)).hex)


def one_id(journey: Journey, query: str, *values: str) -> str:
    """A public identifier, read in the database of the installation."""
    file = journey.demonstration.installation.folder / "tandem.sqlite3"
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as rows:
        found = rows.execute(query, values).fetchone()
    assert found is not None, query
    return str(UUID(found[0]))


def write_besoin(journey: Journey, words: str) -> str:
    """From the home: one field, one button; give back its identifier."""
    journey.fill("words", words)
    journey.click("Noter", exact=True)
    journey.arrive("/besoins/*/")
    journey.see(words)
    return last_of(journey.page.url)


def name_known(journey: Journey, typed: str, name: str) -> None:
    """On the page of a demand: whose it is, among those the structure knows."""
    journey.follow("Donner un nom")
    journey.fill("q", typed)
    journey.click("Chercher")
    journey.click(name)
    journey.arrive("/besoins/*/")
    journey.see(name)


def name_new(journey: Journey, given: str, family: str) -> None:
    """On the page of a demand: someone who says their name."""
    journey.follow("Donner un nom")
    journey.fill("given_names", given)
    journey.fill("family_name", family)
    journey.click("C’est cette personne")
    journey.arrive("/besoins/*/")


def follow_frequent(journey: Journey, slug: str = FREQUENT) -> str:
    """On the page of a demand: one of the most asked; give back its identifier."""
    journey.follow("Suivre une démarche")
    journey.press(f"button[name=demarche][value={slug}]")
    journey.arrive("/demarches/*/")
    return last_of(journey.page.url)


def file_without_receipt(journey: Journey) -> None:
    """It left; there is no receipt, and the page knows why."""
    journey.follow("Déposer")
    # The first answer is « I add it »: the next ones say why there is none.
    value = journey.page.locator("[name=no_receipt_reason]").nth(1).get_attribute("value") or ""
    journey.tick("no_receipt_reason", value)
    journey.click("C’est déposé")
    journey.arrive("/demarches/*/")
    journey.see("C’est déposé. Le service doit répondre.")


def in_days(number: int) -> str:
    """A day that a field of date takes."""
    return (datetime.now(UTC) + timedelta(days=number)).date().isoformat()


def visit_sheet(journey: Journey) -> None:
    """From the page of the person to the sheet they take home."""
    journey.follow("La feuille de la visite")
    journey.arrive("/feuille/")


def paper_of(journey: Journey) -> str:
    """The PDF that the sheet offers: its kind, and its first letters."""
    address = journey.page.locator("a", has_text="Ouvrir le PDF").get_attribute("href")
    asked = "async (at) => {const a = await fetch(at); return [a.headers.get('content-type'), await a.text()]}"
    kind, content = journey.page.evaluate(asked, address)
    return f"{kind} {content[:5]}"


def path_of(journey: Journey) -> str:
    """Where the window is, without the domain."""
    return re.sub(r"^https?://[^/]+", "", journey.page.url)


def change(journey: Journey, statement: str) -> None:
    """Time passes: rows of the installation are older than they were."""
    file = journey.demonstration.installation.folder / "tandem.sqlite3"
    with sqlite3.connect(file, timeout=10) as rows:
        rows.execute(statement)
