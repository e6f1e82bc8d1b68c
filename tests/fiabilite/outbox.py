"""R-03, R-13, R-15: a worker killed while it sends, a provider that is away, slow, or that takes and says nothing."""

import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulateurs.installation import ROOT
from tests.fiabilite.ground import PEOPLE, Ground, ground
from tests.fiabilite.invariants import Database
from tests.fiabilite.mailbox import Mailbox
from tests.fiabilite.report import Outcome, size_of

# A message held by a dead worker is free again after this (tandem/envois/rules.py).
LEASE_SECONDS = 60
# After ten minutes of absence the next try may be ten minutes away.
RETURN_SECONDS = 15 * 60
KILLS = 100


@contextmanager
def with_mailbox(on: str, mood: str = "ok") -> Iterator[tuple[Ground, Mailbox, Path]]:
    """A ground whose e-mails leave to a stand-in; what was queued is kept in the file."""
    box = Mailbox(mood=mood)
    try:
        with ground(on, {"TANDEM_EMAIL_URL": f"smtp://127.0.0.1:{box.port}"}) as place:
            told = place.folder / "told.jsonl"
            told.touch()
            yield place, box, told
    finally:
        box.close()


def queue(place: Ground, count: int, told: Path) -> list[str]:
    """Messages in the outbox, each acknowledged."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("queueing.py")), str(count)],
        cwd=ROOT, env={**place.installation.environment, "DJANGO_SETTINGS_MODULE": "config.settings"},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    keys = done.stdout.split()
    with told.open("a") as file:
        file.writelines(json.dumps({"kind": "queued", "key": key}) + "\n" for key in keys)
    return keys


def wait_for_all(place: Ground, told: Path, seconds: float) -> float | None:
    """How long until every message has its end, or None."""
    start = time.monotonic()
    while time.monotonic() < start + seconds:
        if not waiting(place):
            return time.monotonic() - start
        time.sleep(0.5)
    return None


def waiting(place: Ground) -> int:
    """How many messages have no end yet."""
    rows = Database(place.database).rows("envois_message")
    return sum(row["sent_at"] is None and row["failed_at"] is None for row in rows)


def r03(on: str) -> Outcome:
    """Killed while it sends and while it purges: nothing lost, at most one more copy for a death, the same key."""
    outcome, (seed, wanted) = Outcome("R-03", on), size_of(KILLS)
    chance = random.Random(seed)  # noqa: S311 - replayed, not secret
    kills = beside = 0
    with with_mailbox(on) as (place, box, told):
        keys = queue(place, 200, told)
        while kills < wanted:
            if waiting(place) < 30:
                keys += queue(place, 200, told)
            rerun_jobs(place)
            taken = sum(box.taken.values())
            place.work_fast()
            until = time.monotonic() + 30
            while sum(box.taken.values()) == taken and time.monotonic() < until:
                time.sleep(0.001)
            time.sleep(chance.uniform(0, 0.25))
            busy = waiting(place) > 0
            place.kill_worker()
            kills += busy
            beside += not busy
        place.work()
        rest = wait_for_all(place, told, LEASE_SECONDS + 60)
        outcome.expect(rest is not None, "messages wait still after two minutes")
        outcome.failures += place.violations(told, at_rest=True)[:20]
    copies = sum(count - 1 for count in box.taken.values())
    lost = len(set(keys) - set(box.taken))
    outcome.figures |= {
        "seed": seed, "kills while messages waited": kills, "kills beside": beside,
        "messages": len(keys), "lost": lost, "copies of the same key": copies,
        "seconds to end the rest": rest and round(rest, 1),
        "jobs left half done": half_done(outcome),
    }  # fmt: skip
    outcome.expect(not lost, f"{lost} messages never left")
    outcome.expect(copies <= kills, f"{copies} copies for {kills} deaths")
    return outcome


def half_done(outcome: Outcome) -> int:
    """What the checker found of a job cut in the middle."""
    return sum("I9" in words or "I1" in words for words in outcome.failures)


def rerun_jobs(place: Ground) -> None:
    """Every periodic job is due again, and nobody holds it."""
    words = "UPDATE kernel_periodicrun SET last_run_at = NULL, lease_by = '', lease_until = NULL"
    place.execute(words)


def r13(on: str) -> Outcome:
    """A provider that is there, then away, then says 451, cuts the line after taking, and comes back."""
    outcome = Outcome("R-13", on)
    _seed, count = size_of(1000)
    away = 600 * count / 1000
    with with_mailbox(on) as (place, box, told):
        place.work()
        keys = queue(place, count // 4, told)
        outcome.expect(wait_for_all(place, told, 120) is not None, "healthy, and messages wait")
        delays = delays_of(place, box, keys)
        port = box.port
        box.close()
        keys += queue(place, count // 2, told)
        time.sleep(away)
        bad = Mailbox(port, "error")
        time.sleep(10)
        bad.mood = "lose"
        keys += queue(place, count // 4, told)
        time.sleep(5)
        bad.mood = "ok"
        taken = box.taken
        rest = wait_for_all(place, told, RETURN_SECONDS)
        taken += bad.taken
        bad.close()
        outcome.failures += place.violations(told, at_rest=True)[:20]
    lost = len(set(keys) - set(taken))
    outcome.figures |= {
        "messages": len(keys), "away (s)": away, "lost": lost,
        "healthy, p95 (s)": round(statistics.quantiles(delays, n=20)[18], 2),
        "copies of the same key": sum(number - 1 for number in taken.values()),
        "after its return, all gone in (s)": rest and round(rest, 1),
    }  # fmt: skip
    outcome.expect(rest is not None, "messages wait still 15 minutes after the return")
    outcome.expect(not lost, f"{lost} messages never left")
    return outcome


def delays_of(place: Ground, box: Mailbox, keys: list[str]) -> list[float]:
    """From the act to the provider, for each message, in seconds."""
    rows = {row["public_id"]: row for row in Database(place.database).rows("envois_message")}
    return [box.at[key] - rows[key]["created_at"].timestamp() for key in keys]


def r15(on: str) -> Outcome:
    """The provider takes the line and never speaks: an act that sends a message is as quick as ever."""
    outcome = Outcome("R-15", on)
    times: dict[str, list[float]] = {}
    with with_mailbox(on) as (place, box, _told):
        place.serve()
        place.work()
        for mood in ("ok", "hang"):
            box.mood = mood
            times[mood] = [_entrance(place, name) for name in PEOPLE * 4]
            outcome.figures[f"messages waiting, provider {mood}"] = waiting(place)
            wait_for_all(place, _told, 60 if mood == "ok" else 0)
        outcome.expect(waiting(place) >= len(times["hang"]), "the control: the provider took some")
    for mood, found in times.items():
        outcome.figures[f"act, provider {mood}: median and longest (s)"] = (
            f"{statistics.median(found):.2f}, {max(found):.2f}"
        )
    outcome.expect(statistics.median(times["hang"]) <= 1, "an act waits for its provider")
    return outcome


def _entrance(place: Ground, name: str) -> float:
    """Someone logs in from a browser nobody knows: a message tells them. How long it took."""
    someone = place.demonstration.professional(name)
    someone.browser.go(f"{place.site}/comptes/connexion/")
    start = time.monotonic()
    someone.log_in_here()
    spent = time.monotonic() - start
    someone.browser.close()
    return spent
