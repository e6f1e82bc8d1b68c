"""What is kept a time only: the follow-up two years after the last contact, what has no name six months (P-20)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from tandem.accompagnements import events
from tandem.accompagnements.actions.erasure import erase_demarches
from tandem.accompagnements.models import Besoin, Brouillon, DemarcheSuivie
from tandem.accompagnements.rules import BROUILLON_KEPT, FOLLOW_UP_KEPT, NAMELESS_KEPT
from tandem.journal.actions import record
from tandem.journal.rules import SYSTEM, Subject
from tandem.structures.models import Structure


def purge_follow_up(*, at: datetime) -> tuple[int, int]:
    """Erase what is past its time, structure by structure; returns how many besoins and démarches.

    The last contact counts, whoever opened the file since (P-21). Simple help names nobody, and stays counted.
    """
    besoins = demarches = 0
    past = Q(usager=None, moved_at__lte=at - NAMELESS_KEPT) | Q(
        usager__last_contact_at__lte=at - FOLLOW_UP_KEPT
    )
    holders = set(Besoin.objects.filter(past).order_by().values_list("structure", flat=True))
    holders |= set(
        DemarcheSuivie.objects.filter(past).order_by().values_list("structure", flat=True)
    )
    for structure in Structure.objects.filter(pk__in=holders).order_by("pk"):
        with transaction.atomic():
            followed = erase_demarches(
                DemarcheSuivie.objects.filter(past, structure=structure), at=at
            )
            # A demand stays while a démarche opened from it is followed.
            rows = Besoin.objects.filter(past, structure=structure, demarches_suivies=None)
            asked = rows.count()
            Besoin.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).delete()
            if not (asked or followed):
                continue
            record(
                events.PURGED,
                author=SYSTEM,
                subject=Subject("structure", structure.public_id),
                at=at,
                facts={"besoins": asked, "demarches": followed},
            )
        besoins, demarches = besoins + asked, demarches + followed
    return besoins, demarches


def purge_brouillons(*, at: datetime) -> int:
    """Forget what was being typed more than a day ago; returns how many."""
    return Brouillon.objects.filter(kept_at__lte=at - BROUILLON_KEPT).delete()[0]
