"""What the worker does for courriers."""

from datetime import datetime, timedelta

from tandem.courriers.actions import erase_expired
from tandem.kernel.periodic import periodic


@periodic("courriers.retention", every=timedelta(days=1))
def retention(at: datetime) -> str:
    """Erase what is kept of people not met for two years (P-20)."""
    return f"{erase_expired(at=at)} people"
