"""The passkey's script in Chromium, with a virtual authenticator; and the pages under axe."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, CDPSession, Page
from pytest_django.live_server_helper import LiveServer

from tandem.comptes import actions, rules
from tandem.comptes.models import Compte, Gesture
from tandem.comptes.tests.conftest import NEW
from tandem.comptes.tests.factories import CompteFactory, recovery_code
from tandem.journal.rules import SYSTEM
from tandem.kernel import clock as real_clock

pytestmark = [pytest.mark.parcours, pytest.mark.django_db(transaction=True)]

AXE = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
WIDER = "() => document.documentElement.scrollWidth > innerWidth"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The browser of the machine."""
    arguments = {"executable_path": "/usr/bin/chromium", "args": ["--no-sandbox"]}
    return {**browser_type_launch_args, **arguments}


@pytest.fixture
def site(live_server: LiveServer, settings: Any) -> str:
    """The whole site on localhost, where Chromium accepts passkeys and `__Host-` cookies."""
    url = str(live_server.url).replace("127.0.0.1", "localhost")
    settings.TANDEM_SITE_URL = url
    settings.ALLOWED_HOSTS = ["localhost"]
    return url


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A browser; an error of a script fails the test."""
    said: list[str] = []
    context = browser.new_context(base_url=site)
    page = context.new_page()
    page.set_default_timeout(5_000)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda m: said.append(m.text) if "Security Policy" in m.text else None)
    yield page
    context.close()
    assert said == []


class Key:
    """A virtual authenticator of Chromium; `verified` is the finger or the PIN."""

    def __init__(self, page: Page) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        added = self._session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self._id = added["authenticatorId"]

    def verified(self, *, yes: bool) -> None:
        self._session.send(
            "WebAuthn.setUserVerified", {"authenticatorId": self._id, "isUserVerified": yes}
        )


def fill_login(page: Page, compte: Compte) -> None:
    page.goto("/comptes/connexion/?next=/comptes/")
    page.fill("[name=email]", compte.email)
    page.fill("[name=password]", NEW)
    page.get_by_role("button", name="Continuer").click()


def check_page(page: Page, name: str) -> None:
    """A-02: axe, and no sideways scroll at 320 px nor at 1280."""
    # A colour on its way to another is no colour to measure.
    page.emulate_media(reduced_motion="reduce")
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        found = Axe().run(page, options=AXE)
        rules_broken = [(v["id"], v["nodes"][0]["html"]) for v in found.response["violations"]]
        assert rules_broken == [], f"{name} at {width}"
        assert not page.evaluate(WIDER), f"{name} at {width}"


def leave(page: Page, *, check: bool = False) -> None:
    page.goto("/comptes/deconnexion/")
    if check:
        check_page(page, "logout")
    page.get_by_role("main").get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/deconnecte/")


def test_a_person_comes_in_for_the_first_time_and_then_by_their_key(page: Page, site: str) -> None:
    """S-08, S-10, S-11: enrolment, login and gesture by passkey, in a real browser."""
    key = Key(page)
    invitation = actions.invite_compte(
        email="zoe@mairie.example",
        given_name="Zoé",
        family_name="Exemple",
        author=SYSTEM,
        at=real_clock.now(),
    )
    page.goto(invitation.link)
    page.fill("[name=password]", NEW)
    page.get_by_role("button", name="Afficher le mot de passe").first.click()
    assert page.locator("[name=password]").get_attribute("type") == "text"
    page.fill("[name=again]", NEW)
    check_page(page, "activation")
    page.get_by_role("button", name="Choisir ce mot de passe").click()
    page.wait_for_url("**/facteurs/")
    check_page(page, "enrol")
    page.goto("/comptes/facteurs/application/")
    check_page(page, "application")

    page.goto("/comptes/facteurs/cle/")
    check_page(page, "passkey")
    page.fill("[name=name]", "Ordinateur du bureau")
    page.get_by_role("button", name="Créer la clé sur cet appareil").click()
    page.wait_for_url("**/secours/")
    check_page(page, "recovery")
    page.get_by_role("button", name="Créer mes codes").click()
    page.wait_for_selector("code")
    assert page.locator("code").count() == rules.RECOVERY_COUNT
    check_page(page, "codes")
    page.get_by_role("button", name="Mes codes sont rangés").click()
    page.wait_for_url(lambda url: "/facteurs/" not in url)
    page.goto("/comptes/")
    check_page(page, "account")

    # The button of the page asks for the key by itself.
    page.goto("/comptes/facteurs/secours/")
    check_page(page, "gesture")
    page.get_by_role("button", name="Créer mes codes").click()
    page.wait_for_selector("code")
    gesture = Gesture.objects.get()
    assert (gesture.method, gesture.used_at is not None) == ("passkey", True)

    leave(page, check=True)
    check_page(page, "logged out")
    page.goto("/comptes/connexion/?next=/comptes/mot-de-passe/")
    check_page(page, "login")
    page.get_by_role("button", name="Utiliser ma clé d’accès").click()
    page.get_by_role("heading", name="Changer de mot de passe").wait_for()
    check_page(page, "password")

    leave(page)
    key.verified(yes=False)
    page.goto("/comptes/connexion/")
    page.get_by_role("button", name="Utiliser ma clé d’accès").click()
    page.get_by_text("n’a pas répondu").wait_for()


def test_a_person_comes_in_by_password_and_key(page: Page, site: str) -> None:
    """S-10: the second factor in a real browser, by the page's own button."""
    Key(page)
    compte = CompteFactory.create()
    compte.set_password(NEW)
    compte.save()
    fill_login(page, compte)
    page.wait_for_url("**/facteurs/")
    page.goto("/comptes/facteurs/cle/")
    page.get_by_role("button", name="Créer la clé sur cet appareil").click()
    page.wait_for_url("**/secours/")
    page.get_by_role("button", name="Créer mes codes").click()
    page.get_by_role("button", name="Mes codes sont rangés").click()
    page.wait_for_url(lambda url: "/facteurs/" not in url)
    leave(page)

    fill_login(page, compte)
    page.wait_for_url("**/connexion/code/")
    check_page(page, "second factor")
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_role("heading", name="Mon compte").wait_for()


def test_someone_enrolled_makes_a_second_key_then_confirms_it(page: Page, site: str) -> None:
    """The key just made waits for the code: nothing is lost by a mistake."""
    compte = CompteFactory.create(with_totp=True, with_codes=2)
    compte.set_password(NEW)
    compte.save()
    Key(page)
    fill_login(page, compte)
    page.wait_for_url("**/connexion/code/")
    page.fill("[name=geste_code]", recovery_code(0))
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_role("heading", name="Mon compte").wait_for()
    page.goto("/comptes/facteurs/cle/")
    page.get_by_role("button", name="Ajouter cette clé").click()
    page.get_by_text("La clé est prête").wait_for()
    page.fill("[name=geste_code]", "faux")
    page.get_by_role("button", name="Ajouter cette clé").click()
    page.get_by_text("n’est pas le bon").first.wait_for()
    page.fill("[name=geste_code]", recovery_code(1))
    page.get_by_role("button", name="Ajouter cette clé").click()
    # The last code was used: others are asked for.
    page.wait_for_url("**/facteurs/secours/")

    compte.refresh_from_db()
    assert compte.has_passkey
