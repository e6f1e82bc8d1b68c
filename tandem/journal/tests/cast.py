"""The cast of the stories of the journal: two structures, two events, someone who acts."""

from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction

from tandem.journal.actions import record
from tandem.journal.models import Entry
from tandem.journal.rules import Author, Event, Subject

AT = datetime(2026, 11, 2, 9, 0, 0, 1, tzinfo=UTC)
CCAS = UUID("cca50000-0000-4000-8000-000000000001")
MAIRIE = UUID("0a112e00-0000-4000-8000-000000000002")
ALICE = UUID("a11ce000-0000-4000-8000-000000000003")
ROSE = UUID("205e0000-0000-4000-8000-000000000004")
MANDAT = Subject("mandats.mandat", UUID("3a2da700-0000-4000-8000-000000000005"))

SIGNED = Event(
    "sample.signed",
    "Mandat signé",
    facts=frozenset({"scopes", "duree", "days", "paper"}),
    secrets=frozenset({"name", "town"}),
)
READ = Event("sample.read", "Fiche consultée")

BY_ALICE = Author("aidant", ALICE, CCAS)
BY_CHARLIE = Author("aidant", None, MAIRIE)


def write(author: Author = BY_ALICE, event: Event = READ, **values: object) -> Entry:
    """One line, in a transaction of its own."""
    with transaction.atomic():
        return record(event, author=author, subject=MANDAT, **{"at": AT, **values})  # type: ignore[arg-type]
