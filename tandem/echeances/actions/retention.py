"""What is kept a time only (P-20); the dates of a démarche leave with it."""

from datetime import datetime

from django.db.models import Q

from tandem.echeances.models import Echeance
from tandem.echeances.rules import ENDED_KEPT


def purge_echeances(*, at: datetime) -> int:
    """Drop dates ended for two years, and those of people met for the last time two years ago; how many.

    The last contact counts, whoever opened the file since (P-21).
    """
    limit = at - ENDED_KEPT
    past = Q(done_at__lte=limit) | Q(dropped_at__lte=limit) | Q(usager__last_contact_at__lte=limit)
    return Echeance.objects.filter(past).delete()[0]
