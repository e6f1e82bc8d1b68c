"""What the worker does for entraide."""

from datetime import datetime, timedelta

from tandem.entraide.actions import purge_appels
from tandem.kernel.periodic import periodic


@periodic("entraide.purge", every=timedelta(days=1))
def purge(at: datetime) -> str:
    """Erase the calls of former days."""
    return f"{purge_appels(at=at)} erased"
