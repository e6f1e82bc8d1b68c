"""Writes of letters and post.

Each raises NotAllowed when the acteur may not act, or does not see the person: it is not said again below.
"""

from tandem.courriers.actions.courriers import (
    Received,
    correct_courrier,
    log_courrier,
    reopen_courrier,
    settle_courrier,
)
from tandem.courriers.actions.doors import CourrierRefused
from tandem.courriers.actions.erasure import erase_expired
from tandem.courriers.actions.lettres import (
    LettreChanged,
    Limit,
    Told,
    record_sent,
    save_lettre,
    write_lettre,
)
from tandem.kernel.refusals import NotAllowed

__all__ = [
    "CourrierRefused", "LettreChanged", "Limit", "NotAllowed", "Received", "Told", "correct_courrier", "erase_expired",
    "log_courrier", "record_sent", "reopen_courrier", "save_lettre", "settle_courrier", "write_lettre",
]  # fmt: skip
