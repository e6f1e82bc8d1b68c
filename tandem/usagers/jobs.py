"""What the worker does for usagers."""

from datetime import datetime, timedelta

from tandem.kernel.periodic import periodic
from tandem.usagers.actions import send_digests


@periodic("usagers.digests", every=timedelta(minutes=30))
def digests(at: datetime) -> str:
    """Send the digests of the day before."""
    return f"{send_digests(at=at)} digests"
