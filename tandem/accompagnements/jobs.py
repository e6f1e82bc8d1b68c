"""What the worker does for accompagnements."""

from datetime import datetime, timedelta

from tandem.accompagnements.actions import purge_brouillons, purge_follow_up
from tandem.kernel.periodic import periodic


@periodic("accompagnements.purge", every=timedelta(days=1))
def purge(at: datetime) -> str:
    """Erase the follow-up past its time (P-20)."""
    besoins, demarches = purge_follow_up(at=at)
    return f"{besoins} besoins, {demarches} demarches"


@periodic("accompagnements.brouillons", every=timedelta(hours=1))
def brouillons(at: datetime) -> str:
    """Forget what was being typed the day before."""
    return f"{purge_brouillons(at=at)} brouillons"
