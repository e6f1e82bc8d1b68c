"""Periodic work of the files."""

from datetime import datetime, timedelta

from tandem.fichiers.actions import sweep_files
from tandem.kernel.periodic import periodic


@periodic("fichiers.sweep", every=timedelta(days=1))
def sweep(at: datetime) -> str:
    """Remove the files that belong to nothing any more."""
    return f"{sweep_files(at=at)} files"
