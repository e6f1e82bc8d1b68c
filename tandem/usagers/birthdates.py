"""A birthdate as people say it, and as the civil registry writes it (FI-12): unknown parts are zeros."""

import re
from datetime import date

_SAID = re.compile(r"(?:(?:(\d{1,2})[/. -])?(\d{1,2})[/. -])?(\d{4})", re.ASCII)
_OLDEST = 1890


def said_birthdate(text: str, *, today: date) -> str:
    """« 12/03/1946 », « 03/1946 » or « 1946 » with presumed zeros; empty when it is not a day gone by."""
    found = _SAID.fullmatch(text.strip())
    if found is None:
        return ""
    day, month, year = (int(part or 0) for part in found.groups())
    try:
        earliest = date(year, month or 1, day or 1)
    except ValueError:
        return ""
    written = f"{year:04}-{month:02}-{day:02}"
    return written if year >= _OLDEST and earliest <= today else ""


def typed_birthdate(birthdate: str) -> str:
    """The same backwards, for a form: « 12/03/1946 », « 03/1946 », « 1946 »."""
    parts = [part for part in reversed(birthdate.split("-")) if part.strip("0")]
    return "/".join(parts)
