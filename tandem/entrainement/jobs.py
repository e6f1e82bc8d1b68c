"""What the worker does for entrainement."""

from datetime import datetime, timedelta

from tandem.entrainement.actions import purge_sandboxes
from tandem.kernel.periodic import periodic


@periodic("entrainement.purge", every=timedelta(days=1))
def purge(at: datetime) -> str:
    """Empty the sandboxes of the month before."""
    return f"{purge_sandboxes(at=at)} emptied"
