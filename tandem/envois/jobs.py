"""Periodic work of the outbox."""

from datetime import datetime, timedelta

from tandem.envois.actions import purge_messages
from tandem.kernel.periodic import periodic


@periodic("envois.purge_messages", every=timedelta(hours=6))
def purge(at: datetime) -> str:
    """Forget the messages ended for thirty days."""
    return f"{purge_messages(at=at)} messages"
