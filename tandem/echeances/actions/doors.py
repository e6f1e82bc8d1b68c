"""What every action here begins and ends with."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from tandem.echeances.models import Echeance
from tandem.echeances.permissions import may_keep
from tandem.journal.actions import record
from tandem.journal.rules import Event, Fact, Subject
from tandem.kernel import refusals
from tandem.kernel.refusals import Refusal
from tandem.structures.models import Acteur


class EcheanceRefused(Refusal):
    """The act is not possible now; the message says why."""


class NotAllowed(refusals.NotAllowed):
    """The acteur may not do this here."""

    def __init__(self) -> None:
        super().__init__(_("Cette date n’est pas suivie dans votre structure, ou pas par vous."))


def locked(acteur: Acteur, echeance: Echeance) -> Echeance:
    """The date, read again and locked until the end of the act, if the acteur sees it.

    Raises:
        NotAllowed: they do not.
    """
    if not may_keep(acteur, echeance):
        raise NotAllowed
    return (
        Echeance.objects.select_for_update(of=("self",))
        .select_related("structure", "usager", "demarche_suivie__usager")
        .get(pk=echeance.pk)
    )


def trace(
    event: Event, acteur: Acteur, row: Echeance, at: datetime, *, overridden: Sequence[str] = ()
) -> None:
    """The line of an act, last in its transaction."""
    facts: dict[str, Fact] = {"kind": str(row.kind)}
    if overridden:
        facts["secret_override"] = list(overridden)
    record(
        event,
        author=acteur.author,
        subject=Subject("echeance", row.public_id),
        at=at,
        about=None if row.person is None else row.person.public_id,
        facts=facts,
    )
