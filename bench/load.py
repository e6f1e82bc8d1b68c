"""`python -m bench.load`: two hundred aidants who think, then ten times too many (R-20, R-21).

Requests leave at their hour whether or not the former ones came back. `tandem serve`, two workers, a private
PostgreSQL with the durability of production. BENCH_SECONDS: how long the first part lasts (180).
"""

import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.cluster import cluster
from simulateurs.installation import Installation

SECONDS = int(os.environ.get("BENCH_SECONDS", "180"))
AIDANTS = 200
A_SECOND = 50
TIMES_TOO_MANY = 10
CROWD_SECONDS = 20
PATIENCE = 30.0
NAMES = ("Lefevre", "Martin", "Rose")


@dataclass
class Part:
    """What came back of one part of the play."""

    name: str
    seconds: float
    statuses: Counter[str] = field(default_factory=Counter)
    served: list[float] = field(default_factory=list)
    stops: list[float] = field(default_factory=list)
    without_hour: int = 0

    def row(self) -> str:
        """A line of the table."""
        times = sorted(self.served) or [0.0]
        known = {"200", "302", "503"}
        errors = sum(count for status, count in self.statuses.items() if status not in known)
        stop = (
            f"{statistics.quantiles(self.stops, n=20)[-1] * 1000:.0f}"
            if len(self.stops) > 1
            else "–"
        )
        return (
            f"| {self.name} | {sum(self.statuses.values()) / self.seconds:.0f} | {len(self.served) / self.seconds:.0f} "
            f"| {_ms(times, 0.5)} | {_ms(times, 0.95)} | {_ms(times, 0.99)} | {self.statuses['503']} "
            f"| {self.without_hour} | {stop} | {errors} |"
        )


def _ms(times: list[float], share: float) -> str:
    return f"{times[min(len(times) - 1, int(share * len(times)))] * 1000:.0f}"


class Crowd:
    """Aidants with a session each, who ask one server."""

    def __init__(self, port: int, world: dict[str, Any]) -> None:
        self.port, self.world = port, world
        self.chance = random.Random(20261122)  # noqa: S311 — the same play each time

    def act(self) -> tuple[str, str, str]:
        """What an aidant asks next: method, path, form."""
        draw = self.chance.random()
        person = self.chance.choice(self.world["people"])
        if draw < 0.35:
            return "GET", "/accueil/", ""
        if draw < 0.65:
            return "GET", f"/personnes/{person}/", ""
        if draw < 0.75:
            return "GET", "/mandats/", ""
        if draw < 0.85:
            return "GET", "/demarches/", ""
        if draw < 0.95:
            return "GET", f"/mandats/{self.chance.choice(self.world['mandats'])}/", ""
        form = f"q={self.chance.choice(NAMES)}&csrfmiddlewaretoken={'a' * 32}"
        return "POST", "/personnes/", form

    async def ask(self, part: Part, method: str, path: str, form: str) -> None:
        """One request on a connection of its own."""
        cookie = self.chance.choice(self.world["cookies"])
        lines = [
            f"{method} {path} HTTP/1.1", f"Host: localhost:{self.port}", f"Cookie: {cookie}", "Accept: text/html",
            "Connection: close",
        ]  # fmt: skip
        if form:
            lines += [
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(form)}",
                f"Origin: http://localhost:{self.port}",
            ]
        start = time.perf_counter()
        status, head = await self._answer("\r\n".join([*lines, "", form]))
        spent = time.perf_counter() - start
        part.statuses[status] += 1
        if status in {"200", "302"}:
            (part.stops if path.endswith("/arreter/") else part.served).append(spent)
        elif status == "503" and b"retry-after" not in head.lower():
            part.without_hour += 1

    async def _answer(self, asked: str) -> tuple[str, bytes]:
        try:
            async with asyncio.timeout(PATIENCE):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.write(asked.encode())
                raw = await reader.read(-1)
                writer.close()
        except (TimeoutError, OSError) as error:
            return type(error).__name__, b""
        return raw[9:12].decode() or "cut", raw.split(b"\r\n\r\n", 1)[0]

    async def play(self, name: str, a_second: int, seconds: int, *, stop: bool = False) -> Part:
        """So many requests a second, at hours drawn in advance; with `stop`, one of someone who stops each second."""
        hours = sorted(self.chance.uniform(0, seconds) for _number in range(a_second * seconds))
        acts = [(hour, *self.act()) for hour in hours]
        if stop:
            mandat = self.world["mandats"][0]
            acts += [
                (0.5 + second, "GET", f"/mandats/{mandat}/arreter/", "")
                for second in range(seconds)
            ]
        part, start = Part(name, seconds), time.perf_counter()
        asked = set()
        for hour, *act in sorted(acts):
            await asyncio.sleep(max(0.0, start + hour - time.perf_counter()))
            asked.add(asyncio.create_task(self.ask(part, *act)))
        await asyncio.gather(*asked)
        part.seconds = time.perf_counter() - start
        print(part.row(), dict(part.statuses), flush=True)
        return part


async def everything(crowd: Crowd) -> list[Part]:
    """A warm-up, the load, too many, and the load again at once."""
    await crowd.play("(warm-up)", 10, 10)
    return [
        await crowd.play(f"{AIDANTS} aidants, {A_SECOND} a second", A_SECOND, SECONDS),
        await crowd.play(
            f"{TIMES_TOO_MANY} times as many", A_SECOND * TIMES_TOO_MANY, CROWD_SECONDS, stop=True
        ),
        await crowd.play("afterwards, at once", A_SECOND, 30),
    ]


def main() -> None:
    """Start, fill, play, print the table."""
    import subprocess

    os.environ["TANDEM_MODE"] = "demo"
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        with cluster(folder) as (database, _pid):
            extra = {"DATABASE_URL": database, "TANDEM_GRANIAN_WORKERS": "2"}
            installation = Installation(folder / "demo", extra=extra)
            installation.open()
            installation.run("migrate")
            try:
                installation.serve()
                environment = {
                    **installation.environment,
                    "DJANGO_SETTINGS_MODULE": "config.settings",
                }
                done = subprocess.run(
                    [sys.executable, "-m", "bench.seed_load", str(AIDANTS)], env=environment,
                    check=True, stdout=subprocess.PIPE, text=True,
                )  # fmt: skip
                world = json.loads(done.stdout.strip().rsplit("\n", 1)[-1])
                asyncio.run(everything(Crowd(installation.state["ports"]["tandem"], world)))
            finally:
                installation.stop()


if __name__ == "__main__":
    main()
