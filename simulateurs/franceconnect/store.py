"""What the stand-in remembers, in memory: sessions, interactions, codes, access tokens. Stopping it forgets all."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

from simulateurs.franceconnect.checks import AuthorizeRequest
from simulateurs.people import Person

INTERACTION_SECONDS = 600


@dataclass(frozen=True)
class Identified:
    """Who identified, and how: kept thirty minutes for single sign-on (decision 5)."""

    person: Person
    email: str
    preferred_username: str
    birthdate: str
    provider: str
    # Labels of the mandat, when an aidant acts; empty when the person is there.
    rep_scope: tuple[str, ...] = ()
    # Tandem's ID token, to close its session on the way out.
    provider_id_token: str = ""


@dataclass
class Interaction:
    """One request of a service, until its code."""

    request: AuthorizeRequest
    session: str
    # Towards Tandem.
    state: str = field(default_factory=lambda: secrets.token_hex(32))
    nonce: str = field(default_factory=lambda: secrets.token_hex(32))


@dataclass(frozen=True)
class Code:
    """What a code opens, once."""

    request: AuthorizeRequest
    identified: Identified


@dataclass(frozen=True)
class Logout:
    """Where to go once Tandem's session is closed too."""

    session: str
    target: str


Value = TypeVar("Value")


class Expiring(Generic[Value]):
    """A table whose rows fade; `take` reads and removes at once, so that two takers never both win."""

    def __init__(self, seconds: int, now: Callable[[], float]) -> None:
        self._seconds = seconds
        self._now = now
        self._rows: dict[str, tuple[float, Value]] = {}
        self._lock = Lock()

    def put(self, value: Value, key: str = "") -> str:
        """Keep a value under a key, drawn when none is given."""
        key = key or secrets.token_urlsafe(32)
        with self._lock:
            now = self._now()
            self._rows = {name: row for name, row in self._rows.items() if row[0] > now}
            self._rows[key] = (now + self._seconds, value)
        return key

    def get(self, key: str) -> Value | None:
        """The value, unless it faded."""
        row = self._rows.get(key)
        return row[1] if row and row[0] > self._now() else None

    def take(self, key: str) -> Value | None:
        """The value, for the last time."""
        with self._lock:
            row = self._rows.pop(key, None)
        return row[1] if row and row[0] > self._now() else None
