"""Periodic work of the kernel."""

from datetime import datetime, timedelta

from tandem.kernel.limits import purge_limits
from tandem.kernel.periodic import periodic


@periodic("kernel.purge_limits", every=timedelta(hours=1))
def purge(at: datetime) -> str:
    """Forget the windows of rate limits that are over."""
    return f"{purge_limits(at=at)} windows"
