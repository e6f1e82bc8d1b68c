"""When a person is erased, their dates go (P-22)."""

from datetime import datetime

from django.db.models import Q

from tandem.echeances.models import Echeance
from tandem.usagers.models import Usager


def erase_person(*, usager: Usager, at: datetime, **_signal: object) -> None:  # noqa: ARG001
    """Called by usagers inside its own transaction, under its lock on the person."""
    Echeance.objects.filter(Q(usager=usager) | Q(demarche_suivie__usager=usager)).delete()
