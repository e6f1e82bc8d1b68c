"""An installation to hurt: the real server and worker, the stand-ins, people with their browsers.

A first installation is prepared once for each database (people enrolled, a mandat of Rose signed) and kept in
var/fiabilite; each experiment works on a copy of its own, and nothing of it stays.
"""

import hashlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psycopg

from simulateurs.acts import Signing, Wish
from simulateurs.demo import CCAS, Demonstration
from simulateurs.installation import ROOT, Installation
from simulateurs.play import accept_charte
from simulateurs.story import Professional
from tests.fiabilite.clusters import Cluster

KEPT = ROOT / "var" / "fiabilite"
MAIN = "from config.cli import main; main()"
# Ten gestures a minute each, no more (S-16): four people work faster than one.
PEOPLE = ("Alice Lenoir", "Bob Garnier", "Karim Saidi", "Louise Morel")
ROSE = Wish("rose", themes=("social", "argent"), duree="an")


def silent(_text: str) -> None:
    """The acts are not told."""


class Ground:
    """One installation on one database.

    Attributes:
        on: SQLite or PostgreSQL.
        folder: everything it keeps.
        cluster: the database, when it is PostgreSQL.
    """

    def __init__(self, on: str, folder: Path) -> None:
        self.on = on
        self.folder = folder
        self.cluster = Cluster(folder / "cluster") if on == "PostgreSQL" else None
        extra = {
            "PYTHONPYCACHEPREFIX": str(KEPT / "pycache"),
            "PYTHONDONTWRITEBYTECODE": "",
        }
        if self.cluster:
            extra["DATABASE_URL"] = self.cluster.url
        self.installation = Installation(folder / "demo", extra=extra)
        self.demonstration = Demonstration(self.installation)
        self.server: Process | None = None
        self._nursery: Nursery | None = None
        self.worker: Process | None = None

    @property
    def site(self) -> str:
        """The address of the site."""
        return self.installation.url("tandem")

    @property
    def database(self) -> str:
        """The address of the database, for who reads it from outside."""
        if self.cluster:
            return self.cluster.url
        return f"sqlite:///{self.installation.folder / 'tandem.sqlite3'}"

    def prepare(self) -> None:
        """The first installation: people, the charte, a mandat of Rose."""
        if self.cluster:
            self.cluster.make()
            self.cluster.start()
        self.installation.open()
        self.demonstration.start()
        self.demonstration._found(
            CCAS, "Béatrice Le Goff", "beatrice@valmont.example", list(PEOPLE)
        )
        for name in PEOPLE:
            someone = self.person(name)
            if name == PEOPLE[0]:
                Signing(someone, ROSE, silent).run()
            someone.browser.close()
        self.demonstration.stop()
        if self.cluster:
            self.cluster.stop()

    def copy_from(self, other: Path) -> None:
        """A copy of the first installation, on ports of its own, its stand-ins running."""
        shutil.copytree(other / "demo", self.installation.folder)
        if self.cluster:
            self.cluster.copy_from(other / "cluster")
            self.cluster.start()
        state = self.installation.folder / "state.json"
        state.write_text(json.dumps(json.loads(state.read_text()) | {"ports": {}}))
        self.installation.open()
        self.demonstration._register_franceconnect()
        self.demonstration._serve_stand_ins()

    def person(self, name: str = PEOPLE[0]) -> Professional:
        """One of the people, logged in, in a browser of their own."""
        someone = self.demonstration.professional(name)
        someone.log_in()
        accept_charte(someone)
        return someone

    def spawn(self, words: Sequence[str]) -> subprocess.Popen[bytes]:
        """A `tandem` command that goes on, in a process group of its own."""
        process = self.installation.spawn(["-c", MAIN, *words])
        # Ours to end: the installation must not take its death for an accident.
        self.installation._processes.remove(process)
        return process

    def serve(self, port: int | None = None) -> float:
        """Start the server; how many seconds until the first page."""
        port = port or self.installation.state["ports"]["tandem"]
        start = time.monotonic()
        self.server = self.spawn(["serve", "--port", str(port)])
        wait_until_up(port, self.server)
        return time.monotonic() - start

    def serve_fast(self) -> float:
        """The same server, forked from a process that has read the modules; how many seconds."""
        port = self.installation.state["ports"]["tandem"]
        start = time.monotonic()
        if self._nursery is None:
            self._nursery = Nursery(self.installation)
        self.server = self._nursery.start(f"serve --port {port}")
        wait_until_up(port, self.server)
        return time.monotonic() - start

    def work(self) -> None:
        """Start the worker."""
        self.worker = self.spawn(["worker"])

    def work_fast(self) -> None:
        """Start the worker from a process that has read the modules."""
        if self._nursery is None:
            self._nursery = Nursery(self.installation)
        self.worker = self._nursery.start("worker")

    def execute(self, words: str) -> None:
        """One statement as the owner of the database, beside the application."""
        if self.cluster:
            with psycopg.connect(self.cluster.url) as connection:
                connection.execute(words.encode())
            return
        with closing(
            sqlite3.connect(self.installation.folder / "tandem.sqlite3", timeout=30)
        ) as file:
            file.execute(words)
            file.commit()

    def kill_server(self) -> None:
        """kill -9 of the server, with every process of its group."""
        if self.server:
            kill(self.server)
            self.server = None

    def kill_worker(self) -> None:
        """kill -9 of the worker."""
        if self.worker:
            kill(self.worker)
            self.worker = None

    def close(self) -> None:
        """Nothing of it goes on."""
        self.kill_worker()
        self.kill_server()
        if self._nursery:
            self._nursery.close()
        self.demonstration.stop()
        if self.cluster:
            self.cluster.close()

    def violations(self, acknowledged: Path | None = None, *, at_rest: bool = False) -> list[str]:
        """What another program, which knows nothing of the application, finds wrong in the database."""
        command = [sys.executable, str(Path(__file__).with_name("invariants.py")), self.database]
        command += ["--acknowledged", str(acknowledged)] if acknowledged else []
        command += ["--at-rest"] if at_rest else []
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode not in {0, 1}:
            raise RuntimeError(done.stderr[-2000:])
        return done.stdout.splitlines()

    def log(self) -> str:
        """What server and worker wrote."""
        return (self.installation.folder / "log.txt").read_text(errors="replace")


class Forked:
    """A server that another process started."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        """None while it lives."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def wait(self) -> int:
        """Come back when it is gone."""
        while self.poll() is None:
            time.sleep(0.005)
        return 0


class Nursery:
    """The process that starts servers quickly: see nursery.py."""

    def __init__(self, installation: Installation) -> None:
        read, write = os.pipe()
        command = f"exec {sys.executable} {Path(__file__).with_name('nursery.py')} 3>&{write}"
        with (installation.folder / "log.txt").open("ab") as log:
            self._process = subprocess.Popen(
                ["bash", "-c", command], cwd=ROOT, stdin=subprocess.PIPE, stdout=log, stderr=log,
                env={**installation.environment, "DJANGO_SETTINGS_MODULE": "config.settings"},
                pass_fds=[write], start_new_session=True,
            )  # fmt: skip
        os.close(write)
        self._answers = os.fdopen(read)

    def start(self, words: str) -> Forked:
        """One `tandem` command, in a group of its own."""
        assert self._process.stdin
        self._process.stdin.write(f"{words}\n".encode())
        self._process.stdin.flush()
        return Forked(int(self._answers.readline()))

    def close(self) -> None:
        """It starts nothing any more."""
        kill(self._process)
        self._answers.close()


Process = subprocess.Popen[bytes] | Forked


def kill(process: Process) -> None:
    """kill -9 of a whole group; back when it is gone."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until_up(port: int, process: Process, seconds: float = 60) -> None:
    """Come back when the server answers.

    Raises:
        RuntimeError: it ended, or did not answer in time.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError("the server ended")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            pass
        with suppress(httpx.HTTPError):
            if httpx.get(
                f"http://127.0.0.1:{port}/oidc/jwks", timeout=5, trust_env=False
            ).is_success:
                return
        time.sleep(0.05)
    raise RuntimeError("the server does not answer")


def _version() -> str:
    """What a prepared installation depends on: tables, and what fills them."""
    digest = hashlib.sha256()
    for pattern in ("tandem/*/migrations/*.py", "tandem/referentiels/data/*", "simulateurs/*.py"):
        for file in sorted(ROOT.glob(pattern)):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def first_installation(on: str) -> Path:
    """The folder of the prepared installation; made when it is not there."""
    folder = KEPT / f"{on.lower()}-{_version()}"
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        for old in KEPT.glob(f"{on.lower()}-*"):
            shutil.rmtree(old)
        folder.mkdir(parents=True)
        ground = Ground(on, folder)
        try:
            ground.prepare()
        finally:
            ground.close()
        (folder / "ready").touch()
    return folder


@contextmanager
def ground(on: str, extra: dict[str, Any] | None = None) -> Iterator[Ground]:
    """A copy to hurt, on this database; nothing of it stays."""
    os.environ.setdefault("TANDEM_MODE", "demo")
    folder = Path(tempfile.mkdtemp(prefix="tandem-fiabilite-"))
    folder.chmod(0o755)
    place = Ground(on, folder)
    place.installation.extra |= extra or {}
    try:
        place.copy_from(first_installation(on))
        yield place
    finally:
        place.close()
        shutil.rmtree(folder, ignore_errors=True)
