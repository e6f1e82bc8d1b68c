"""What the worker does for practice sheets."""

from datetime import datetime, timedelta

from tandem.fiches.actions import forget_authors
from tandem.kernel.periodic import periodic


@periodic("fiches.authors", every=timedelta(days=1))
def authors(at: datetime) -> str:
    """Forget the authors who left (P-20)."""
    return f"{forget_authors(at=at)} texts"
