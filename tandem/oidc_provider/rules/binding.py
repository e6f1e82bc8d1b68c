"""What ties a transaction to one browser, then to one session."""

import hashlib
import re
from dataclasses import dataclass
from uuid import UUID

_VALUE = re.compile(r"[A-Za-z0-9_-]{22,64}")


@dataclass(frozen=True)
class Binding:
    """The browser, by the hash of its cookie; the session, by its name when there is one."""

    browser_hash: str
    session_id: UUID | None = None


def browser_value(received: str) -> str:
    """The value of the cookie when it has the shape of ours, nothing otherwise."""
    return received if _VALUE.fullmatch(received) else ""


def sha256(value: str) -> str:
    """Hash of a random value of ≥ 128 bits: no salt nor slowness is needed."""
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


def use_act(transaction: UUID) -> str:
    """The act a gesture is bound to: this connexion, no other (S-08)."""
    return f"mandat.use:{transaction}"
