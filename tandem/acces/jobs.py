"""What the worker does for acces."""

from datetime import datetime, timedelta

from tandem.acces.actions import purge_acces
from tandem.kernel.periodic import periodic


@periodic("acces.purge", every=timedelta(days=1))
def purge(at: datetime) -> str:
    """Erase what is past its time (P-20)."""
    return f"{purge_acces(at=at)} erased"
