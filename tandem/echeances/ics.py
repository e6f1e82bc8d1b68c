"""A calendar file (RFC 5545): days and addresses, no value about a person. Pure functions.

Whoever opens the aidant's calendar reads « Démarche à suivre (Tandem) » and a link that asks who they are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
_LINE_BYTES: Final = 75
_ESCAPED: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True)
class Event:
    """One whole day."""

    public_id: UUID
    day: date
    summary: str
    url: str


def calendar(events: Iterable[Event], *, host: str, name: str, at: datetime) -> bytes:
    """The file, in UTF-8, its lines ended by CRLF and folded at 75 bytes."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Tandem//Echeances//FR",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
    ]
    for event in events:
        lines += _event(event, host=host, at=at)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _event(event: Event, *, host: str, at: datetime) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{event.public_id}@{host}",
        f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_text(event.summary)}",
        f"URL:{event.url}",
        f"DESCRIPTION:{_text(event.url)}",
        "CLASS:PRIVATE",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _text(value: str) -> str:
    return value.translate(_ESCAPED)


def _folded(line: str) -> bytes:
    """At most 75 bytes a line, never in the middle of a character (RFC 5545, 3.1)."""
    parts: list[bytes] = []
    part = b""
    for character in line:
        encoded = character.encode()
        # A folded line begins with a space, which counts.
        room = _LINE_BYTES if not parts else _LINE_BYTES - 1
        if len(part) + len(encoded) > room:
            parts.append(part)
            part = b""
        part += encoded
    parts.append(part)
    return b"\r\n ".join(parts) + b"\r\n"
