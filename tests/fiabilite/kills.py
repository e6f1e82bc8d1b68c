"""R-01 and R-02: kill -9 of the server and all its processes, inside the requests that sign, stop and release."""

import json
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from statistics import median

import httpx

from simulateurs.acts import Connecting, Connection, Signing, Wish
from simulateurs.browser import Page, PageError
from simulateurs.story import Professional
from tests.fiabilite.ground import Ground, ground, silent
from tests.fiabilite.report import Outcome, size_of
from tests.fiabilite.traps import Trap

PEOPLE = ("rose", "andrei", "lucien", "camille", "amina")
SIGNED = Wish(
    "", themes=("social", "argent"), duree="mois", contact="EMAIL", value="x@mail.example"
)
FLOW = ("authorize", "choose", "line", "confirm", "token", "userinfo")
TRANSACTION = re.compile(r"/oidc/connexion/([0-9a-f-]{36})/")
# A request killed a little after its usual time has often been answered: both sides of the commit are wanted.
LATEST = 1.15
RESTART_SECONDS = 5
STUCK = 5
# What the negative control must find.
ENOUGH = 3
# On each of the two databases: 300 in all.
KILLS = 150
# How long a dead request keeps the draft that it was signing (tandem/signature/actions/sign.py).
CLAIM_SECONDS = 32


class Killing:
    """One server killed again and again, one aidant who goes on working, and what they were told."""

    def __init__(self, place: Ground, seed: int) -> None:
        self.place = place
        self.random = random.Random(seed)  # noqa: S311 - replayed, not secret
        self.trap = Trap(place.kill_server)
        self.told = place.folder / "told.jsonl"
        self.told.touch()
        self.deaths = 0
        self.stuck = 0
        self.restarts: list[float] = []
        self.aidant = place.person()
        self.trap.watch(self.aidant.browser)
        # The last mandat, while nobody stopped it.
        self.mandats: list[str] = []
        # Drafts cut while they were signed, and when.
        self.cut: list[tuple[float, str]] = []

    def say(self, kind: str, key: str) -> None:
        """The client was told that this is done."""
        with self.told.open("a") as file:
            file.write(json.dumps({"kind": kind, "key": key}) + "\n")

    @contextmanager
    def killed(self, step: str) -> Iterator[None]:
        """The act of the block is killed in this step; the server is back after it."""
        self.trap.arm(step, self.random.uniform(0, LATEST))
        failure: PageError | None = None
        try:
            yield
        except httpx.TransportError:
            pass
        except PageError as error:
            failure = error
        if self.trap.sprung():
            self.stuck = 0
            self._restart()
        elif failure:
            # Something left by a former death keeps the act from its step: once is a retry, five times a defect.
            self.stuck += 1
            if self.stuck == STUCK:
                raise failure

    def _restart(self) -> None:
        """As an operator does, once in ten; else quickly."""
        self.deaths += 1
        if self.deaths % 10 == 1:
            self.restarts.append(self.place.serve())
        else:
            self.place.serve_fast()

    # --- signing and stopping -----------------------------------------------------------------

    def sign(self, person: str) -> None:
        """A mandat, killed while it is signed; the aidant opens the same draft again later, and ends it."""
        walk = _Walk(self.aidant, replace(SIGNED, person=person))
        walk.to_the_signature()
        url = self.aidant.browser.page.url
        signed = False
        with self.killed("sign"):
            walk.sign()
            self._signed(self.aidant.browser.page)
            signed = True
        if not signed:
            self.cut.append((time.monotonic(), url))
        self.end_what_was_cut(after=CLAIM_SECONDS)

    def end_what_was_cut(self, *, after: float) -> None:
        """The drafts whose signature was cut, once nobody holds them any more: signed already, or now."""
        while self.cut and self.cut[0][0] < time.monotonic() - after:
            _since, url = self.cut.pop(0)
            browser = self.aidant.browser
            page = browser.go(url)
            if "/signature/" in page.url:
                _Walk(self.aidant, SIGNED).sign()
            self._signed(self._of_draft(url))

    def _of_draft(self, url: str) -> Page:
        """The page of the mandat that a draft gave: it leads there."""
        page = self.aidant.browser.page
        return page if "/signe/" in page.url else self.aidant.browser.go(url)

    def _signed(self, page: Page) -> None:
        found = re.search(r"/mandats/([0-9a-f-]{36})/signe/", page.url)
        if found is None or page.status != 200:
            raise PageError(page.where())
        self.say("signed", found[1])
        self.mandats = [found[1]]

    def stop(self) -> None:
        """The last mandat, killed while it is stopped; then sent again, as a browser does."""
        if not self.mandats:
            return
        key = self.mandats.pop()
        browser = self.aidant.browser
        form = browser.go(f"{self.place.site}/mandats/{key}/arreter/").form(button="Arrêter")
        page = browser.page
        for again in (False, True):
            browser.page = page
            if again:
                browser.submit(form)
            else:
                with self.killed("stop"):
                    browser.submit(form)
            if browser.page is not page and browser.page.status == 200:
                self.say("stopped", key)
                return

    # --- an identity --------------------------------------------------------------------------

    def connect(self, step: str) -> None:
        """A whole connexion for Rose, killed in one step; then once more, to the end, from the beginning."""
        flow = _Flow(self.aidant, self.place.installation.url("administration"))
        with self.killed(step):
            self._whole(flow)
        page = flow.last
        if step in {"choose", "line", "confirm"} and page is not None:
            # The browser sends again what it had sent: at most the same thing happens.
            self.aidant.browser.page = page
            with suppress(httpx.TransportError, PageError):
                flow.resend()

    def _whole(self, flow: "_Flow") -> None:
        flow.run()
        if "MARTIN" in self.aidant.browser.page.text:
            self.say("released", flow.transaction)


class _Walk(Signing):
    """The wizard, up to the page that signs."""

    def __init__(self, aidant: Professional, wish: Wish) -> None:
        super().__init__(aidant, wish, silent)

    def to_the_signature(self) -> None:
        """Every step but the last."""
        self.steps["signature"] = self._stand_still
        self.browser.go(f"{self.aidant.site}/mandats/nouveau/")
        self.browser.submit(self.browser.page.form(button="mandat"))
        for _number in range(20):
            step = self.browser.page.url.rstrip("/").rpartition("/")[2]
            if step == "signature":
                return
            self.steps[step]()
        raise PageError(self.browser.page.where())

    def _stand_still(self) -> None:
        raise AssertionError("the loop stops before")


class _Flow(Connecting):
    """A connexion that remembers the last page it left, and the transaction."""

    def __init__(self, aidant: Professional, administration: str) -> None:
        super().__init__(aidant, Connection("martin", service="caf"), administration)
        self.last: Page | None = None
        self.transaction = ""
        self._act: Callable[[], None] = silent_act

    def run(self) -> None:
        self._act = silent_act
        self.leave()
        found = TRANSACTION.search(self.browser.page.url)
        if found is None:
            raise PageError(self.browser.page.where())
        self.transaction = found[1]
        for act in (self.choose_usager, self.choose_line, self.confirm):
            self.last, self._act = self.browser.page, act
            act()

    def resend(self) -> None:
        """The last act again, from the page it left."""
        self._act()


def silent_act() -> None:
    """Nothing was begun."""


def _judge(killing: Killing, outcome: Outcome, seed: int, *, at_least: int) -> None:
    """Figures and failures of one campaign."""
    trap = killing.trap
    found = killing.place.violations(killing.told)
    outcome.figures |= {
        "seed": seed,
        "kills inside a request": sum(trap.cut.values()),
        "by step": trap.cut,
        "kills just after the answer": sum(trap.late.values()),
        "acknowledged": len(killing.told.read_text().splitlines()),
        "violations": len(found),
    }
    if killing.restarts:
        outcome.figures["restart, median (s)"] = round(median(killing.restarts), 2)
        outcome.figures["restart, longest (s)"] = round(max(killing.restarts), 2)
    outcome.expect(sum(trap.cut.values()) >= at_least, f"fewer than {at_least} kills inside")
    outcome.failures += found[:20]


def r01(on: str) -> Outcome:
    """Killed while a mandat is signed or stopped: whole or absent, and never lost once said (I1–I8)."""
    outcome, seed, wanted = Outcome("R-01", on), *size_of(KILLS)
    with ground(on) as place:
        place.serve()
        killing = Killing(place, seed)
        turn = 0
        while sum(killing.trap.cut.values()) < wanted:
            killing.sign(PEOPLE[turn % len(PEOPLE)])
            if turn % 4 == 3:
                killing.stop()
            turn += 1
        if killing.cut:
            time.sleep(CLAIM_SECONDS)
        killing.end_what_was_cut(after=0)
        _judge(killing, outcome, seed, at_least=wanted)
        outcome.expect(median(killing.restarts) <= RESTART_SECONDS, "restart over 5 s")
        # At rest, everything said is also sent.
        place.work()
        outcome.expect(_at_rest(place, killing.told), "messages wait still")
    return outcome


def _at_rest(place: Ground, told: Path) -> bool:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        if not place.violations(told, at_rest=True):
            return True
        time.sleep(1)
    return False


def r02(on: str) -> Outcome:
    """Killed in each step of an identity: never released twice, never without its line (I4–I6)."""
    outcome, seed, wanted = Outcome("R-02", on), *size_of(KILLS)
    with ground(on) as place:
        place.serve()
        killing = Killing(place, seed)
        give_back = killing.trap.watch_franceconnect()
        try:
            each = -(-wanted // len(FLOW))
            while any(killing.trap.cut.get(step, 0) < each for step in FLOW):
                step = min(FLOW, key=lambda one: killing.trap.cut.get(one, 0))
                killing.connect(step)
        finally:
            give_back()
        _judge(killing, outcome, seed, at_least=wanted)
        least = min(killing.trap.cut[step] for step in FLOW)
        outcome.expect(least >= each, f"a step hit fewer than {each} times")
    return outcome


def r01_without_transaction(on: str) -> Outcome:
    """The control: each write acknowledged by itself, the same kills must leave at least three violations."""
    outcome, seed, wanted = Outcome("R-01 témoin", on), *size_of(KILLS, share=0.4)
    with ground(on, {"TANDEM_BROKEN": "transaction"}) as place:
        place.serve_fast()
        killing = Killing(place, seed)
        killing.deaths = 1
        turn = 0
        while sum(killing.trap.cut.values()) < wanted and len(place.violations()) < ENOUGH:
            try:
                killing.sign(PEOPLE[turn % len(PEOPLE)])
            except PageError:
                # Half a mandat may be in the way of the next one.
                killing.aidant.browser.go(f"{place.site}/accueil/")
            turn += 1
        _judge(killing, outcome, seed, at_least=1)
    found = outcome.figures["violations"]
    outcome.failures = (
        [] if found >= ENOUGH else [f"{found} violations only: the checker sees nothing"]
    )
    return outcome
