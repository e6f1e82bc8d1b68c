"""`make screenshots`: the pictures of README.md and docs/guide-aidant.md, taken from the real pages.

The people of the demonstration do the acts over HTTP; a headless Chromium with the same session
looks at the pages they meet.
"""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

from simulateurs.acts import Connecting, Connection, Signing, Wish
from simulateurs.browser import Browser
from simulateurs.demo import Demonstration
from simulateurs.installation import ROOT, Installation
from simulateurs.play import play_main_job

FOLDER = ROOT / "docs" / "captures"
SIZE = {"width": 1000, "height": 720}


class Pictured(Signing):
    """The wizard, with a picture of each page before it is answered."""

    def picture_with(self, look: Callable[[str], None]) -> None:
        """Look at each page before its step."""

        def with_picture(name: str, step: Callable[[], None]) -> Callable[[], None]:
            def both() -> None:
                if name != "identite":
                    look(f"mandat-{name}")
                step()

            return both

        self.steps = {name: with_picture(name, step) for name, step in self.steps.items()}


class Camera:
    """A Chromium that shares the session of someone's browser."""

    def __init__(self, context: BrowserContext, page: Page, browser: Browser) -> None:
        self.context = context
        self.page = page
        self.browser = browser

    def look(self, name: str, url: str = "", *, whole: bool = False) -> None:
        """A picture of the page the person is at, or of an address; `whole`: to its end."""
        self.context.add_cookies(
            [
                {"name": name, "value": value, "domain": "localhost", "path": "/"}
                for name, value in self.browser.cookies().items()
            ]
        )
        self.page.goto(url or self.browser.page.url)
        # A session changes its name after a gesture: both windows must know the new one.
        seen = {
            str(cookie.get("name")): str(cookie.get("value")) for cookie in self.context.cookies()
        }
        self.browser.renew_cookies(seen)
        self.page.screenshot(path=FOLDER / f"{name}.png", full_page=whole)


def say(text: str) -> None:
    """What the play tells."""
    print(text, flush=True)


def take(demonstration: Demonstration, context: BrowserContext) -> None:
    """Every picture."""
    play_main_job(demonstration, say)
    alice = demonstration.professional("Alice Lenoir")
    camera = Camera(context, context.new_page(), alice.browser)
    camera.browser.go(f"{alice.site}/comptes/connexion/")
    camera.look("connexion")
    alice.log_in()
    signing = Pictured(alice, Wish("amina", themes=("papiers", "logement"), duree="mois"), say)
    signing.picture_with(camera.look)
    mandat = signing.run()
    camera.look("mandat-signe", f"{mandat}signe/")
    camera.look("mandat", mandat)
    camera.look("mandat-document", f"{mandat}documents/mandat/")
    camera.look("mandat-arreter", f"{mandat}arreter/")
    camera.look("accueil", f"{alice.site}/accueil/")
    camera.look("mandats", f"{alice.site}/mandats/")
    alice.browser.go(mandat)
    camera.look("personne", alice.browser.page.link("/personnes/" + _person(alice.browser)))
    take_desk(camera, alice.site)
    act = Connecting(
        alice, Connection("martin", service="caf", declared="caf.fr"),
        demonstration.installation.url("administration"),
    )  # fmt: skip
    act.leave()
    camera.look("agir-personne")
    act.choose_usager()
    camera.look("agir-demarche")
    act.choose_line()
    camera.look("agir-confirmer")
    alice.browser.close()


def take_desk(camera: Camera, site: str) -> None:
    """A day at the desk: what is written first, what follows, what goes home."""
    browser = camera.browser
    camera.look("coup-de-main", f"{site}/aides/", whole=True)
    camera.look("cahier-accueil", f"{site}/accueil/")
    browser.go(f"{site}/accueil/")
    words = {"words": "Je veux renouveler ma carte d’identité, elle finit cet été."}
    browser.submit(browser.page.form(having="words"), words)
    camera.look("cahier-demande")
    browser.go(browser.page.link("nommer/"))
    browser.submit(browser.page.form(having="q"), {"q": "benali"})
    browser.submit(browser.page.form(button="BENALI"), button="BENALI")
    besoin = browser.page.url
    browser.go(browser.page.link("Suivre une démarche"))
    browser.submit(browser.page.form(button="carte d’identité"), button="carte d’identité")
    demarche = browser.page.url
    camera.look("demarche-suivie", whole=True)
    camera.look("demarche-deposer", f"{demarche}deposer/")
    camera.look("relais", f"{besoin}passer/")
    identifier = demarche.rstrip("/").rsplit("/", 1)[1]
    camera.look("dates", f"{site}/echeances/demarche/{identifier}/", whole=True)
    browser.go(demarche)
    browser.go(browser.page.link("BENALI"))
    person = browser.page.url.rstrip("/").rsplit("/", 1)[1]
    camera.look("feuille-visite", f"{site}/personnes/{person}/feuille/", whole=True)
    camera.look(
        "feuille-visite-arabe", f"{site}/personnes/{person}/feuille/?version=ar", whole=True
    )
    camera.look("note", f"{site}/notes/{person}/ecrire/")
    browser.go(f"{site}/lettres/personne/{person}/ecrire/libre/")
    letter = {"objet": "ma demande de carte d’identité", "motif": "Je n’ai pas reçu de réponse."}
    browser.submit(browser.page.form(having="objet"), letter)
    camera.look("lettre", whole=True)


def _person(browser: Browser) -> str:
    import re

    return str(re.findall(r"/personnes/([0-9a-f-]{36})/", browser.page.html)[0])


def main() -> None:
    """Start, look, stop."""
    os.environ["TANDEM_MODE"] = "demo"
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("Chromium manque : apt-get install chromium")
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        demonstration = Demonstration(Installation(Path(folder) / "demo"))
        window = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            demonstration.installation.open()
            demonstration.start()
            demonstration.enrol_people()
            take(demonstration, window.new_context(viewport=SIZE, locale="fr-FR"))  # type: ignore[arg-type]  # a size
        finally:
            window.close()
            demonstration.stop()


if __name__ == "__main__":
    main()
