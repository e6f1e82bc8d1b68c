"""What people do, from page to page: log in, sign, connect, stop."""

import base64
import itertools
import re
import sqlite3
import time
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import serialization
from playwright.sync_api import BrowserContext, CDPSession, Page

from simulateurs.console import STEP_SECONDS, one_time_code, read_messages
from simulateurs.passkey import unb64
from tests.parcours.journey import Journey

WAIT_SECONDS = 15
TYPING_SECONDS = 5
# Each window is a new device with the same key: its counter goes on, however fast the windows follow one another.
_WINDOWS = itertools.count(1)
USES_IN_A_WINDOW = 1_000


def give_authenticator(context: BrowserContext, page: Page) -> tuple[CDPSession, str]:
    """A device that can hold passkeys, and whose owner is there."""
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                "hasUserVerification": True, "isUserVerified": True,
            }
        },
    )  # fmt: skip
    return session, str(made["authenticatorId"])


def give_passkey(context: BrowserContext, page: Page, passkey: dict[str, Any], site: str) -> None:
    """The person's own key, in a virtual authenticator of the browser."""
    session, authenticator = give_authenticator(context, page)
    key = serialization.load_pem_private_key(passkey["private_pem"].encode(), None)
    der = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    session.send(
        "WebAuthn.addCredential",
        {
            "authenticatorId": authenticator,
            "credential": {
                "credentialId": base64.b64encode(unb64(passkey["credential_id"])).decode(),
                "isResidentCredential": True,
                "rpId": re.sub(r"^https?://|:\d+$", "", site),
                "privateKey": base64.b64encode(der).decode(),
                "userHandle": base64.b64encode(unb64(passkey["user_handle"])).decode(),
                "signCount": next(_WINDOWS) * USES_IN_A_WINDOW,
            },
        },
    )


@dataclass
class OneTimeCodes:
    """The person's application: a code opens one thing, so the next act waits for the next code."""

    secret: str
    last_step: int

    def next(self) -> str:
        """A code never used, waiting for it when need be; with the time to type it before it changes."""
        now = time.time()
        step = max(self.last_step + 1, int(now + TYPING_SECONDS) // STEP_SECONDS)
        time.sleep(max(0.0, step * STEP_SECONDS - now + 0.2))
        self.last_step = step
        return one_time_code(self.secret, step * STEP_SECONDS)


def codes_of(journey: Journey, who: str) -> OneTimeCodes:
    """What this person's application shows."""
    installation = journey.demonstration.installation
    person = installation.state["people"][who]
    with sqlite3.connect(installation.folder / "tandem.sqlite3") as rows:
        query = "select totp_last_step from comptes_compte where given_name = ?"
        [last] = rows.execute(query, [who.split(maxsplit=1)[0]]).fetchone()
    return OneTimeCodes(person["totp_secret"], last)


def log_in(journey: Journey) -> None:
    """With the passkey; the first time, the charte is accepted on the way."""
    journey.open("/comptes/connexion/")
    journey.click("Utiliser ma clé d’accès")
    journey.touch()
    journey.arrive("/accueil/")
    if "Lire la charte" in journey.text():
        accept_charte(journey)


def accept_charte(journey: Journey) -> None:
    """By one's own name."""
    journey.follow("Lire la charte")
    for box in journey.page.locator("main form input[type=checkbox]").all():
        journey.page.locator(f"label[for='{box.get_attribute('id')}']").click()
    journey.click("Accepter la charte")
    journey.open("/accueil/")


@dataclass(frozen=True)
class Wish:
    """What a mandat is for."""

    person: str
    theme: str
    absence: bool = False
    contact: str = "paper"
    value: str = ""


class Wizard:
    """The wizard, page after page, as a practised aidant goes through it. `step` is called on each page."""

    def __init__(self, journey: Journey, wish: Wish) -> None:
        self.journey = journey
        self.wish = wish

    def step(self, name: str) -> None:
        """Arrive on this page."""
        self.journey.arrive(f"/{name}/")

    def until_identification(self, last: str = "identification") -> None:
        """From the first page to the one that leaves for FranceConnect; in a sandbox, to the one instead of it."""
        journey, wish = self.journey, self.wish
        journey.open("/mandats/nouveau/")
        self.step("nouveau")
        journey.click("Commencer un mandat")
        self.step("demarches")
        journey.tick("themes", wish.theme)
        journey.click("Continuer")
        self.step("duree")
        journey.click("Continuer")
        self.step("facon")
        if wish.absence:
            journey.tick("ways_0", "absence")
        journey.click("Continuer")
        self.step("questions")
        journey.tick("protected", "none")
        journey.tick("alone", "alone")
        journey.click("Continuer")
        self.step("contact")
        journey.tick("contact_kind", wish.contact)
        if wish.value:
            journey.fill("contact_value", wish.value)
            journey.tick("contact_holder", "person")
        journey.click("Continuer")
        self.step("lecture")
        journey.read("#texte", as_the_person=True)
        journey.tick("reader", "person")
        for point in ("who", "until", "stop"):
            journey.effort.spoken += 1
            journey.tick(f"point_{point}", "understood")
        journey.click("C’est lu et compris")
        self.step(last)

    def until_signature(self) -> None:
        """To the page where the gesture signs."""
        self.until_identification()
        self.journey.click("S’identifier avec FranceConnect")
        identify(self.journey, self.wish.person)
        self.step("identite")
        self.journey.read()
        self.journey.click("Oui, c’est bien cette personne")
        self.step("signature")
        self.journey.read()

    def sign(self) -> None:
        """All of it: the button asks for the passkey."""
        self.until_signature()
        self.journey.click("Signer le mandat")
        self.journey.touch()
        self.step("signe")


def identify(journey: Journey, person: str) -> None:
    """What the person does themselves, at FranceConnect: not a gesture of the aidant."""
    page = journey.page
    page.get_by_role("link", name="Identifiants de démonstration").click()
    page.locator(f"button[name=person][value={person}]").click()
    page.get_by_role("button", name="Continuer vers").click()


def leave_for(journey: Journey, service: str) -> None:
    """From the administration's site to Tandem: its FranceConnect button, then « Tandem »."""
    journey.open(f"{journey.administration}/{service}/")
    journey.page.get_by_role("button", name="Se connecter").click()
    journey.click("Tandem")
    journey.arrive("/personne/")


def choose_recent(journey: Journey, name: str) -> None:
    """The person is among those lately met: one gesture."""
    journey.click(name)
    journey.arrive("/demarche/")


def choose_by_search(journey: Journey, name: str) -> None:
    """Or found by name."""
    journey.fill("q", name)
    journey.click("Chercher")
    journey.press("form:has(input[name=usager]) button[type=submit]")
    journey.arrive("/demarche/")


def say_where(journey: Journey, presence: str, declared: str = "") -> None:
    """Where the person is, on which site; the only line of the mandat is chosen already."""
    journey.tick("presence", presence)
    if declared:
        journey.fill("service_declared", declared)
    journey.click("Continuer")
    journey.arrive("/confirmer/")
    journey.read()


def confirm(journey: Journey) -> None:
    """One gesture for the button, which asks for the passkey; one for the finger on the device."""
    journey.click("Se connecter pour")
    confirmed(journey)


def confirmed(journey: Journey, *, touch: bool = True) -> None:
    """FranceConnect has the identity, and says that an aidant brought it."""
    if touch:
        journey.touch()
    journey.arrive("/api/v2/**")
    journey.see("Continuer vers")
    journey.see("un aidant, par Tandem")


def arrive_at(journey: Journey, service: str) -> None:
    """FranceConnect shows who was recognised; then the administration."""
    journey.page.get_by_role("button", name="Continuer vers").click()
    journey.arrive(f"/{service}/")


def log_out_of_service(journey: Journey) -> None:
    """The administration's session, then FranceConnect's."""
    journey.page.get_by_role("button", name="Se déconnecter").click()
    journey.page.wait_for_url(f"{journey.administration}/**")


def message_for(journey: Journey, to: str, words: str = "") -> str:
    """The last message to this address that holds these words; the worker sends it within seconds.

    Raises:
        AssertionError: none came.
    """
    folder = journey.demonstration.installation.folder / "messages"
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        for message in read_messages(folder):
            if to in message.to and words in message.body:
                return message.body
        time.sleep(0.1)
    raise AssertionError(f"no message for {to} with « {words} »")


def code_for(journey: Journey, to: str, known: frozenset[str] = frozenset()) -> str:
    """The six digits sent to this address, other than those already known."""
    folder = journey.demonstration.installation.folder / "messages"
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        for message in read_messages(folder):
            found = re.search(r"\b\d{6}\b", message.body.replace("\u202f", ""))
            if to in message.to and found and found[0] not in known:
                return found[0]
        time.sleep(0.1)
    raise AssertionError(f"no code for {to}: {journey.text()[:1500]}")


def end_accompagnements(journey: Journey) -> None:
    """Whatever was left open is ended, as the home asks: it shows the oldest first."""
    journey.open("/accueil/")
    while journey.page.get_by_role("link", name="Terminer l’accompagnement").count():
        journey.follow("Terminer l’accompagnement")
        journey.click("C’est fait, je suis déconnecté")
        journey.open("/accueil/")
