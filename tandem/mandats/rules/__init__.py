"""Choices and pure functions of mandats: no database, no clock, no request."""

from tandem.mandats.rules.choices import (
    AbsenceReason,
    AccountMeans,
    ConfirmationKind,
    ConsentMethod,
    EndKind,
    Presence,
    Reader,
    State,
    Understanding,
)
from tandem.mandats.rules.durees import (
    Duree,
    allowed_durees,
    announcement_due,
    default_duree,
    end_of_day,
    ends_at,
    mandat_state,
)
from tandem.mandats.rules.ladder import Capability, is_minor, rung_allows

__all__ = [
    "AbsenceReason",
    "AccountMeans",
    "Capability",
    "ConfirmationKind",
    "ConsentMethod",
    "Duree",
    "EndKind",
    "Presence",
    "Reader",
    "State",
    "Understanding",
    "allowed_durees",
    "announcement_due",
    "default_duree",
    "end_of_day",
    "ends_at",
    "is_minor",
    "mandat_state",
    "rung_allows",
]
