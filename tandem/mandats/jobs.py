"""What the worker does for mandats."""

from datetime import datetime, timedelta

from tandem.kernel.periodic import periodic
from tandem.mandats.actions import announce_endings, erase_due, expire_due


@periodic("mandats.expire", every=timedelta(minutes=10))
def expire(at: datetime) -> str:
    """End what is past its end."""
    return f"{expire_due(at=at)} expired"


@periodic("mandats.announce", every=timedelta(hours=1))
def announce(at: datetime) -> str:
    """Tell people that a mandat ends soon."""
    return f"{announce_endings(at=at)} announced"


@periodic("mandats.purge", every=timedelta(hours=24))
def purge(at: datetime) -> str:
    """Erase what has been kept long enough."""
    mandats, people = erase_due(at=at)
    return f"{mandats} mandats, {people} people"
