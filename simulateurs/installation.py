"""A demonstration installation: its folder, ports, secrets, processes. Never production.

Everything it makes stands in one folder (`var/demo` by default): database, messages, state. Each run
starts from where the last one stopped; `fresh` starts from nothing.
"""

import base64
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ("tandem", "franceconnect", "administration", "console")


class InstallationError(Exception):
    """The demonstration cannot start; the message says why, in French."""


def hold_port(port: int = 0) -> socket.socket:
    """A port of the loopback where nobody listens, kept as long as this socket is open; 0 takes any.

    It is bound and does not listen: the system gives the port to no one else, and the server that was
    meant, which asks to reuse the address as servers do, may listen there.

    Raises:
        OSError: somebody listens on this port.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind(("127.0.0.1", port))
    except OSError:
        held.close()
        raise
    return held


def number_of(held: socket.socket) -> int:
    """The port that a socket holds."""
    return int(held.getsockname()[1])


def _secret() -> str:
    # The prefix is what production refuses (config/env.py).
    return "demo-" + secrets.token_urlsafe(48)


def _key(name: str = "") -> str:
    return f"demo-{name}" + base64.b64encode(os.urandom(32)).decode()


@dataclass
class Installation:
    """One demonstration on this machine.

    Attributes:
        folder: where everything it keeps stands.
        hosts: the host of each program; three distinct domains make SameSite real in journeys.
    """

    folder: Path
    hosts: dict[str, str] = field(default_factory=lambda: dict.fromkeys(PROGRAMS, "localhost"))
    # Over the environment of the demonstration: a database, a place to measure.
    extra: dict[str, str] = field(default_factory=dict)
    state: dict[str, Any] = field(default_factory=dict)
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    # Until `stop`, nobody else takes a port between its choice and the start of its program.
    _held: list[socket.socket] = field(default_factory=list)

    def open(self, *, fresh: bool = False) -> None:
        """Read the state of the last run, or make a new one.

        Raises:
            InstallationError: the mode is production.
        """
        if os.environ.get("TANDEM_MODE") == "production":
            raise InstallationError(
                "La démonstration ne se lance pas sur une installation de production."
            )
        if fresh and self.folder.exists():
            shutil.rmtree(self.folder)
        (self.folder / "messages").mkdir(parents=True, exist_ok=True)
        file = self.folder / "state.json"
        if file.exists():
            self.state = json.loads(file.read_text())
        else:
            self.state = {
                "secrets": {
                    "TANDEM_SECRET_KEY": _secret(),
                    "TANDEM_ENCRYPTION_KEYS": _key("k1:"),
                    "TANDEM_INDEX_KEY": _key(),
                    "TANDEM_FC_CLIENT_SECRET": _secret(),
                },
                "ports": {},
                "people": {},
                "played": False,
            }
        self._hold_ports()
        self.save()

    def _hold_ports(self) -> None:
        """Those of the last run if all are free, else others."""
        wanted = self.state["ports"].values()
        try:
            for port in wanted:
                self._held.append(hold_port(port))
        except OSError:
            self._release_ports()
        if self._held:
            return
        self._held = [hold_port() for _ in PROGRAMS]
        self.state["ports"] = dict(zip(PROGRAMS, map(number_of, self._held), strict=True))
        self.state.pop("relying_party", None)

    def _release_ports(self) -> None:
        for held in self._held:
            held.close()
        self._held.clear()

    def save(self) -> None:
        """Write the state."""
        file = self.folder / "state.json"
        file.write_text(json.dumps(self.state, indent=1, ensure_ascii=False))
        file.chmod(0o600)

    def url(self, program: str) -> str:
        """The address of a program, as a browser knows it."""
        return f"http://{self.hosts[program]}:{self.state['ports'][program]}"

    def back_url(self, program: str) -> str:
        """The address of a program, as the other programs reach it."""
        return f"http://127.0.0.1:{self.state['ports'][program]}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of Tandem's processes."""
        issuer = f"{self.url('franceconnect')}/api/v2"
        own = {
            "TANDEM_MODE": "demo",
            "TANDEM_SITE_URL": self.url("tandem"),
            "TANDEM_ALLOWED_HOSTS": f"{self.hosts['tandem']},127.0.0.1,localhost",
            "TANDEM_DATA_DIR": str(self.folder),
            "TANDEM_OPERATOR_NAME": "Tandem, démonstration",
            "TANDEM_SUPPORT_EMAIL": "aide@tandem.example",
            "TANDEM_SUPPORT_PHONE": "01 99 00 12 34",
            "TANDEM_EMAIL_URL": f"file:{self.folder / 'messages'}",
            "TANDEM_EMAIL_FROM": "Tandem <ne-pas-repondre@tandem.example>",
            "TANDEM_SMS_URL": f"file:{self.folder / 'messages'}",
            "TANDEM_FC_ISSUER": issuer,
            "TANDEM_FC_CLIENT_ID": "tandem-demonstration",
            "TANDEM_FC_DISCOVERY_URL": (
                f"{self.back_url('franceconnect')}/api/v2/.well-known/openid-configuration"
            ),
            "TANDEM_ALLOW_LOOPBACK": "1",
            "TANDEM_DEMO_PAGE_URL": self.url("console"),
            "TANDEM_GRANIAN_WORKERS": "1",
            **self.state["secrets"],
            **self.extra,
        }
        outside = ("TANDEM_", "DJANGO_", "DATABASE_URL")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(outside)}
        return {**kept, **own, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}

    def run(self, *words: str) -> str:
        """One `tandem` command; give back what it printed.

        Raises:
            InstallationError: the command failed.
        """
        done = subprocess.run(  # noqa: S603 — our own command line
            [sys.executable, "-c", "from config.cli import main; main()", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise InstallationError(
                f"tandem {' '.join(words)} : {(done.stderr or done.stdout)[-2000:]}"
            )
        return done.stdout

    def spawn(self, code: Sequence[str]) -> subprocess.Popen[bytes]:
        """A program that goes on until `stop`."""
        with (self.folder / "log.txt").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 — our own programs
                [sys.executable, *code],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def serve(self) -> None:
        """Start Tandem and its worker; come back when the first page answers.

        Raises:
            InstallationError: nothing answered within 60 seconds.
        """
        port = str(self.state["ports"]["tandem"])
        main = "from config.cli import main; main()"
        self.spawn(["-c", main, "serve", "--port", port])
        self.spawn(["-c", main, "worker"])
        self.wait_for(f"http://127.0.0.1:{port}/")

    def wait_for(self, url: str, seconds: float = 60) -> None:
        """Come back when this address answers.

        Raises:
            InstallationError: it did not in time.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if httpx.get(url, timeout=2, trust_env=False).status_code < 500:
                    return
            except httpx.HTTPError:
                pass
            for process in self._processes:
                if process.poll() is not None:
                    raise InstallationError(
                        f"Un programme s'est arrêté : voir {self.folder / 'log.txt'}"
                    )
            time.sleep(0.1)
        raise InstallationError(f"{url} ne répond pas : voir {self.folder / 'log.txt'}")

    def stop(self) -> None:
        """Stop every program; none is left behind."""
        for process in self._processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in self._processes:
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._processes.clear()
        self._release_ports()
