"""When a person is erased, everything followed for them goes (P-22)."""

from collections.abc import Iterable
from datetime import datetime

from tandem.accompagnements.models import Besoin, Brouillon, DemarcheSuivie, Depot
from tandem.fichiers.actions import erase_file
from tandem.usagers.models import Usager


def erase_person(*, usager: Usager, at: datetime, **_signal: object) -> None:
    """Called by usagers inside its own transaction, under its lock on the person."""
    Brouillon.objects.filter(usager=usager).delete()
    erase_demarches(DemarcheSuivie.objects.filter(usager=usager), at=at)
    besoins = Besoin.objects.filter(usager=usager)
    # A démarche left without a name keeps nothing of a demand that was theirs.
    erase_demarches(DemarcheSuivie.objects.filter(besoin__in=besoins), at=at)
    besoins.delete()


def erase_demarches(rows: Iterable[DemarcheSuivie], *, at: datetime) -> int:
    """Erase démarches with their history, their pieces, their receipts; returns how many."""
    keys = [row.pk for row in rows]
    for depot in Depot.objects.filter(
        demarche_suivie__in=keys, receipt__isnull=False
    ).select_related("receipt"):
        if depot.receipt is not None:
            erase_file(depot.receipt, at=at)
    DemarcheSuivie.objects.filter(pk__in=keys).delete()
    return len(keys)
