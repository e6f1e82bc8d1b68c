"""A whole installation, three distinct domains on the loopback, and real browsers.

`tandem.localhost`, `franceconnect.localhost` and `administration.localhost` are three sites for a
browser: SameSite is real. The people are enrolled once, through the pages.
"""

import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from simulateurs.demo import Demonstration
from simulateurs.installation import PROGRAMS, Installation
from simulateurs.passkey import unb64
from simulateurs.story import PASSWORD

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
PICTURES = Path(__file__).resolve().parents[2] / "test-results"
WIDTHS = (320, 1280)


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory) -> Iterator[Demonstration]:
    """Tandem, its stand-ins and its people."""
    hosts = {name: f"{name}.localhost" for name in PROGRAMS}
    installation = Installation(tmp_path_factory.mktemp("parcours") / "demo", hosts=hosts)
    demonstration = Demonstration(installation)
    try:
        installation.open()
        demonstration.start()
        demonstration.enrol_people()
        yield demonstration
    finally:
        demonstration.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-background-networking", "--disable-sync"],
        )
        yield browser
        browser.close()


@dataclass
class Journey:
    """One person at one screen: pages, gestures counted, accessibility checked on the way."""

    context: BrowserContext
    page: Page
    site: str
    administration: str
    console: str
    third_parties: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    gestures: int = 0
    tandem_ms: float = 0

    def open(self, path: str) -> None:
        """Open an address of Tandem."""
        self.page.goto(f"{self.site}{path}")

    def click(self, words: str, *, role: str = "button", exact: bool = False) -> None:
        """One gesture: a button, or a link."""
        self.gestures += 1
        self.page.get_by_role(role, name=words, exact=exact).first.click()  # type: ignore[arg-type]  # a role's name
        self.page.wait_for_load_state()

    def fill(self, name: str, value: str) -> None:
        """One gesture: a field."""
        self.gestures += 1
        self.page.locator(f"[name={name}]").first.fill(value)

    def tick(self, name: str, value: str) -> None:
        """One gesture: a radio or a checkbox, by its label as a person does."""
        self.gestures += 1
        box = self.page.locator(f"[name={name}][value='{value}']").first
        box.check(force=True)

    def see(self, words: str) -> None:
        """The page says this.

        Raises:
            AssertionError: it does not.
        """
        text = self.page.locator("body").inner_text()
        assert words in text, f"« {words} » is not at {self.page.url}: {text[:600]}"

    def check_accessibility(self, state: str = "") -> None:
        """axe finds nothing, in both themes; nothing overflows."""
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of the two
            found = Axe().run(self.page)
            wrong = [
                f"{one['id']}: {[node['html'][:120] for node in one['nodes'][:2]]}"
                for one in found.response["violations"]
            ]
            assert wrong == [], f"{self.page.url} {state} ({scheme}): {wrong}"
        self.page.emulate_media(color_scheme="light")
        width = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert width <= 0, f"{self.page.url} {state}: {width} px too wide"

    def picture(self, name: str) -> None:
        """A picture to look at, in test-results/."""
        PICTURES.mkdir(exist_ok=True)
        size = self.page.viewport_size or {"width": 0}
        self.page.screenshot(path=PICTURES / f"{name}-{size['width']}.png", full_page=True)


Open = Callable[..., Journey]


@pytest.fixture
def journey(demonstration, chromium) -> Iterator[Open]:
    """Opens a window: `journey("Alice Lenoir", width=320, script=False)`."""
    opened: list[Journey] = []

    def start(
        who: str = "", *, width: int = 1280, script: bool = True, passkey: bool = True
    ) -> Journey:
        installation = demonstration.installation
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=script, locale="fr-FR"
        )
        page = context.new_page()
        one = Journey(
            context, page,
            installation.url("tandem"), installation.url("administration"), installation.url("console"),
        )  # fmt: skip
        watch(one)
        if who and script and passkey:
            give_passkey(context, page, installation.state["people"][who]["passkey"], one.site)
        opened.append(one)
        return one

    yield start
    for one in opened:
        one.context.close()
    for one in opened:
        assert one.third_parties == [], "a third party was called (P-42)"
        assert one.problems == [], "the console of the browser complained (S-46)"


def watch(journey: Journey) -> None:
    """Every request stays at home; every message of the console counts."""
    own = re.compile(r"^(http://[a-z]+\.localhost:\d+/|data:|about:|blob:)")
    journey.page.on(
        "request", lambda r: None if own.match(r.url) else journey.third_parties.append(r.url)
    )

    def complain(message: Any) -> None:
        # A refused form answers 422 and a closed page 403: Chromium says so of each.
        if message.type == "error" and "Failed to load resource" not in message.text:
            journey.problems.append(message.text)

    journey.page.on("console", complain)
    journey.page.on("pageerror", lambda error: journey.problems.append(str(error)))


def give_passkey(context: BrowserContext, page: Page, passkey: dict[str, Any], site: str) -> None:
    """The person's own key, in a virtual authenticator of the browser."""
    import base64

    from cryptography.hazmat.primitives import serialization

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
    key = serialization.load_pem_private_key(passkey["private_pem"].encode(), None)
    der = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    session.send(
        "WebAuthn.addCredential",
        {
            "authenticatorId": made["authenticatorId"],
            "credential": {
                "credentialId": base64.b64encode(unb64(passkey["credential_id"])).decode(),
                "isResidentCredential": True,
                "rpId": re.sub(r"^https?://|:\d+$", "", site),
                "privateKey": base64.b64encode(der).decode(),
                "userHandle": base64.b64encode(unb64(passkey["user_handle"])).decode(),
                # Each window is a new device with the same key: its counter must go on.
                "signCount": int(time.time()),
            },
        },
    )


def code_of(demonstration: Demonstration, who: str) -> str:
    """What this person's application shows now."""
    from simulateurs.story import one_time_code

    return one_time_code(demonstration.installation.state["people"][who]["totp_secret"])


def fresh_code(demonstration: Demonstration, who: str, used: set[str]) -> str:
    """A code that was not used yet: waits for the next 30 seconds if it must."""
    while (code := code_of(demonstration, who)) in used:
        time.sleep(0.5)
    used.add(code)
    return code


def log_in(journey: Journey) -> None:
    """With the passkey."""
    journey.open("/comptes/connexion/")
    journey.click("Utiliser ma clé d’accès")
    journey.page.wait_for_url("**/accueil/")
    if "charte" in journey.page.locator("main").inner_text():
        accept_charte(journey)


def accept_charte(journey: Journey) -> None:
    """The first time."""
    journey.open("/structures/charte/")
    for box in journey.page.locator("main form input[type=checkbox]").all():
        box.check(force=True)
    journey.page.locator("main form button[type=submit]").first.click()
    journey.open("/accueil/")


__all__ = ["PASSWORD", "WIDTHS", "Journey", "Open", "accept_charte", "code_of", "fresh_code", "log_in"]
