"""What the worker does for usagers."""

from datetime import datetime, timedelta

from tandem.kernel.periodic import periodic
from tandem.usagers.actions import purge_codes, send_digests


@periodic("usagers.rounds", every=timedelta(minutes=30))
def rounds(at: datetime) -> str:
    """Send the digests of the day before, drop the codes that are dead."""
    return f"{send_digests(at=at)} digests, {purge_codes(at=at)} codes"
