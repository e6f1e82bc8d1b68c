"""R-18: the clock of the server jumps, forward, far, and back, while people work (libfaketime)."""

import time
from pathlib import Path

import httpx

from simulateurs.acts import Connecting, Connection
from simulateurs.browser import PageError
from simulateurs.story import Professional
from tests.fiabilite.ground import Ground, ground
from tests.fiabilite.invariants import Database
from tests.fiabilite.outages import help_someone
from tests.fiabilite.report import Outcome

LIBRARIES = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
)
# Rose's mandat lasts a year.
TOO_LATE = "+400d"

EXPECTED = {
    "in time": "released",
    "in the middle, +1 h": "refused",
    "in the middle, +1 h, then in time": "released",
    "in the middle, +400 days": "refused",
    "in the middle, +400 days, then in time": "released",
    "+400 days, from the beginning": "refused",
    "in time again": "released",
}


class Clock:
    """The clock of the server's processes: real, or moved."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "clock"
        self.move("+0")
        library = next((name for name in LIBRARIES if Path(name).exists()), "")
        if not library:
            raise FileNotFoundError("libfaketime (apt-get install faketime)")
        self.extra = {
            "LD_PRELOAD": library,
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def move(self, words: str) -> None:
        """From now on, this far from the real time."""
        self.file.write_text(words + "\n")


def r18(on: str) -> Outcome:
    """An hour, a day, 400 days, and back: nothing expired is accepted, what is valid is so again, the chains hold."""
    outcome = Outcome("R-18", on)
    with ground(on) as place:
        clock = Clock(place.folder)
        place.installation.extra |= clock.extra
        place.serve()
        alice = place.person()
        said = outcome.figures
        said["in time"] = identity(place, alice)
        for words, moment in (
            ("+1h", "in the middle, +1 h"),
            (TOO_LATE, "in the middle, +400 days"),
        ):
            said[moment] = identity(place, alice, clock, words)
            clock.move("+0")
            said[f"{moment}, then in time"] = identity(place, alice)
        clock.move(TOO_LATE)
        said["+400 days, from the beginning"] = identity(place, alice)
        clock.move("-1d")
        said["a day back: an act"] = in_again(place, alice)
        said["a day back: an identity"] = identity(place, alice)
        clock.move("+0")
        start = time.monotonic()
        said["in time again"] = identity(place, alice)
        said["valid again after (s)"] = round(time.monotonic() - start, 1)
        said["answers 500"] = place.log().count("Internal Server Error")
        outcome.expect(not said["answers 500"], "an answer 500")
        for moment, wanted in EXPECTED.items():
            outcome.expect(said[moment] == wanted, f"{moment}: {said[moment]}")
        said["released, as the database has it"] = len(
            [r for r in Database(place.database).rows("oidc_provider_accesstoken") if r["used_at"]]
        )
        outcome.failures += place.violations()[:20]
    return outcome


def in_again(place: Ground, aidant: Professional) -> int:
    """Log in when asked, then an act that writes."""
    if "/connexion/" in aidant.browser.go(f"{place.site}/accueil/").url:
        aidant.log_in_here()
    return help_someone(aidant)()


def identity(
    place: Ground, aidant: Professional, clock: Clock | None = None, words: str = ""
) -> str:
    """A connexion for Rose; the clock moves once her mandat is chosen, before the gesture."""
    flow = Connecting(
        aidant, Connection("martin", service="caf"), place.installation.url("administration")
    )
    try:
        in_again(place, aidant)
        flow.leave()
        flow.choose_usager()
        flow.choose_line()
        if clock:
            clock.move(words)
        flow.confirm()
    except (PageError, httpx.HTTPError, ValueError):
        # The entrance in the place of what was expected, or of the JSON of a gesture.
        return "refused"
    return "released" if "MARTIN" in aidant.browser.page.text else "refused"
