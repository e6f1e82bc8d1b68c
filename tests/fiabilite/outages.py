"""R-06, R-07, R-08, R-31: the disk full, the database away, frozen or held, the journal that refuses its line."""

import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg

from simulateurs.acts import Signing, Wish
from simulateurs.browser import PageError
from simulateurs.story import Professional
from tests.fiabilite.clients import Answers, Crowd, fetch
from tests.fiabilite.ground import Ground, ground, silent
from tests.fiabilite.invariants import Database
from tests.fiabilite.report import Outcome, size_of

WISH = Wish("andrei", themes=("social",), duree="mois")
SENTENCE = "n’arrive plus à lire ou à écrire"


def home(aidant: Professional) -> Callable[[], int]:
    """The aidant's home: a page that reads the database several times."""
    return lambda: aidant.browser.go(f"{aidant.site}/accueil/").status


def help_someone(aidant: Professional) -> Callable[[], int]:
    """The shortest act that writes: a help without a name."""

    def act() -> int:
        browser = aidant.browser
        page = browser.go(f"{aidant.site}/aides/")
        if page.status >= 400:
            return page.status
        return browser.submit(page.form(button="Imprimer"), button="Imprimer").status

    return act


def r07(on: str) -> Outcome:
    """The database killed for a minute, then back; then frozen. Each request is answered, nothing said is lost."""
    outcome = Outcome("R-07", on)
    _seed, away = size_of(60)
    with ground(on, {"TANDEM_GRANIAN_WORKERS": "2"}) as place:
        assert place.cluster
        place.serve()
        place.work()
        people = [place.person(name) for name in ("Alice Lenoir", "Bob Garnier")]
        acts = [home(people[0]), help_someone(people[1]), fetch(f"{place.site}/oidc/etat")]
        with Crowd(acts, pause=0.3) as crowd:
            time.sleep(5)
            killed = time.monotonic()
            place.cluster.stop("immediate")
            time.sleep(away)
            back = time.monotonic()
            place.cluster.start()
            started = time.monotonic()
            time.sleep(15)
        found = crowd.answers
        during = Answers(found.between(killed + 1, back))
        after = [at for at, status, _s in found.between(started, time.monotonic()) if status != 200]
        outcome.figures |= {
            "away (s)": round(back - killed),
            "answers while away": dict(during.statuses()),
            "slowest while away (s)": round(during.longest(), 2),
            "well again after its return (s)": round(max(after, default=started) - started, 1),
            "frozen": frozen(place, people[0]),
        }
        outcome.expect(set(during.statuses()) <= {503}, "an answer that is not 503 while away")
        outcome.expect(during.longest() <= 2, "an answer took more than 2 s while away")
        outcome.expect(max(after, default=started) - started <= 10, "not well 10 s after")
        outcome.failures += place.violations()[:20]
    return outcome


def frozen(place: Ground, aidant: Professional) -> str:
    """What a page does while every process of the database is stopped, its connections open."""
    assert place.cluster
    place.cluster.freeze()
    start = time.monotonic()
    try:
        answer = httpx.get(
            f"{place.site}/accueil/", cookies=aidant.browser.cookies(), timeout=20, trust_env=False
        )
        words = f"{answer.status_code} in {time.monotonic() - start:.1f} s"
    except httpx.TimeoutException:
        words = "no answer in 20 s"
    finally:
        place.cluster.thaw()
    return words


@contextmanager
def held(place: Ground) -> Iterator[None]:
    """Somebody beside holds what every act needs."""
    if place.cluster:
        with psycopg.connect(place.cluster.url) as connection:
            connection.execute("LOCK TABLE usagers_usager IN ACCESS EXCLUSIVE MODE")
            yield
            connection.rollback()
        return
    file = sqlite3.connect(place.installation.folder / "tandem.sqlite3", isolation_level=None)
    file.execute("BEGIN IMMEDIATE")
    yield
    file.execute("ROLLBACK")
    file.close()


def r08(on: str) -> Outcome:
    """A lock held for 30 s: who needs it is told within 5 s and a bit, the others do not notice."""
    outcome = Outcome("R-08", on)
    _seed, seconds = size_of(30)
    with ground(on, {"TANDEM_GRANIAN_WORKERS": "2"}) as place:
        place.serve()
        alice = place.person()
        needs = fetch_mandat(place, alice) if place.cluster else help_someone(alice)
        before = needs()
        with (
            held(place),
            Crowd([needs]) as waiting,
            Crowd([fetch(f"{place.site}/oidc/jwks")], pause=0.2) as other,
        ):
            time.sleep(seconds)
        after = needs()
        outcome.figures |= {
            "held (s)": seconds,
            "who needs it": dict(waiting.answers.statuses()),
            "slowest (s)": round(waiting.answers.longest(), 2),
            "others": dict(other.answers.statuses()),
            "others, slowest (s)": round(other.answers.longest(), 2),
            "before and after": [before, after],
        }
        outcome.expect(before == after == 200, "the act does not work without the lock")
        outcome.expect(waiting.answers.statuses()[503] > 0, "the control: nobody waited")
        outcome.expect(waiting.answers.quantile(0.9) <= 7, "an answer took more than 7 s")
        outcome.expect(set(other.answers.statuses()) == {200}, "another page was hurt")
        outcome.failures += place.violations()[:20]
    return outcome


def fetch_mandat(place: Ground, aidant: Professional) -> Callable[[], int]:
    """The page of Rose's mandat."""
    key = Database(place.database).rows("mandats_mandat")[0]["public_id"]
    address = f"{place.site}/mandats/{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}/"
    return lambda: aidant.browser.go(address).status


DENY = {
    "SQLite": (
        "CREATE TRIGGER fiabilite_deny BEFORE INSERT ON journal_entry BEGIN SELECT RAISE(ABORT, 'denied'); END",
        "DROP TRIGGER fiabilite_deny",
    ),
    "PostgreSQL": (
        """
        CREATE OR REPLACE FUNCTION fiabilite_deny() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'denied'; END$$;
        CREATE TRIGGER fiabilite_deny BEFORE INSERT ON journal_entry FOR EACH ROW EXECUTE FUNCTION fiabilite_deny()
        """,
        "DROP TRIGGER fiabilite_deny ON journal_entry",
    ),
}
# What an act would leave behind.
ACTS = (
    "mandats_mandat", "mandats_autorisation", "mandats_usage", "oidc_provider_accesstoken",
    "envois_message", "journal_entry",
)  # fmt: skip


def counts(place: Ground) -> dict[str, int]:
    """How many rows of each."""
    database = Database(place.database)
    return {table: len(database.rows(table)) for table in ACTS}


def r31(on: str) -> Outcome:
    """The journal refuses its line: the act is refused with it; the same acts go through once it may write again."""
    outcome = Outcome("R-31", on)
    with ground(on) as place:
        place.serve()
        alice = place.person()
        seen = outcome.figures
        walk = Signing(alice, WISH, silent)
        sign = walk.steps["signature"]

        def denied_then_signed() -> None:
            page = alice.browser.page
            with denied(place, outcome):
                sign()
                seen["signature refused"] = alice.browser.page.status
            alice.browser.page = page
            sign()

        walk.steps["signature"] = denied_then_signed
        address = f"{walk.run()}arreter/"
        with denied(place, outcome):
            seen["reading refused"] = alice.browser.go(address).status
        page = alice.browser.go(address)
        form = page.form(button="Arrêter")
        with denied(place, outcome):
            seen["stop refused"] = alice.browser.submit(form).status
        outcome.expect(all(status >= 500 for status in seen.values()), "an act went through")
        alice.browser.page = page
        stopped = seen["stop, once it may write"] = alice.browser.submit(form).status
        outcome.expect(stopped == 200, "the control: the act does not work at all")
        outcome.failures += place.violations()[:20]
    return outcome


@contextmanager
def denied(place: Ground, outcome: Outcome) -> Iterator[None]:
    """The journal takes no line; nothing else may be left either."""
    deny, allow = DENY[place.on]
    before = counts(place)
    place.execute(deny)
    try:
        yield
    finally:
        place.execute(allow)
    outcome.expect(counts(place) == before, "rows were left without their line")


def r06(on: str) -> Outcome:
    """No room left on the disk: whole or nothing, a page that says so, and everything again once there is room."""
    outcome = Outcome("R-06", on)
    with on_small_disk(on) as (place, disk):
        place.serve()
        place.work()
        alice = place.person()
        first = Signing(alice, WISH, silent).run()
        fill(disk)
        said: dict[str, str] = {}
        for name, act in (
            ("reading", home(alice)),
            ("a help", help_someone(alice)),
            ("stopping a mandat", lambda: stop(alice, first)),
            ("signing", lambda: sign(alice)),
        ):
            start = time.monotonic()
            status = attempt(act)
            words = "says so" if SENTENCE in alice.browser.page.text else ""
            said[name] = f"{status} in {time.monotonic() - start:.1f} s {words}".strip()
        outcome.figures |= said
        outcome.failures += [f"while full: {words}" for words in violations_or_none(place)[:20]]
        (disk / "filler").unlink()
        start = time.monotonic()
        if place.cluster and not place.cluster.alive():
            outcome.figures["PostgreSQL"] = "stopped by itself, started again"
            place.cluster.start()
        while attempt(lambda: sign(alice)) != 200 and time.monotonic() < start + 60:
            time.sleep(1)
        outcome.figures["well again, with room (s)"] = round(time.monotonic() - start, 1)
        outcome.expect(time.monotonic() < start + 60, "not well a minute after there was room")
        outcome.failures += place.violations()[:20]
    return outcome


def sign(aidant: Professional) -> int:
    """A mandat."""
    Signing(aidant, WISH, silent).run()
    return aidant.browser.page.status


def stop(aidant: Professional, mandat: str) -> int:
    """A mandat stopped."""
    page = aidant.browser.go(f"{mandat}arreter/")
    if page.status != 200:
        return page.status
    return aidant.browser.submit(page.form(button="Arrêter")).status


def attempt(act: Callable[[], int]) -> int:
    """The status an act ends with; a page that is not the one expected gives its own."""
    try:
        return act()
    except PageError as error:
        found = str(error).split("at ")[-1].split(" ")
        return next((int(word) for word in found if word.isdigit() and len(word) == 3), 500)
    except httpx.HTTPError:
        return 0


def violations_or_none(place: Ground) -> list[str]:
    """What the checker finds, when the database answers at all."""
    try:
        return place.violations()
    except RuntimeError:
        return []


def fill(disk: Path) -> None:
    """Not a byte left."""
    with (disk / "filler").open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1 << 9):
            block = b"0" * size
            try:
                while True:
                    file.write(block)
            except OSError:
                continue


@contextmanager
def on_small_disk(on: str) -> Iterator[tuple[Ground, Path]]:
    """A ground whose database stands on a disk of 300 MB; needs to be root."""
    with ground(on) as place:
        inside = place.cluster.folder if place.cluster else place.installation.folder
        aside = inside.with_name("aside")
        if place.cluster:
            place.cluster.stop()
        inside.rename(aside)
        inside.mkdir()
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=300m", "tmpfs", str(inside)], check=True
        )
        try:
            subprocess.run(["cp", "-a", f"{aside}/.", str(inside)], check=True)
            shutil.rmtree(aside)
            if place.cluster:
                shutil.chown(inside, "postgres")
                place.cluster.start()
            yield place, inside
        finally:
            place.kill_server()
            place.kill_worker()
            if place.cluster:
                place.cluster.close()
            subprocess.run(["umount", "-l", str(inside)], check=True)
