"""A private PostgreSQL for the time of a benchmark, with the durability of production."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulateurs.installation import hold_port, number_of


def find_bin() -> Path | None:
    """Where initdb and pg_ctl stand, the newest first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    if found:
        return found[-1].parent
    on_path = shutil.which("pg_ctl")
    return Path(on_path).parent if on_path else None


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, int]]:
    """The address of an empty database, and the process number of its postmaster."""
    place = find_bin()
    if place is None:
        raise FileNotFoundError("PostgreSQL")
    held = hold_port()
    port = number_of(held)
    work = Path(tempfile.mkdtemp(dir=folder))
    prefix: list[str] = []
    if os.getuid() == 0:
        shutil.chown(work, "postgres")
        prefix = ["runuser", "-u", "postgres", "--"]
    data = work / "data"

    def run(*words: str) -> None:
        subprocess.run([*prefix, *words], check=True, capture_output=True, cwd=work)

    run(
        str(place / "initdb"),
        "-D",
        str(data),
        "-U",
        "tandem",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
    )
    options = f"-p {port} -k {work} -c listen_addresses=127.0.0.1"
    run(
        str(place / "pg_ctl"),
        "-D",
        str(data),
        "-w",
        "-l",
        str(work / "log"),
        "-o",
        options,
        "start",
    )
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        yield f"postgresql://tandem@127.0.0.1:{port}/postgres", pid
    finally:
        run(str(place / "pg_ctl"), "-D", str(data), "-m", "fast", "stop")
        held.close()


def cpu_seconds(parent: int) -> float:
    """CPU spent by a process, its living children and those it has reaped (kernel's accounting)."""
    ticks = os.sysconf("SC_CLK_TCK")
    total = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rsplit(") ", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(entry.name) == parent:
            total += sum(int(value) for value in fields[11:15])
        elif int(fields[1]) == parent:
            total += int(fields[11]) + int(fields[12])
    return total / ticks
