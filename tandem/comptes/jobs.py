"""What the worker does for comptes."""

from datetime import datetime, timedelta

from tandem.comptes.actions import apply_due_resets, purge_sessions
from tandem.comptes.actions.purge import purge_technical
from tandem.kernel.periodic import periodic


@periodic("comptes.resets", every=timedelta(minutes=10))
def resets(at: datetime) -> str:
    """Apply the resets whose day of notice is over."""
    return f"{apply_due_resets(at=at)} applied"


@periodic("comptes.purge", every=timedelta(hours=1))
def purge(at: datetime) -> str:
    """Drop what has no more use: sessions over, challenges, gestures, links, devices unseen."""
    return f"{purge_sessions(at=at)} sessions, {purge_technical(at=at)} rows"
