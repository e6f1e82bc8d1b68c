"""What may happen in a sandbox: no database, no clock, no request."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

# Where the session keeps the structure one came from (an affectation's public_id, or nothing).
SESSION_BEFORE: Final = "entrainement_avant"
# Said across every paper, on screen and in every PDF.
STAMP: Final = _("EXEMPLE — SANS VALEUR")
# A sandbox is emptied by itself after that.
KEPT: Final = timedelta(days=31)

# The rooms whose acts stay in the structure of whoever acts: these alone may be practised. A new room is closed
# to exercises until it is written here, once it is shown to write nothing elsewhere.
PRACTISED: Final = frozenset(
    {
        "acces", "accompagnements", "courriers", "declarations", "documents", "echeances", "entrainement", "espaces",
        "mandats", "notes", "papier", "signature", "usagers",
    }
)  # fmt: skip
# The compte itself is true: one may always log out, or change its password.
TRUE: Final = frozenset({"comptes"})
# What is never opened, not even to look: it speaks to the outside.
CLOSED: Final = frozenset({"oidc_provider"})
# Protocol endpoints of a machine, which holds no session.
MACHINES: Final = "protocol"


def may_practise(room: str, *, writes: bool) -> bool:
    """Whether a page of this room opens in a sandbox; reading what is common to all is allowed."""
    if room in CLOSED:
        return False
    return not writes or room in PRACTISED | TRUE


def use_act(key: UUID) -> str:
    """The name of the act that the gesture of an exercise is bound to."""
    return f"entrainement.use:{key}"
