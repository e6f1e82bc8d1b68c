"""R-04 and R-34: what is acknowledged is on the disk; several processes on one SQLite file."""

import re
import shutil
import subprocess
import time

from simulateurs.story import Professional
from tests.fiabilite.clients import Answers, Crowd
from tests.fiabilite.ground import PEOPLE, Ground, ground
from tests.fiabilite.outages import help_someone
from tests.fiabilite.report import Outcome, size_of

SYNC = re.compile(r"\b(?:fsync|fdatasync)\(\d+<([^>]*)>")


def r04(on: str) -> Outcome:
    """The calls that put data on the disk, counted under acts acknowledged one by one; NORMAL as control: none."""
    outcome = Outcome("R-04", on)
    _seed, count = size_of(100)
    if shutil.which("strace") is None:
        outcome.failures.append("strace is not on this machine (apt-get install strace)")
        return outcome
    for word, broken in (("FULL", ""), ("NORMAL", "synchronous")):
        with ground(on, {"TANDEM_BROKEN": broken} if broken else None) as place:
            place.serve_fast()
            found = synced(place, place.person(), count)
        outcome.figures |= {f"{word}: acts acknowledged": count, f"{word}: on the disk": len(found)}
        if broken:
            outcome.expect(
                len(found) < count / 10, "the control: NORMAL syncs too, nothing is shown"
            )
        else:
            outcome.expect(len(found) >= count, f"{len(found)} syncs for {count} acknowledged acts")
    return outcome


def synced(place: Ground, aidant: Professional, count: int) -> list[str]:
    """The names of what the server put on the disk during these acts, call by call."""
    trace = place.folder / "trace"
    assert place.server
    act = help_someone(aidant)
    act()
    pids = [option for pid in tree_of(place.server.pid) for option in ("-p", str(pid))]
    command = ["strace", "-f", "-y", "-e", "trace=fsync,fdatasync", "-o", str(trace), *pids]
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert tracer.stderr
    tracer.stderr.readline()
    for _number in range(count):
        if act() != 200:
            raise RuntimeError(aidant.browser.page.where())
    time.sleep(0.5)
    tracer.terminate()
    tracer.wait()
    return [name for name in SYNC.findall(trace.read_text()) if "sqlite3" in name]


def tree_of(pid: int) -> list[int]:
    """A process and all it started."""
    from tests.fiabilite.clusters import children_of

    return [pid, *(one for child in children_of(pid) for one in tree_of(child))]


def r34(on: str) -> Outcome:
    """Two, four, eight processes that write in one file at once: how many wait too long, and how long the others."""
    outcome = Outcome("R-34", on)
    _seed, seconds = size_of(30)
    for processes in (2, 4, 8):
        with ground(on, {"TANDEM_GRANIAN_WORKERS": str(processes)}) as place:
            place.serve()
            people = [place.person(PEOPLE[number % len(PEOPLE)]) for number in range(processes * 2)]
            with Crowd([help_someone(one) for one in people]) as crowd:
                time.sleep(seconds)
            found: Answers = crowd.answers
            outcome.figures[f"{processes} processes, {len(people)} aidants who never pause"] = (
                f"{len(found.rows)} acts, {dict(found.statuses())}, "
                f"median {found.quantile(0.5):.2f} s, p95 {found.quantile(0.95):.2f} s, longest {found.longest():.2f} s"
            )
            outcome.figures[f"{processes} processes: « database is locked »"] = place.log().count(
                "database is locked"
            )
            outcome.expect(
                set(found.statuses()) <= {200, 503}, f"{processes} processes: {found.statuses()}"
            )
            outcome.failures += place.violations()[:20]
    return outcome
