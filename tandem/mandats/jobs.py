"""What the worker does for mandats."""

from datetime import datetime, timedelta

from tandem.kernel.periodic import periodic
from tandem.mandats.actions import announce_endings, expire_due


@periodic("mandats.expire", every=timedelta(minutes=10))
def expire(at: datetime) -> str:
    """End what is past its end."""
    return f"{expire_due(at=at)} expired"


@periodic("mandats.announce", every=timedelta(hours=1))
def announce(at: datetime) -> str:
    """Tell people that a mandat ends soon."""
    return f"{announce_endings(at=at)} announced"
