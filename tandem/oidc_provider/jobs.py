"""Periodic work of the provider."""

from datetime import datetime, timedelta

from tandem.kernel.periodic import periodic
from tandem.oidc_provider.actions import purge


@periodic("oidc_provider.purge", every=timedelta(hours=1))
def purge_transactions(at: datetime) -> str:
    """Transactions after ten minutes and a day, with their codes and tokens (A.3)."""
    return ", ".join(f"{name}: {count}" for name, count in purge(at=at).items())
