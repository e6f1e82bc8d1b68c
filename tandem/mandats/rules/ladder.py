"""How sure we are of the person, and what that allows (spec of mandats, "ladder")."""

from calendar import monthrange
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

MAJORITY: Final = 18
# How long an identity vouched by a colleague is enough.
CONNU_LIFETIME: Final = timedelta(days=31)


class Capability(StrEnum):
    """What a rung may open."""

    RELEASE = "release"  # an identity given through FranceConnect
    PAPER = "paper"  # paper or private démarches under a mandat
    FOLLOW_UP = "follow_up"  # follow-up and letters
    BESIDE = "beside"  # help beside the person, who types


# The keys are the values of usagers.rules.Rung.
LADDER: Final[dict[str, frozenset[Capability]]] = {
    "franceconnect": frozenset(Capability),
    "piece_vue": frozenset({Capability.PAPER, Capability.FOLLOW_UP, Capability.BESIDE}),
    "connu": frozenset({Capability.FOLLOW_UP, Capability.BESIDE}),
    "declare": frozenset({Capability.BESIDE}),
}


def rung_allows(
    rung: str, capability: Capability, *, established_at: datetime, at: datetime
) -> bool:
    """Whether the rung opens `capability` at `at`; an unknown rung opens nothing."""
    if rung == "connu" and at - established_at > CONNU_LIFETIME:
        return capability == Capability.BESIDE
    return capability in LADDER.get(rung, frozenset())


def is_minor(birthdate: str, *, at: datetime, tz: ZoneInfo) -> bool:
    """Whether a person born on `birthdate` may be under 18 on that day (P-33).

    A presumed date (`1946-00-00`, `1946-07-00`) is read as the last day it may be: someone who may be
    a minor is one. An unreadable date makes a minor too: nothing is signed on a doubt.
    """
    try:
        year, month, day = (int(part) for part in birthdate.split("-"))
        month = month or 12
        born = date(year, month, day or monthrange(year, month)[1])
    except ValueError:
        return True
    today = at.astimezone(tz).date()
    # Born on 29 February: the birthday of a common year is 1 March.
    had_birthday = (today.month, today.day) >= (born.month, born.day)
    return today.year - born.year - (0 if had_birthday else 1) < MAJORITY
