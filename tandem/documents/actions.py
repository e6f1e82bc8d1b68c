"""The one act of documents: a paper of the day is about to be shown."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tandem.documents import events
from tandem.journal.actions import record
from tandem.journal.rules import Subject
from tandem.mandats.models import Autorisation
from tandem.structures.models import Acteur
from tandem.usagers.actions import record_reading


@transaction.atomic
def record_paper(
    *, acteur: Acteur, line: Autorisation, overridden: Sequence[str], at: datetime
) -> None:
    """The paper names the person: reading it is an act, though nothing of what was typed is kept (P-11).

    `overridden`: the kinds of secret the aidant said were none (P-12).

    Raises:
        NotAllowed: the acteur does not see this person.
        BesideAnother: the person beside the screen is another one.
    """
    usager = line.mandat.usager
    record_reading(acteur=acteur, usager=usager, at=at)
    if overridden:
        record(
            events.PAPER_PREPARED,
            author=acteur.author,
            subject=Subject("mandat", line.mandat.public_id),
            at=at,
            about=usager.public_id,
            facts={"scope": line.scope, "secret_override": list(overridden)},
        )
