"""`make bench`: server CPU and queries per flow, through the real pages, written to bench/README.md.

Each flow is played over HTTP by the people of the demonstration. bench/wsgi.py writes what each
request cost the application (CPU of its thread); the database's share is read from /proc.
`python -m bench.run guichet` plays only the pages of the desk, and writes their tables alone.
"""

import os
import platform
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench.cluster import cluster, cpu_seconds, find_bin
from simulateurs.acts import Connecting, Connection, Signing, Wish
from simulateurs.demo import Demonstration
from simulateurs.installation import ROOT, Installation
from simulateurs.play import accept_charte
from simulateurs.story import Professional

PAGE = ROOT / "bench" / "README.md"
MANDATS = int(os.environ.get("BENCH_MANDATS", "1000"))
ACCOMPAGNEMENTS = int(os.environ.get("BENCH_ACCOMPAGNEMENTS", "10000"))
START = "<!-- figures -->"
END = "<!-- end of figures -->"
DESK_START = "<!-- desk -->"
DESK_END = "<!-- end of desk -->"


@dataclass(frozen=True)
class Figure:
    """One flow: medians over its repetitions."""

    name: str
    requests: float
    queries: float
    cpu_ms: float
    database_ms: float
    kilobytes: float
    times: int


class Bench:
    """One installation, served by one worker of one thread, and what its requests cost."""

    def __init__(self, folder: Path, database: tuple[str, int] | None) -> None:
        self.log = folder / "bench.log"
        extra = {"BENCH_LOG": str(self.log)}
        if database:
            extra["DATABASE_URL"] = database[0]
        self.postmaster = database[1] if database else 0
        self.installation = Installation(folder / "demo", extra=extra)
        self.demonstration = Demonstration(self.installation)
        self.figures: list[Figure] = []

    def open(self) -> Professional:
        """Everything started, people enrolled, alice logged in."""
        installation = self.installation
        installation.open()
        installation.serve = self._serve  # type: ignore[method-assign]  # measured instead of plain
        self.demonstration.start()
        self.demonstration.enrol_people()
        alice = self.demonstration.professional("Alice Lenoir")
        alice.log_in()
        accept_charte(alice)
        return alice

    def _serve(self) -> None:
        port = str(self.installation.state["ports"]["tandem"])
        self.installation.spawn(
            ["-m", "granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "1",
             "--port", port, "bench.wsgi:application"]
        )  # fmt: skip
        self.installation.wait_for(f"http://127.0.0.1:{port}/")

    def measure(self, name: str, times: int, act: Callable[[], object]) -> None:
        """Play a flow; keep the medians per repetition."""
        act()  # warm: templates compiled, connections open
        rows: list[tuple[int, int, float, int]] = []
        database = cpu_seconds(self.postmaster) if self.postmaster else 0.0
        for _number in range(times):
            before = self.log.stat().st_size
            act()
            with self.log.open() as log:
                log.seek(before)
                lines = [line.split() for line in log if "/static/" not in line]
            rows.append(
                (
                    len(lines),
                    sum(int(line[4]) for line in lines),
                    sum(int(line[3]) for line in lines) / 1000,
                    sum(int(line[5]) for line in lines),
                )
            )
        spent = (cpu_seconds(self.postmaster) - database) * 1000 if self.postmaster else 0.0
        columns = list(zip(*rows, strict=True))
        medians = [statistics.median(column) for column in columns]
        self.figures.append(
            Figure(
                name, medians[0], medians[1], medians[2], spent / times, medians[3] / 1000, times
            )
        )
        print(f"  {self.figures[-1]}", flush=True)


def play(bench: Bench) -> None:
    """The flows of the issue, in one order."""
    alice = bench.open()
    browser = alice.browser
    site = alice.site

    def nothing(_text: str) -> None:
        """The flows are not told."""

    wish = Wish("rose", themes=("social", "argent", "logement"), duree="six_mois")
    mandat = ""

    def sign() -> None:
        nonlocal mandat
        mandat = Signing(alice, wish, nothing).run()

    rest()
    bench.measure("wizard, a mandat of 3 lines signed", 7, sign)
    connection = Connection("martin", service="caf")
    administration = bench.installation.url("administration")
    rest()
    bench.measure("identity flow", 8, Connecting(alice, connection, administration).run)
    browser.go(mandat)
    ways = re.findall(r"/personnes/[0-9a-f-]{36}/", browser.page.html)
    person = site + ways[0]
    paper = f"{mandat}documents/mandat.pdf"
    browser.go(f"{mandat}documents/mandat/")
    found = re.search(r"/verifier/[^\"<\s]+", browser.page.html)
    bench.measure("aidant home", 30, lambda: browser.go(f"{site}/accueil/"))
    bench.measure("person's page", 30, lambda: browser.go(person))
    bench.measure("PDF of a mandat", 20, lambda: browser.go(paper))
    if found:
        bench.measure("verification page", 15, lambda: browser.go(f"{site}{found[0]}"))
    bench.measure("list of mandats, the first ones", 30, lambda: browser.go(f"{site}/mandats/"))
    seed(bench)
    bench.measure(f"list of mandats, {MANDATS} more", 30, lambda: browser.go(f"{site}/mandats/"))
    bench.measure(f"aidant home, {MANDATS} more", 30, lambda: browser.go(f"{site}/accueil/"))
    rest()
    bench.measure(
        f"identity flow, {MANDATS} more", 8, Connecting(alice, connection, administration).run
    )
    browser.close()


def play_desk(bench: Bench) -> None:
    """The pages of the desk, for an aidant who holds very many accompagnements."""
    alice = bench.open()
    browser, site = alice.browser, alice.site
    person = seed(bench, "bench.seed_desk", ACCOMPAGNEMENTS)
    pages = {
        "demands noted": "/besoins/",
        "démarches followed": "/demarches/",
        "démarches of the team, last page": "/demarches/?liste=en-cours&page=9999",
        "dates of the week": "/echeances/",
        "aidant home": "/accueil/",
        "person's page": f"/personnes/{person}/",
        "visit sheet": f"/personnes/{person}/feuille/",
        "visit sheet, PDF": f"/personnes/{person}/feuille/pdf/",
    }
    for name, path in pages.items():
        bench.measure(name, 30, partial(browser.go, f"{site}{path}"))
    browser.close()


def rest() -> None:
    """Ten gestures a minute are checked for one compte, and no more (S-16)."""
    time.sleep(61)


def seed(bench: Bench, module: str = "bench.seed", count: int = MANDATS) -> str:
    """Many usagers, each with a mandat, or what `module` writes; give back what it prints."""
    import subprocess

    environment = {**bench.installation.environment, "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, "-m", module, str(count)], cwd=ROOT, env=environment, check=True,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return done.stdout.strip().rsplit("\n", 1)[-1]


def table(database: str, figures: list[Figure]) -> str:
    """The figures of one database, as a table."""
    lines = [
        f"### {database}",
        "",
        "| flow | requests | queries | application CPU, ms | database CPU, ms | body, kB | times |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {f.name} | {f.requests:.0f} | {f.queries:.0f} | {f.cpu_ms:.1f} | "
        f"{f'{f.database_ms:.1f}' if f.database_ms else 'in the application'} | {f.kilobytes:.1f} | {f.times} |"
        for f in figures
    ]
    return "\n".join(lines)


def main() -> None:
    """SQLite, then PostgreSQL when it is on the machine."""
    os.environ["TANDEM_MODE"] = "demo"
    desk = "guichet" in sys.argv[1:]
    tables = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        for name in ("SQLite", "PostgreSQL"):
            if name == "PostgreSQL" and find_bin() is None:
                print("PostgreSQL is not on this machine: not measured")
                continue
            print(name, flush=True)
            place = folder / name
            place.mkdir()
            place.chmod(0o755)
            database = stack.enter_context(cluster(place)) if name == "PostgreSQL" else None
            bench = Bench(place, database)
            try:
                (play_desk if desk else play)(bench)
            finally:
                bench.demonstration.stop()
            tables.append(table(name, bench.figures))
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    load = f"{os.getloadavg()[1]:.1f} processes waiting for them on average"
    head = f"Measured on {datetime.now(UTC):%Y-%m-%d}; {machine}; {load}."
    figures = "\n\n".join([head, *tables])
    start, end = (DESK_START, DESK_END) if desk else (START, END)
    text = PAGE.read_text()
    before, rest = text.split(start)
    after = rest.split(end)[1]
    PAGE.write_text(f"{before}{start}\n\n{figures}\n\n{end}{after}")
    print(f"written to {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
