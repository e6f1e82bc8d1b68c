"""Writes of echeances."""

from tandem.echeances.actions.doors import EcheanceRefused, NotAllowed
from tandem.echeances.actions.keeping import (
    add_echeance,
    change_echeance,
    drop_echeance,
    finish_echeance,
    reopen_echeance,
)
from tandem.echeances.actions.planning import plan_for
from tandem.echeances.actions.reminders import remind_aidants, remind_people
from tandem.echeances.actions.retention import purge_echeances

__all__ = [
    "EcheanceRefused", "NotAllowed", "add_echeance", "change_echeance", "drop_echeance", "finish_echeance",
    "plan_for", "purge_echeances", "remind_aidants", "remind_people", "reopen_echeance",
]  # fmt: skip
