"""What the worker does for rapprochements."""

from datetime import datetime, timedelta

from tandem.kernel.periodic import periodic
from tandem.rapprochements.actions import follow_late_rows, index_missing


@periodic("rapprochements.rounds", every=timedelta(minutes=5))
def rounds(at: datetime) -> str:
    """Bring what was late to the file kept, fingerprint the people not compared yet."""
    return f"{follow_late_rows(at=at)} rows, {index_missing()} people"
