"""The stand-ins on the loopback, with a clock that tests move and a Tandem that tests spoil."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from simulateurs.administration import (
    AdministrationConfig,
    AdministrationSimulator,
    default_services,
)
from simulateurs.browser import Browser
from simulateurs.franceconnect import (
    FranceConnectConfig,
    FranceConnectSimulator,
    Service,
    TandemProvider,
)
from simulateurs.installation import hold_port, number_of
from simulateurs.tests.fake_tandem import CLIENT_ID, CLIENT_SECRET, FakeTandem


@dataclass
class Clock:
    now: float = 1_793_610_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Scene:
    """Everything that listens, and one browser."""

    clock: Clock
    fc: FranceConnectSimulator
    administration: AdministrationSimulator
    tandem: FakeTandem
    browser: Browser

    def service(self, slug: str) -> Service:
        wanted = {one.slug: one.client_id for one in self.administration.config.services}[slug]
        found = self.fc.config.service(wanted)
        assert found
        return found

    def url(self, slug: str) -> str:
        return f"{self.administration.config.base_url}/{slug}/"


def error_code(scene: Scene) -> str:
    """The code of the error page that the browser shows."""
    return next(line for line in scene.browser.page.text.splitlines() if line.startswith("Y"))


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setenv("TANDEM_MODE", "test")
    with ExitStack() as stack:
        ports = [number_of(stack.enter_context(hold_port())) for _ in range(3)]
        yield _play(stack, Clock(), ports)


def _play(stack: ExitStack, clock: Clock, ports: list[int]) -> Scene:
    """Everything starts here, and stops with the stack."""
    fc_url, administration_url, tandem_url = (f"http://127.0.0.1:{port}" for port in ports)
    site = AdministrationConfig(
        administration_url, default_services(), f"{fc_url}/api/v2", now=clock
    )
    config = FranceConnectConfig(
        base_url=fc_url,
        services=site.registrations(),
        tandem=TandemProvider(tandem_url, CLIENT_ID, CLIENT_SECRET),
        now=clock,
    )
    fc, administration = FranceConnectSimulator(config), AdministrationSimulator(site)
    tandem = FakeTandem(tandem_url, clock)
    for serve, port in zip((fc.serve, administration.serve, tandem.serve), ports, strict=True):
        stack.enter_context(serve(port))
    browser = Browser()
    stack.callback(browser.close)
    return Scene(clock, fc, administration, tandem, browser)


Identify = Callable[..., None]


@pytest.fixture
def identify(scene: Scene) -> Identify:
    """Log in at a service as a person of the demonstration."""

    def walk(slug: str = "ville", person: str = "rose") -> None:
        browser = scene.browser
        browser.go(scene.url(slug))
        browser.submit(browser.page.form(button="Se connecter"))
        browser.go(browser.page.link("Identifiants"))
        form = browser.page.form(having="person")
        browser.submit(form, {"person": person})
        browser.submit(browser.page.form(button="Continuer"))

    return walk


@pytest.fixture
def act(scene: Scene) -> Identify:
    """Log in at a service through Tandem."""

    def walk(slug: str = "caf") -> None:
        browser = scene.browser
        browser.go(scene.url(slug))
        browser.submit(browser.page.form(button="Se connecter"))
        browser.submit(browser.page.form(action="/tandem"))

    return walk
