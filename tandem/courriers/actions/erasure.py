"""What is kept of a person here goes when they are erased, or two years after the last contact (A.3, P-20, P-22)."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef

from tandem.courriers import events
from tandem.courriers.models import Courrier, Lettre
from tandem.courriers.rules import KEPT
from tandem.fichiers.actions import erase_file
from tandem.fichiers.models import StoredFile
from tandem.journal.actions import record
from tandem.journal.rules import Author, Subject
from tandem.usagers.models import Usager

# People a run takes: the job comes back.
_BATCH: Final = 200


def erase_person(*, usager: Usager, at: datetime, **_signal: object) -> None:
    """Called by usagers inside its own transaction, under its lock on the person."""
    erase_of(usager, at=at)


def erase_of(usager: Usager, *, at: datetime) -> tuple[int, int]:
    """Every letter with its versions, every courrier with its scan; returns how many of each."""
    courriers = Courrier.objects.filter(usager=usager)
    scans = list(StoredFile.objects.filter(pk__in=courriers.values("scan")))
    lettres = Lettre.objects.filter(usager=usager)
    counts = lettres.count(), courriers.count()
    lettres.delete()
    courriers.delete()
    for scan in scans:
        erase_file(scan, at=at)
    return counts


def erase_expired(*, at: datetime) -> int:
    """Erase what is kept of people not met for two years; returns how many people."""
    kept = [Exists(model.objects.filter(usager=OuterRef("pk"))) for model in (Lettre, Courrier)]
    late = Usager.objects.filter(kept[0] | kept[1], last_contact_at__lt=at - KEPT)
    people = list(late.order_by("pk").values_list("pk", flat=True)[:_BATCH])
    for pk in people:
        _expire(pk, at)
    return len(people)


def _expire(pk: int, at: datetime) -> None:
    with transaction.atomic():
        person = (
            Usager.objects.select_for_update(of=("self",)).select_related("structure").get(pk=pk)
        )
        if person.last_contact_at >= at - KEPT:
            return
        lettres, courriers = erase_of(person, at=at)
        record(
            events.EXPIRED,
            author=Author("system", None, person.structure.public_id),
            subject=Subject("usager", person.public_id),
            at=at,
            about=person.public_id,
            facts={"lettres": lettres, "courriers": courriers},
        )
