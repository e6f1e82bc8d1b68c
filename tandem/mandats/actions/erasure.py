"""When a person is erased, what they signed keeps its seal and loses its words (P-22)."""

from datetime import datetime

from tandem.journal.actions import record_all
from tandem.journal.rules import Author
from tandem.mandats.actions.ends import end_lines, open_lines
from tandem.mandats.models import Mandat, Usage
from tandem.mandats.rules import EndKind
from tandem.usagers.models import Usager


def erase_person(*, usager: Usager, at: datetime, **_signal: object) -> None:
    """Called by usagers inside its own transaction, under its lock on the person.

    What is still alive ends. Snapshots, codes and accounts go; seals, dates and scopes stay: without its salt
    a seal says nothing any more.
    """
    author = Author("system", None, usager.structure.public_id)
    lines = end_lines(open_lines(usager=usager), kind=EndKind.RENOUNCED, author=author, at=at)
    Mandat.objects.filter(usager=usager).update(snapshot="", verification_code="", erased_at=at)
    Usage.objects.filter(autorisation__usager=usager).update(service_declared="", account_text="")
    if lines:
        record_all(lines)
