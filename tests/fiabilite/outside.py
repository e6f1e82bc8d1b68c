"""R-17: FranceConnect silent, broken, with other keys; the draft waits, the page answers, the circuit opens."""

import inspect
import time
from collections.abc import Callable, Iterable

import httpx

from simulateurs.acts import Signing, Wish
from simulateurs.browser import PageError
from simulateurs.story import Professional
from tests.fiabilite.ground import PEOPLE, Ground, ground, silent
from tests.fiabilite.report import Outcome

RETURN = "/mandats/franceconnect/retour/"
FAILURES = 5
# How long the circuit stays open (tandem/oidc_client/circuit.py).
OPEN_SECONDS = 30
Wsgi = Callable[..., Iterable[bytes]]


class Moody:
    """FranceConnect's own address, with what it does to the calls of Tandem once the browser is on its way back."""

    def __init__(self, place: Ground) -> None:
        self.mood = "ok"
        self.wanted = "ok"
        self._server = place.demonstration._running[0]._server
        self.real: Wsgi = self._server.get_app()  # type: ignore[assignment]  # served since it began
        self.signer = inspect.getclosurevars(self.real).nonlocals["app"].signer
        self._server.set_app(self._answer)

    def _answer(self, environ: dict[str, object], start: Callable[..., object]) -> Iterable[bytes]:
        if self.mood == "silent":
            time.sleep(20)
        if self.mood == "garbage":
            start("200 OK", [("Content-Type", "application/json")])
            return [b"{not json"]
        return self.real(environ, start)

    def leaves(self, request: httpx.Request) -> None:
        """The mood begins when the browser, sent back, asks Tandem for its page."""
        if request.url.path == RETURN:
            self.mood = self.wanted

    def watch(self, aidant: Professional) -> None:
        """The way back of this browser counts."""
        aidant.browser._client.event_hooks = {"request": [self.leaves]}


class Identifying(Signing):
    """A draft until its identification, and as many times as one wants."""

    def __init__(self, aidant: Professional, moody: Moody) -> None:
        super().__init__(aidant, Wish("lucien", themes=("social",), duree="mois"), silent)
        self.moody = moody
        self.draft = ""
        self.steps["identification"] = self._stop

    def prepare(self) -> None:
        """Up to the identification."""
        try:
            self.run()
        except _HereError:
            self.draft = self.browser.page.url

    def _stop(self) -> None:
        raise _HereError

    def come_back(self, mood: str) -> tuple[float, int]:
        """Identify, and come back while FranceConnect is in this mood: how long, and the status."""
        self.moody.mood, self.moody.wanted = "ok", mood
        self.browser.go(self.draft)
        start = time.monotonic()
        page = self.browser.submit(self.browser.page.form(button="FranceConnect"))
        if "/api/v2/" in page.url:
            try:
                self.browser.go(page.link("demonstration"))
                self.browser.submit(self.browser.page.form(having="person"), {"person": "lucien"})
            except PageError:
                # FranceConnect remembers the person for half an hour.
                self.browser.page = page
            start = time.monotonic()
            page = self.browser.submit(self.browser.page.form(button="Continuer vers"))
        spent = time.monotonic() - start
        self.moody.mood = "ok"
        return spent, page.status


class _HereError(Exception):
    """The wizard is where it was wanted."""


def r17(on: str) -> Outcome:
    """Silent: each page is answered, the fifth failure opens the circuit, the draft is signed when it comes back."""
    outcome = Outcome("R-17", on)
    with ground(on) as place:
        place.serve()
        moody = Moody(place)
        alice = place.person()
        moody.watch(alice)
        walk = Identifying(alice, moody)
        walk.prepare()
        silent_ones = [walk.come_back("silent") for _number in range(FAILURES)]
        opened = [walk.come_back("silent") for _number in range(3)]
        offers_paper = "papier" in alice.browser.go(walk.draft).text
        time.sleep(OPEN_SECONDS)
        _spent, back = walk.come_back("ok")
        kept = "/identite/" in alice.browser.page.url
        outcome.figures |= {
            "silent, longest (s)": round(max(spent for spent, _s in silent_ones), 1),
            "circuit open, longest (s)": round(max(spent for spent, _s in opened), 2),
            "statuses": [status for _s, status in (*silent_ones, *opened)],
            "the same draft, 30 s after its return": back,
            "paper offered": offers_paper,
        }
        outcome.expect(max(spent for spent, _s in silent_ones) <= 9, "a page waited over 9 s")
        outcome.expect(max(spent for spent, _s in opened) <= 1.5, "the circuit does not open")
        outcome.expect(
            all(status in {502, 503} for _s, status in (*silent_ones, *opened)), "another status"
        )
        outcome.expect(kept and back == 200, "the draft was lost")
        outcome.expect(offers_paper, "no way by paper")
        _keys(place, moody, outcome)
        outcome.failures += place.violations()[:20]
    return outcome


def _keys(place: Ground, moody: Moody, outcome: Outcome) -> None:
    """Garbage is refused; other keys are taken as they are published, without a restart."""
    bob = place.person(PEOPLE[1])
    moody.watch(bob)
    walk = Identifying(bob, moody)
    walk.prepare()
    _spent, garbage = walk.come_back("garbage")
    outcome.figures["answers that are garbage"] = garbage
    outcome.expect(garbage in {409, 502, 503}, "garbage was taken")
    moody.signer.rotate()
    moody.signer.rotate()
    spent, status = walk.come_back("ok")
    taken = "/identite/" in bob.browser.page.url
    outcome.figures["two new keys, the first page after (s)"] = round(spent, 1)
    outcome.expect(taken, f"new keys are not taken: {status}")
