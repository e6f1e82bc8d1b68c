"""What the worker does for echeances."""

from datetime import datetime, timedelta

from tandem.echeances.actions import purge_echeances, remind_aidants, remind_people
from tandem.kernel.periodic import periodic


@periodic("echeances.remind", every=timedelta(minutes=30))
def remind(at: datetime) -> str:
    """Tell aidants and people of the dates that come."""
    return f"{remind_aidants(at=at)} aidants, {remind_people(at=at)} people"


@periodic("echeances.purge", every=timedelta(days=1))
def purge(at: datetime) -> str:
    """Drop what is past its time (P-20)."""
    return f"{purge_echeances(at=at)} echeances"
