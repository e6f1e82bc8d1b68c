"""Reads of the journal."""

from uuid import UUID

from django.db.models import QuerySet

from tandem.journal.models import Entry
from tandem.journal.rules import Subject


def entries_about(usager_public_id: UUID) -> QuerySet[Entry]:
    """Every line about a person, in all structures, the latest first."""
    return Entry.objects.filter(about=usager_public_id)


def entries_of_subject(subject: Subject) -> QuerySet[Entry]:
    """Every line about one object, the latest first."""
    return Entry.objects.filter(subject_label=subject.label, subject_id=subject.id)


def last_entries(structure_public_id: UUID) -> QuerySet[Entry]:
    """The lines of one structure, the latest first."""
    return Entry.objects.filter(chain=str(structure_public_id)).order_by("-seq")
