"""What every action asks before it begins, and how it leaves its trace."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from tandem.accompagnements.models import DemarcheSuivie
from tandem.courriers import permissions
from tandem.courriers.models import Courrier, Lettre
from tandem.journal.actions import record
from tandem.journal.models import Entry
from tandem.journal.rules import Event, Subject
from tandem.kernel.refusals import NotAllowed, Refusal
from tandem.mandats.rules import Presence
from tandem.structures.models import Acteur, Affectation
from tandem.usagers.actions import record_contact
from tandem.usagers.actions.doors import lock
from tandem.usagers.models import Usager


class CourrierRefused(Refusal):
    """The act is not possible now; the message says why."""


def at_work_for(acteur: Acteur, usager: Usager) -> Affectation:
    """The affectation of someone who may act for this person now.

    Raises:
        NotAllowed: affectation ended, not habilité, charte not accepted, or person not seen (P-04, P-10).
    """
    if acteur.affectation is None or not permissions.may_write_for(acteur, usager):
        raise NotAllowed(
            _("Cette personne n’est pas suivie dans votre structure, ou pas par vous.")
        )
    return acteur.affectation


def locked(usager: Usager) -> Usager:
    """The person's row until the end of the act: two forms sent at once wait for each other (S-24)."""
    return lock(usager)


def key_of(form_key: UUID, usager: Usager, *said: object) -> UUID:
    """What one form sent twice makes once (S-24): another person or other words under its key are another thing."""
    return uuid5(form_key, "\0".join(map(str, (usager.public_id, *said))))


def require_own(person: Usager, demarche_suivie: DemarcheSuivie | None) -> None:
    """CourrierRefused when what it is said to serve is followed for someone else."""
    if demarche_suivie is not None and demarche_suivie.usager_id != person.pk:
        raise CourrierRefused(_("Cette démarche est suivie pour une autre personne."))


def met(usager: Usager, presence: str, at: datetime) -> None:
    """An act with the person, here or by telephone, moves the last contact; one in their absence does not (P-21)."""
    if presence != Presence.ABSENCE:
        record_contact(usager=usager, at=at)


def trace(
    event: Event, acteur: Acteur, target: Lettre | Courrier, at: datetime, **facts: Any
) -> Entry:
    """The line of an act, last in its transaction."""
    label = "lettre" if isinstance(target, Lettre) else "courrier"
    return record(
        event,
        author=acteur.author,
        subject=Subject(label, target.public_id),
        at=at,
        about=target.usager.public_id,
        facts=facts,
    )
