"""What a mandat states, frozen at signature, and its seal (P-01, S-35).

Canonical JSON: sorted keys, no space, UTF-8. The salt of 128 bits keeps a seal from being guessed once
the rest is erased. Documents are rendered from it, never from live data.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

SCHEMA: Final = "tandem.mandat/1"
SALT_BYTES: Final = 16

# What every snapshot says; a missing key is an error at signature, not a gap found in three years.
KEYS: Final = frozenset(
    {
        "schema", "salt", "usager", "structure", "aidants", "lines", "duree", "signed_at", "ends_at",
        "timezone", "channel", "stop", "text", "identity", "consent", "verification_code", "renews",
        "transferred_from",
    }
)  # fmt: skip


class SnapshotError(ValueError):
    """The snapshot does not state everything, or its seal is not its own."""


def new_salt() -> str:
    """128 random bits, in hexadecimal."""
    return secrets.token_hex(SALT_BYTES)


def instant(at: datetime) -> str:
    """An instant as a snapshot writes it."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def canonical(statement: Mapping[str, Any]) -> str:
    """The one way a statement is written.

    Raises:
        SnapshotError: a key is missing, unknown, or the salt is too short.
    """
    if set(statement) != KEYS or statement["schema"] != SCHEMA:
        raise SnapshotError("keys")
    if len(str(statement["salt"])) < SALT_BYTES * 2 or not statement["lines"]:
        raise SnapshotError("empty")
    return json.dumps(
        statement, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def seal_of(text: str) -> str:
    """SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def read(text: str, *, seal: str) -> dict[str, Any]:
    """The statement behind a seal.

    Raises:
        SnapshotError: the text was changed since it was sealed.
    """
    if not secrets.compare_digest(seal_of(text), seal):
        raise SnapshotError("seal")
    statement: dict[str, Any] = json.loads(text)
    return statement
