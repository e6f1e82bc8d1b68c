"""What the worker does for drafts."""

from datetime import datetime, timedelta

from tandem.kernel.periodic import periodic
from tandem.signature.actions import purge_drafts


@periodic("signature.purge_drafts", every=timedelta(hours=1))
def purge(at: datetime) -> str:
    """Forget drafts past their day."""
    return f"{purge_drafts(at=at)} drafts"
