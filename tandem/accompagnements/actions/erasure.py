"""When a person is erased, everything followed for them goes (P-22)."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from tandem.accompagnements.models import Besoin, Brouillon, DemarcheSuivie, Depot
from tandem.fichiers.actions import erase_file
from tandem.usagers.models import Usager


def erase_person(*, usager: Usager, at: datetime, **_signal: object) -> None:
    """Called by usagers inside its own transaction, under its lock on the person."""
    Brouillon.objects.filter(usager=usager).delete()
    # Words noted before anyone was named are those of whose démarche came from them.
    nameless = Besoin.objects.filter(usager=None, demarches_suivies__usager=usager)
    besoins = Besoin.objects.filter(
        Q(usager=usager) | Q(pk__in=list(nameless.values_list("pk", flat=True)))
    )
    # A démarche left without a name keeps nothing of a demand that was theirs.
    theirs = Q(usager=usager) | Q(besoin__in=besoins, usager=None)
    erase_demarches(DemarcheSuivie.objects.filter(theirs), at=at)
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
