"""A morning at the desk, as an aidant lives it: a help without a name, a need written first, a démarche, the sheet."""

from collections.abc import Callable
from pathlib import Path

from simulateurs.browser import PageError
from simulateurs.story import Professional, expect

WORDS = "Je dois déclarer mes revenus à la CAF, je ne sais pas quelle colonne."


class Desk:
    """One aidant, logged in, in front of people who come."""

    def __init__(self, aidant: Professional, say: Callable[[str], None]) -> None:
        self.aidant = aidant
        self.browser = aidant.browser
        self.say = say

    def run(self, folder: Path) -> None:
        """All of it; the sheet goes to this folder.

        Raises:
            PageError: a page is not the one expected.
        """
        self.help_someone()
        self.write_first()
        self.name("popescu", "POPESCU")
        self.follow("trimestrielle du RSA")
        self.print_sheet(folder / "feuille-d-andrei.pdf")

    def help_someone(self) -> None:
        """Two taps, nobody's name."""
        self.say("  Quelqu'un veut imprimer : deux gestes, aucun nom.")
        self.browser.go(f"{self.aidant.site}/aides/")
        self.browser.submit(self.browser.page.form(button="Imprimer"), button="Imprimer")
        expect(self.browser.page, "Imprimer")

    def write_first(self) -> None:
        """One sentence, from the home."""
        self.say(f"  Andrei arrive. Alice écrit d'abord ce qu'il veut : « {WORDS} »")
        self.browser.go(f"{self.aidant.site}/accueil/")
        self.browser.submit(self.browser.page.form(having="words"), {"words": WORDS})
        expect(self.browser.page, "colonne")

    def name(self, words: str, shown: str) -> None:
        """The name comes after."""
        self.browser.go(self.browser.page.link("nommer/"))
        self.browser.submit(self.browser.page.form(having="q"), {"q": words})
        self.browser.submit(self.browser.page.form(button=shown), button=shown)
        expect(self.browser.page, shown)

    def follow(self, words: str) -> None:
        """A démarche of the catalogue, with its dates and what to bring."""
        self.browser.go(self.browser.page.link("Suivre une démarche"))
        self.browser.submit(self.browser.page.form(button=words), button=words)
        expect(self.browser.page, words)
        self.say(f"  La démarche est suivie : {self.browser.page.url}")

    def print_sheet(self, file: Path) -> None:
        """What he takes home."""
        self.browser.go(self.browser.page.link("POPESCU"))
        self.browser.go(self.browser.page.link("/feuille/"))
        sheet = self.browser.go(self.browser.page.link("/feuille/pdf/"))
        if not sheet.content.startswith(b"%PDF"):
            raise PageError(f"no PDF at {sheet.where()}")
        file.write_bytes(sheet.content)
        self.say(f"  Il repart avec sa feuille : {file} ({len(sheet.content) // 1000} ko)")
