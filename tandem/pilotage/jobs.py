"""What the worker does for pilotage."""

from datetime import datetime, timedelta

from tandem.kernel.periodic import periodic
from tandem.pilotage.actions import close_due_months


@periodic("pilotage.close_months", every=timedelta(hours=6), lease=timedelta(hours=1))
def close_months(at: datetime) -> str:
    """Count the months that are over."""
    return f"{close_due_months(at=at)} closed"
