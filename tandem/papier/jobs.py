"""What the worker does for papier."""

from datetime import datetime, timedelta

from tandem.kernel.periodic import periodic
from tandem.papier.actions import purge_papier


@periodic("papier.purge", every=timedelta(hours=24))
def purge(at: datetime) -> str:
    """Forget what nobody confirmed, and what has been kept long enough (P-20)."""
    forgotten, erased = purge_papier(at=at)
    return f"{forgotten} forgotten, {erased} erased"
