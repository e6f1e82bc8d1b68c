"""Periodic work of the journal."""

from datetime import datetime, timedelta

from tandem.journal.actions import sign_checkpoint
from tandem.journal.outside import copy_outside
from tandem.kernel.periodic import periodic


# Looked at each hour, so that a worker stopped at midnight still signs the day.
@periodic("journal.checkpoint", every=timedelta(hours=1))
def checkpoint(at: datetime) -> str:
    """Sign the heads of all chains, once a day."""
    return f"checkpoint {sign_checkpoint(at=at).number}"


@periodic("journal.outside", every=timedelta(minutes=1))
def outside(at: datetime) -> str:
    """Copy the latest lines outside the database."""
    return f"{copy_outside(at=at)} lines"
