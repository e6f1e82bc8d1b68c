"""The two acts of the main job, as an aidant does them: sign a mandat, connect in the person's name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from simulateurs.browser import PageError
from simulateurs.story import Professional, expect

MAX_STEPS = 25


@dataclass(frozen=True)
class Wish:
    """What a person wants a mandat for."""

    person: str
    themes: Sequence[str] = ()
    demarches: Sequence[str] = ()
    duree: str = ""
    absence: bool = False
    contact: str = "PAPER"
    value: str = ""


@dataclass(frozen=True)
class Connection:
    """What an aidant connects for: whom, which line (words of its title), how, where."""

    family_name: str
    service: str
    line: str = ""
    presence: str = "presence"
    declared: str = ""


class Signing:
    """Walks the wizard from « nouveau mandat » to the page that says it is signed."""

    def __init__(self, aidant: Professional, wish: Wish, say: Callable[[str], None]) -> None:
        self.aidant = aidant
        self.browser = aidant.browser
        self.wish = wish
        self.say = say
        self.steps: dict[str, Callable[[], None]] = {
            "demarches": self.choose,
            "duree": self.choose_duree,
            "facon": self.choose_presence,
            "questions": self.answer,
            "contact": self.give_contact,
            "lecture": self.read,
            "identification": self.identify,
            "identite": self.recognise,
            "signature": self.sign,
        }

    def run(self) -> str:
        """Give back the address of the mandat signed.

        Raises:
            PageError: a page is not the one expected.
        """
        self.browser.go(f"{self.aidant.site}/mandats/nouveau/")
        self.browser.submit(self.browser.page.form(button="mandat"))
        for _number in range(MAX_STEPS):
            path = urlsplit(self.browser.page.url).path
            words = [part for part in path.split("/") if part]
            if words[-1] == "signe":
                expect(self.browser.page, "mandat")
                return self.browser.page.url.removesuffix("signe/")
            step = self.steps.get(words[-1])
            if step is None or self.browser.page.status >= 400:
                raise PageError(f"the wizard stopped at {self.browser.page.where()}")
            step()
        raise PageError(f"the wizard does not end: {self.browser.page.where()}")

    def choose(self) -> None:
        self.say("  Alice choisit avec la personne les démarches.")
        form = self.browser.page.form(having="themes")
        self.browser.submit(form, {"themes": self.wish.themes, "demarches": self.wish.demarches})

    def choose_duree(self) -> None:
        form = self.browser.page.form(having="duree")
        self.browser.submit(form, {"duree": self.wish.duree} if self.wish.duree else {})

    def choose_presence(self) -> None:
        form = self.browser.page.form(having="ways_0")
        names = [name for name in form.choices if name.startswith("ways_")]
        ways = ["telephone", "absence"] if self.wish.absence else []
        self.browser.submit(form, dict.fromkeys(names, ways) if ways else {})

    def answer(self) -> None:
        form = self.browser.page.form(having="protected")
        self.browser.submit(form, {"protected": "none", "alone": form.choices["alone"][0]})

    def give_contact(self) -> None:
        form = self.browser.page.form(having="contact_kind")
        kinds = {value.lower(): value for value in form.choices["contact_kind"]}
        values = {"contact_kind": kinds[self.wish.contact.lower()]}
        if self.wish.value:
            holders = {value.lower(): value for value in form.choices["contact_holder"]}
            values |= {"contact_value": self.wish.value, "contact_holder": holders["person"]}
        self.browser.submit(form, values)

    def read(self) -> None:
        self.say("  Elles lisent le texte, et s'assurent de trois points.")
        form = self.browser.page.form(having="reader")
        points = {name: form.choices[name][0] for name in form.choices if name.startswith("point_")}
        self.browser.submit(form, {"reader": form.choices["reader"][0], **points})

    def identify(self) -> None:
        self.say("  La personne s'identifie elle-même avec FranceConnect, dans le même navigateur.")
        browser = self.browser
        browser.submit(browser.page.form(button="FranceConnect"))
        browser.go(browser.page.link("demonstration"))
        browser.submit(browser.page.form(having="person"), {"person": self.wish.person})
        browser.submit(browser.page.form(button="Continuer vers"))

    def recognise(self) -> None:
        self.say("  FranceConnect est refermé tout de suite ; la personne reconnaît son identité.")
        form = self.browser.page.form(having="confirmer")
        self.browser.submit(form, button="Oui")

    def sign(self) -> None:
        self.say("  Alice relit, et signe par un geste (clé d'accès).")
        form = self.browser.page.form(having="geste_credential")
        self.browser.submit(form, self.aidant.gesture(form))


class Connecting:
    """From the administration's site to the administration's site, through FranceConnect and Tandem."""

    def __init__(self, aidant: Professional, wish: Connection, administration: str) -> None:
        self.aidant = aidant
        self.browser = aidant.browser
        self.wish = wish
        self.administration = administration

    def leave(self) -> None:
        """The administration's site, its FranceConnect button, then Tandem."""
        browser = self.browser
        browser.go(f"{self.administration}/{self.wish.service}/")
        if any(
            text == "Se déconnecter" for form in browser.page.forms for *_, text in form.buttons
        ):
            # The session of a former visit, FranceConnect's own included (its 30 minutes).
            browser.submit(browser.page.form(button="Se déconnecter"))
            browser.go(f"{self.administration}/{self.wish.service}/")
        browser.submit(browser.page.form(button="Se connecter"))
        browser.submit(browser.page.form(button="Tandem"))
        if "/comptes/connexion/" in browser.page.url:
            self.aidant.log_in_here()

    def choose_usager(self) -> None:
        """By the search."""
        browser = self.browser
        browser.submit(browser.page.form(having="q"), {"q": self.wish.family_name})
        browser.submit(browser.page.form(having="usager"))

    def choose_line(self) -> None:
        """The line of the mandat, where the person is, and which site."""
        browser = self.browser
        form = browser.page.form(having="autorisation")
        values = {
            "presence": self.wish.presence,
            "service_declared": self.wish.declared or "caf.fr",
        }
        if "autorisation" not in form.fields:
            values["autorisation"] = form.choices["autorisation"][0]
        if self.wish.presence == "absence":
            values["absence_reason"] = next(v for v in form.choices["absence_reason"] if v)
        browser.submit(form, values)

    def confirm(self) -> None:
        """The gesture; then FranceConnect's own page, and the administration."""
        browser = self.browser
        form = browser.page.form(having="geste_credential")
        browser.submit(form, self.aidant.gesture(form))
        browser.submit(browser.page.form(button="Continuer vers"))

    def run(self) -> None:
        """All of it.

        Raises:
            PageError: a page is not the one expected.
        """
        self.leave()
        self.choose_usager()
        self.choose_line()
        self.confirm()
