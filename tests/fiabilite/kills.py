"""R-01 and R-02: kill -9 of the server and all its processes, inside the requests that sign, stop and release."""

import json
import os
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
from tests.fiabilite.ground import PEOPLE as AIDANTS
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
# So many acts, then one in so many, are left alone.
UNHARMED = 6
# So many drafts wait at most for the death of their request to be forgotten.
DRAFTS = 20
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
        self.deaths = self.logins = self._told_at = 0
        self._end = time.monotonic() + 60 * float(os.environ.get("TRUST_MINUTES", "600"))
        self.stuck = 0
        self.restarts: list[float] = []
        self.team = [place.person(name) for name in AIDANTS]
        for one in self.team:
            self.trap.watch(one.browser)
        self.aidant = self.team[0]
        # The last mandat, while nobody stopped it.
        self.mandats: list[str] = []
        # Drafts cut while they were signed, and when.
        self.cut: list[tuple[float, Professional, str, str]] = []

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
            print(f"   {step}: {failure}", flush=True)
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

    def goes_on(self, wanted: int = 10**6) -> bool:
        """Not enough deaths yet, and time left (TRUST_MINUTES)."""
        done = sum(self.trap.cut.values())
        if done >= self._told_at + 10:
            self._told_at = done
            print(f"   {done} kills inside, {self.deaths} in all", flush=True)
        return done < wanted and time.monotonic() < self._end

    def next(self) -> None:
        """Another aidant: each has so many gestures a minute."""
        self.aidant = self.team[(self.team.index(self.aidant) + 1) % len(self.team)]

    def come_back(self) -> None:
        """Log in again, when the session's new name was lost with an answer (it changes after each gesture)."""
        browser = self.aidant.browser
        if "/comptes/connexion/" in browser.go(f"{self.place.site}/accueil/").url:
            self.logins += 1
            self.aidant.log_in_here()

    def sign(self, person: str) -> None:
        """A mandat, killed while it is signed: a draft that a former death cut, once it is free, or a new one."""
        waits = bool(self.cut) and self.cut[0][0] > time.monotonic()
        if self.cut and (not waits or len(self.cut) >= DRAFTS):
            since, self.aidant, url, person = self.cut.pop(0)
            time.sleep(max(0, since - time.monotonic()))
        else:
            self.next()
            url = f"{self.place.site}/mandats/nouveau/"
        self.come_back()
        walk = _Walk(self.aidant, replace(SIGNED, person=person))
        walk.to_the_signature(url)
        url = self.aidant.browser.page.url
        if "/signe/" in url:
            self._signed(self.aidant.browser.page)
            return
        if len(self.trap.span.get("sign", ())) < UNHARMED or self.random.random() < 1 / UNHARMED:
            # How long it takes when nobody dies: the deaths fall over the whole of it.
            walk.sign()
            self._what_became_of(url, person)
            return
        with self.killed("sign"):
            walk.sign()
        self._what_became_of(url, person)

    def _what_became_of(self, url: str, person: str) -> None:
        """Whether the draft was signed, death or not; else it waits until nobody holds it."""
        page = self.aidant.browser.go(url)
        if "/signature/" in page.url:
            self.cut.append((time.monotonic() + CLAIM_SECONDS, self.aidant, url, person))
        elif "/connexion/" in page.url:
            self.come_back()
            self._what_became_of(url, person)
        else:
            self._signed(page)

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
        self.next()
        self.come_back()
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

    def to_the_signature(self, url: str) -> None:
        """From a draft, or from the page that begins one, every step but the last."""
        self.browser.go(url)
        if url.endswith("/nouveau/"):
            self.browser.submit(self.browser.page.form(button="mandat"))
        for _number in range(20):
            step = self.browser.page.url.rstrip("/").rpartition("/")[2]
            if step in {"signature", "signe"}:
                return
            self.steps[step]()
        raise PageError(self.browser.page.where())


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
        "logged in again": killing.logins,
        "usual time of each (s)": {k: round(median(v), 3) for k, v in trap.span.items()},
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
        while killing.goes_on(wanted):
            killing.sign(PEOPLE[turn % len(PEOPLE)])
            if turn % 4 == 3:
                killing.stop()
            turn += 1
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
            while any(killing.trap.cut.get(step, 0) < each for step in FLOW) and killing.goes_on():
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
