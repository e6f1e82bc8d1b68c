"""Periodic work of the journal."""

from datetime import datetime, timedelta

from tandem.journal.actions import sign_checkpoint
from tandem.kernel.periodic import periodic


# Looked at each hour, so that a worker stopped at midnight still signs the day.
@periodic("journal.checkpoint", every=timedelta(hours=1))
def checkpoint(at: datetime) -> str:
    """Sign the heads of all chains, once a day."""
    return f"checkpoint {sign_checkpoint(at=at).number}"
