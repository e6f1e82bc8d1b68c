"""The main job, played once from end to end, each step said in French."""

import re
from collections.abc import Callable
from typing import Protocol

from simulateurs.acts import Connecting, Connection, Signing, Wish
from simulateurs.browser import PageError
from simulateurs.desk import Desk
from simulateurs.installation import Installation
from simulateurs.story import Professional, expect

Say = Callable[[str], None]

ROSE = Wish(
    "rose",
    themes=("social", "argent"),
    duree="six_mois",
    contact="EMAIL",
    value="rose.martin@courriel.example",
)
OTHERS = (
    Wish("andrei", themes=("social",), duree="an", absence=True, contact="SMS", value="06 12 34 56 78"),
    Wish("lucien", themes=("papiers", "logement"), duree="mois"),
)  # fmt: skip


class Scene(Protocol):
    """What the play needs of the demonstration."""

    installation: Installation

    def professional(self, name: str) -> Professional:
        """One of the people enrolled."""


def play_main_job(scene: Scene, say: Say) -> None:
    """Sign for Rose, connect for her at an administration, verify the journal.

    Raises:
        PageError: a page is not the one expected.
    """
    installation = scene.installation
    alice = scene.professional("Alice Lenoir")
    say("")
    say("1. Alice, aidante du CCAS de Valmont, se connecte avec sa clé d'accès.")
    alice.log_in()
    accept_charte(alice)
    expect(alice.browser.page, "Alice")
    if not installation.state["played"]:
        say("2. Rose est là. Alice prépare un mandat avec elle.")
        mandat = Signing(alice, ROSE, say).run()
        show_documents(alice, mandat, installation, say)
        for wish in OTHERS:
            Signing(alice, wish, lambda _text: None).run()
        say("  Au guichet, le même matin :")
        Desk(alice, say).run(installation.folder)
        installation.state["played"] = True
        installation.state["mandat"] = mandat
        installation.save()
    else:
        say("2. Le mandat de Rose est déjà signé : la démonstration reprend où elle était.")
    say("3. Plus tard, Alice se connecte pour Rose sur le site d'une administration.")
    connect_for_rose(alice, installation, say)
    alice.browser.close()
    say("4. Le journal est vérifié en entier.")
    for line in installation.run("journal", "verify").strip().splitlines():
        say(f"  {line}")


def accept_charte(person: Professional) -> None:
    """The first time, each aidant reads the charte and accepts it by their name."""
    browser = person.browser
    browser.go(f"{person.site}/accueil/")
    if browser.page.status == 403:
        browser.go(browser.page.link("charte"))
        form = browser.page.form(button="ccepte")
        values = {name: form.choices[name][0] for name in form.choices}
        values |= {name: person.name for name in form.fields if name in {"name", "nom"}}
        browser.submit(form, values)
        browser.go(f"{person.site}/accueil/")


def show_documents(aidant: Professional, mandat: str, installation: Installation, say: Say) -> None:
    """Print the mandat, as the person takes it away."""
    browser = aidant.browser
    say(f"  Le mandat est signé : {mandat}")
    browser.go(mandat)
    browser.go(browser.page.link("/documents/mandat/"))
    kept = browser.page
    document = browser.go(kept.link(".pdf"))
    if not document.content.startswith(b"%PDF"):
        raise PageError(f"no PDF at {document.where()}")
    file = installation.folder / "mandat-de-rose.pdf"
    file.write_bytes(document.content)
    browser.page = kept
    say(f"  Son PDF (PDF/A-3a, PDF/UA-1) : {file} ({len(document.content) // 1000} ko)")


def connect_for_rose(aidant: Professional, installation: Installation, say: Say) -> None:
    """On the site of the family allowance fund, through FranceConnect and Tandem."""
    wish = Connection("martin", service="caf", declared="caf.fr")
    act = Connecting(aidant, wish, installation.url("administration"))
    say("  Sur le site : bouton FranceConnect, puis « Tandem ».")
    act.leave()
    say("  Dans Tandem : Alice trouve Rose, choisit la ligne du mandat, dit que Rose est présente.")
    act.choose_usager()
    act.choose_line()
    say("  Un geste confirme. L'identité de Rose part vers FranceConnect.")
    act.confirm()
    page = aidant.browser.page
    expect(page, "MARTIN")
    say(f"  Ce que l'administration a reçu ({page.url}) :")
    shown = [line for line in page.text.splitlines() if line.strip()]
    for line in shown[3:16]:
        say(f"    {re.sub(r'[ ]+', ' ', line)}")
