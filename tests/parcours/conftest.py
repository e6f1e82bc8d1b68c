"""A whole installation, three distinct domains on the loopback, and real browsers.

`tandem.localhost`, `franceconnect.localhost` and `administration.localhost` are three sites for a
browser: SameSite is real. The people are enrolled once, through the pages.
"""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from simulateurs.acts import Signing, Wish
from simulateurs.demo import Demonstration
from simulateurs.installation import PROGRAMS, Installation
from simulateurs.play import accept_charte
from simulateurs.story import Professional
from tests.parcours.acts import give_passkey
from tests.parcours.journey import HEIGHT, Journey, watch

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""

Open = Callable[..., Journey]
Sign = Callable[..., str]


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
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


@pytest.fixture
def journey(demonstration: Demonstration, chromium: Browser) -> Iterator[Open]:
    """Opens a window: `journey("Alice Lenoir", width=320, script=False)`."""
    opened: list[Journey] = []

    def start(who: str = "", *, width: int = 1280, script: bool = True) -> Journey:
        context = chromium.new_context(
            viewport={"width": width, "height": HEIGHT}, java_script_enabled=script, locale="fr-FR"
        )
        context.set_default_timeout(15_000)
        one = Journey(context, context.new_page(), demonstration)
        watch(one)
        if who and script:
            passkey = demonstration.installation.state["people"][who]["passkey"]
            give_passkey(context, one.page, passkey, one.site)
        opened.append(one)
        return one

    yield start
    for one in opened:
        one.context.close()
    for one in opened:
        assert one.third_parties == [], "a third party was called (P-42)"
        assert one.problems == [], "the console of the browser complained (S-46)"


@pytest.fixture(scope="session")
def bob(demonstration: Demonstration) -> Iterator[Professional]:
    """Bob prepares, over HTTP, what others find in their browsers: a key serves one device at a time."""
    bob = demonstration.professional("Bob Garnier")
    bob.log_in()
    accept_charte(bob)
    yield bob
    bob.browser.close()


@pytest.fixture(scope="session")
def signed(bob: Professional) -> Sign:
    """Signs a mandat: `signed("rose", "argent", contact="EMAIL", value="…")` gives back its address."""

    def sign(person: str, *themes: str, **wish: Any) -> str:
        return Signing(bob, Wish(person, themes=themes, **wish), lambda _words: None).run()

    return sign
