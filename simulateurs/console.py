"""The console of the demonstration: one-time codes of its people, and every e-mail and SMS that was sent.

It shows what nobody may see on a real installation; it exists in demonstration only. `people.json` is a list of
`{"name", "role", "email", "password", "totp_secret"}`, the last one in base 32; missing members are not shown.
"""

import argparse
import base64
import email
import email.policy
import hashlib
import hmac
import json
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from simulateurs.web import Markup, Request, Response, Router, Running, fill, join, page, start

LAYOUT = "console/page.html"
STEP_SECONDS = 30
SHOWN = 50
_ZONE = ZoneInfo("Europe/Paris")


@dataclass(frozen=True)
class ConsoleConfig:
    """Where the people of the demonstration are described, and where its messages fall."""

    people_file: Path
    messages_folder: Path
    tandem_url: str = ""
    now: Callable[[], float] = time.time


@dataclass(frozen=True)
class Message:
    """One e-mail or SMS, as it left."""

    kind: str
    to: str
    subject: str
    body: str
    sent_at: float


class Console:
    """The page: `serve(port)` listens in the background."""

    def __init__(self, config: ConsoleConfig) -> None:
        self.config = config
        self._router = Router([("GET", "/", self._home)])

    def serve(self, port: int) -> Running:
        """Listen on the loopback until `stop`.

        Raises:
            SystemExit: the mode is production.
        """
        return start(self, port=port)

    def __call__(self, request: Request) -> Response:
        return self._router(request)

    def _home(self, _request: Request) -> Response:
        now = self.config.now()
        people = join(_person(one, now) for one in read_people(self.config.people_file))
        messages = join(_message(one) for one in read_messages(self.config.messages_folder)[:SHOWN])
        content = fill(
            "console/accueil.html",
            people=people or Markup("<p>Personne n’est encore décrit ici.</p>"),
            messages=messages or Markup("<p>Aucun message n’est encore parti.</p>"),
            left=STEP_SECONDS - int(now) % STEP_SECONDS,
            tandem=self.config.tandem_url,
        )
        return page(LAYOUT, title="Codes et messages", content=content)


def one_time_code(secret: str, now: float) -> str:
    """The six digits of RFC 6238 at this instant, from a secret in base 32."""
    key = base64.b32decode(secret.upper() + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(now) // STEP_SECONDS), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def read_people(file: Path) -> list[Mapping[str, str]]:
    """The people described in the file; none while it does not exist."""
    if not file.exists():
        return []
    people: list[Mapping[str, str]] = json.loads(file.read_text(encoding="utf-8"))
    return people


def read_messages(folder: Path) -> list[Message]:
    """Every message of the folder, the latest first: `*.eml` and `*.sms.txt`."""
    mails = [_read_mail(file) for file in folder.glob("*.eml")]
    texts = [_read_sms(file) for file in folder.glob("*.sms.txt")]
    return sorted([*mails, *texts], key=lambda message: message.sent_at, reverse=True)


def _read_mail(file: Path) -> Message:
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    body = mail.get_body(("plain",))
    text = body.get_content() if body else ""
    return Message("Courriel", str(mail["To"]), str(mail["Subject"]), text, file.stat().st_mtime)


def _read_sms(file: Path) -> Message:
    to, _, body = file.read_text(encoding="utf-8").partition("\n\n")
    return Message("SMS", to, "", body, file.stat().st_mtime)


def _person(one: Mapping[str, str], now: float) -> Markup:
    secret = one.get("totp_secret", "")
    code = fill("console/code.html", code=one_time_code(secret, now)) if secret else Markup("")
    lines = [("Adresse", one.get("email", "")), ("Mot de passe", one.get("password", ""))]
    facts = join(fill("administration/fait.html", label=n, value=v) for n, v in lines if v)
    return fill(
        "console/personne.html", name=one["name"], role=one.get("role", ""), facts=facts, code=code
    )


def _message(message: Message) -> Markup:
    return fill(
        "console/message.html",
        kind=message.kind,
        to=message.to,
        subject=message.subject or message.kind,
        body=message.body.strip(),
        at=datetime.fromtimestamp(message.sent_at, _ZONE).strftime("%d/%m/%Y à %H:%M:%S"),
    )


def main() -> None:
    """python -m simulateurs.console --people var/demo/people.json --messages var/demo/messages --port 8103"""
    parser = argparse.ArgumentParser(description="Console de la démonstration")
    parser.add_argument("--people", type=Path, required=True)
    parser.add_argument("--messages", type=Path, required=True)
    parser.add_argument("--tandem", default="")
    parser.add_argument("--port", type=int, default=8103)
    chosen = parser.parse_args()
    Console(ConsoleConfig(chosen.people, chosen.messages, chosen.tandem)).serve(chosen.port).wait()


if __name__ == "__main__":
    main()
