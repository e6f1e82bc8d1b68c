"""What the person agreed to, as the wizard hands it over and the snapshot states it (P-01)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

# One identification signs one mandat, within this time.
IDENTIFICATION_LIFETIME: Final = timedelta(minutes=10)
COOL_OFF: Final = timedelta(hours=24)
POINTS: Final = ("who", "until", "stop")
# The answer of usagers.rules.Protected that lets the person sign alone (P-33, P-34).
CAN_SIGN_ALONE: Final = "none"


class Alone(StrEnum):
    """Whether the person could speak without anyone listening (P-36)."""

    ALONE = "alone"
    SPOKE = "spoke"
    # Neutral words on screen, because the person or a relative may see it.
    LATER = "later"


class ContactKind(StrEnum):
    """How the usager is told: a channel already theirs, a new one, or on paper."""

    KNOWN = "known"
    SMS = "sms"
    EMAIL = "email"
    PAPER = "paper"


@dataclass(frozen=True)
class Agreement:
    """What the person chose. Empty means not answered, except `aidants`: empty is the whole team."""

    scopes: tuple[str, ...] = ()
    duree: str = ""
    presence: dict[str, list[str]] = field(default_factory=dict)
    aidants: tuple[str, ...] = ()
    protected: str = ""
    alone: str = ""
    contact_kind: str = ""
    contact_value: str = ""
    contact_holder: str = ""
    text_version: str = ""
    text_name: str = ""
    reader: str = ""
    interpreter: str = ""
    points: dict[str, str] = field(default_factory=dict)
    # The identity received from FranceConnect; empty when a code on their channel said their agreement.
    identity: dict[str, str] = field(default_factory=dict)


def is_fresh(identified_at: datetime | None, *, at: datetime) -> bool:
    """Whether an identification can still sign: received less than ten minutes ago."""
    return (
        identified_at is not None and identified_at <= at < identified_at + IDENTIFICATION_LIFETIME
    )
