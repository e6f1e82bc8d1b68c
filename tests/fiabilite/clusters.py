"""A private PostgreSQL with the durability of production, that one may freeze, kill and start again."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg

from bench.cluster import find_bin
from simulateurs.installation import hold_port, number_of

SETTINGS = "-c listen_addresses=127.0.0.1 -c max_connections=200"


class Cluster:
    """One cluster in its folder, on a port of its own.

    Raises:
        FileNotFoundError: PostgreSQL is not on this machine (apt-get install postgresql).
    """

    def __init__(self, folder: Path) -> None:
        found = find_bin()
        if found is None:
            raise FileNotFoundError("PostgreSQL (apt-get install postgresql)")
        self.bin = found
        self.folder = folder
        self.data = folder / "data"
        self._held = hold_port()
        self.port = number_of(self._held)
        self._prefix = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []

    @property
    def url(self) -> str:
        """The address of its database."""
        return f"postgresql://tandem@127.0.0.1:{self.port}/postgres"

    def make(self) -> None:
        """An empty cluster, that stores in fact what it acknowledges."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._prefix:
            shutil.chown(self.folder, "postgres")
        self._run(
            "initdb", "-D", self.data, "-U", "tandem", "-A", "trust", "-E", "UTF8", "--locale=C"
        )

    def copy_from(self, other: Path) -> None:
        """The cluster that another folder holds, stopped."""
        self.folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", str(other / "data"), str(self.data)], check=True)
        if self._prefix:
            shutil.chown(self.folder, "postgres")

    def start(self) -> None:
        """Start, or start again; come back when it answers."""
        # What a crash left is no server.
        if (self.data / "postmaster.pid").exists() and not self.alive():
            (self.data / "postmaster.pid").unlink()
        options = f"-p {self.port} -k {self.folder} {SETTINGS}"
        self._run(
            "pg_ctl", "-D", self.data, "-w", "-l", self.folder / "log", "-o", options, "start"
        )

    def stop(self, mode: str = "fast") -> None:
        """Stop; `immediate` is what a crash leaves."""
        self._run("pg_ctl", "-D", self.data, "-m", mode, "stop")

    def close(self) -> None:
        """Stop for good."""
        if (self.data / "postmaster.pid").exists() and self.alive():
            self.stop("immediate")
        self._held.close()

    def alive(self) -> bool:
        """Whether it answers."""
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def processes(self) -> list[int]:
        """The postmaster, then its children."""
        first = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        return [first, *children_of(first)]

    def freeze(self) -> None:
        """Every process of it stops answering, its connections stay open."""
        for pid in self.processes():
            os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """They go on."""
        for pid in self.processes():
            os.kill(pid, signal.SIGCONT)

    def _run(self, program: str, *words: str | Path) -> None:
        command = [*self._prefix, str(self.bin / program), *map(str, words)]
        done = subprocess.run(
            command, cwd=self.folder, check=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr[-2000:]}")


def children_of(parent: int) -> list[int]:
    """The living processes that this one started."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(") ", 1)[1].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[1]) == parent and fields[0] != "Z":
                found.append(int(entry.name))
    return found
