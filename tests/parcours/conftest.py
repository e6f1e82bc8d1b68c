"""A whole installation, three distinct domains on the loopback, and real browsers.

`tandem.localhost`, `franceconnect.localhost` and `administration.localhost` are three sites for a
browser: SameSite is real. The people are enrolled once, through the pages.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from simulateurs.acts import Signing, Wish
from simulateurs.demo import Demonstration
from simulateurs.installation import PROGRAMS, Installation
from simulateurs.play import accept_charte
from simulateurs.story import Professional
from tests.parcours import atlas, costs
from tests.parcours.acts import give_passkey
from tests.parcours.journey import HEIGHT, Journey, watch

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""

Open = Callable[..., Journey]
Sign = Callable[..., str]


class Meter:
    """What one act cost; said at the end of the run."""

    def __init__(self, journey: Journey, act: str, keep: list[tuple[str, object]]) -> None:
        self.journey = journey
        self.act = act
        self.keep = keep
        self.before = journey.effort_so_far()

    def stop(self) -> costs.Effort:
        """It is done: keep what it cost, and give it back."""
        effort = self.journey.effort.since(self.before)
        self.keep.append(("cost", [self.act, costs.packed(effort)]))
        return effort


Measure = Callable[[Journey, str], Meter]


@pytest.fixture
def measure(request: pytest.FixtureRequest) -> Measure:
    """Starts to count: `measure(alice, "sign, 320 px").stop()`."""
    return lambda journey, act: Meter(journey, act, request.node.user_properties)


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


def _forget_tries(demonstration: Demonstration) -> None:
    with closing(
        sqlite3.connect(demonstration.installation.folder / "tandem.sqlite3", timeout=30)
    ) as rows:
        rows.execute("delete from kernel_limitcounter")
        rows.commit()


@pytest.fixture
def journey(
    demonstration: Demonstration, chromium: Browser, request: pytest.FixtureRequest
) -> Iterator[Open]:
    """Opens a window: `journey("Alice Lenoir", width=320, script=False)`."""
    opened: list[Journey] = []

    # Journeys follow one another faster than people do: each begins with tries of its own (S-16).
    _forget_tries(demonstration)

    def start(who: str = "", *, width: int = 1280, script: bool = True) -> Journey:
        context = chromium.new_context(
            viewport={"width": width, "height": HEIGHT}, java_script_enabled=script, locale="fr-FR"
        )
        context.set_default_timeout(15_000)
        one = Journey(context, context.new_page(), demonstration)
        one.is_strict = request.node.module.__name__.endswith("test_walk")
        watch(one)
        if who and script:
            passkey = demonstration.installation.state["people"][who]["passkey"]
            give_passkey(context, one.page, passkey, one.site)
        opened.append(one)
        return one

    yield start
    for one in opened:
        one.context.close()
        request.node.user_properties.append(("seen", one.seen.packed()))
        request.node.user_properties += [("finding", line) for line in one.findings]
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


class Account:
    """What the whole run saw and cost, gathered from every process; said, and held to, at its end."""

    def __init__(self, *, whole: bool) -> None:
        self.whole = whole
        self.costs: list[tuple[str, costs.Effort]] = []
        self.seen = atlas.Seen()
        self.missing: list[str] = []
        self.findings: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """The properties of a test come with its last report."""
        if report.when != "teardown":
            return
        for name, value in report.user_properties:
            if name == "cost":
                act, effort = value  # type: ignore[misc]  # as Meter.stop packs it
                self.costs.append((act, costs.Effort(**effort)))  # type: ignore[has-type]
            elif name == "finding":
                self.findings.append(str(value))
            elif name == "seen":
                self.seen.add(atlas.Seen(**{key: set(of) for key, of in value.items()}))  # type: ignore[attr-defined]  # as Seen.packed

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A-02: after a whole run, a page that axe did not see fails it."""
        if self.whole and session.testsfailed == 0:
            self.missing = self.seen.missing()
            if self.missing:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Gestures and Tandem's own time, journey by journey; then what axe has not seen."""
        if self.costs:
            terminalreporter.section("journeys: gestures and time")
            for line in costs.table(self.costs):
                terminalreporter.write_line(line)
        if self.whole:
            terminalreporter.write_line(
                f"axe saw {len(self.seen.routes)} pages, {len(self.seen.refused)} of them refusing a form,"
                " at 320 and 1280 px, light and dark"
            )
        for line in self.findings:
            terminalreporter.write_line(f"RGAA: {line}", yellow=True)
        for line in self.missing:
            terminalreporter.write_line(line, red=True)


def pytest_configure(config: pytest.Config) -> None:
    """One account, in the process that speaks."""
    if hasattr(config, "workerinput"):
        return
    chosen = config.option.keyword or config.option.markexpr
    everything = Path(__file__).parent in [Path(one).resolve() for one in config.args]
    config.pluginmanager.register(Account(whole=everything and not chosen), "parcours-account")
