"""What the worker does for notes."""

from datetime import datetime, timedelta

from tandem.kernel.periodic import periodic
from tandem.notes.actions import purge_notes


@periodic("notes.purge", every=timedelta(days=1))
def purge(at: datetime) -> str:
    """Erase the notes past their time (P-20)."""
    return f"{purge_notes(at=at)} notes"
