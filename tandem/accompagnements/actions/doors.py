"""What every action here begins and ends with."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from tandem.accompagnements.models import Besoin, DemarcheSuivie
from tandem.accompagnements.permissions import may_work_on
from tandem.accompagnements.rules import row_id
from tandem.journal.rules import Event, Fact, Line, Subject
from tandem.kernel.refusals import NotAllowed, Refusal
from tandem.mandats.rules import Presence
from tandem.structures.models import Acteur, Affectation, Structure
from tandem.usagers.actions import record_contact
from tandem.usagers.actions.doors import lock
from tandem.usagers.models import Usager


class AccompagnementRefused(Refusal):
    """The act is not possible now; the message says why."""


class Desk(NamedTuple):
    """Where and by whom the act is done, once it is sure they may."""

    structure: Structure
    affectation: Affectation


def at_work(acteur: Acteur) -> Desk:
    """The structure and the affectation of someone who may act.

    Raises:
        NotAllowed: affectation ended, not habilité, structure closed, or charte not accepted (P-04).
    """
    if not acteur.may_act or acteur.structure is None or acteur.affectation is None:
        raise NotAllowed(_("Vous ne pouvez pas agir pour des personnes en ce moment."))
    return Desk(acteur.structure, acteur.affectation)


def locked_besoin(acteur: Acteur, besoin: Besoin) -> Besoin:
    """The demand, read again and locked until the end of the act, if the acteur sees it; its person first."""
    _require_seen(acteur, besoin)
    return (
        Besoin.objects.select_for_update(of=("self",))
        .select_related("structure", "usager__structure")
        .get(pk=besoin.pk)
    )


def locked_demarche(acteur: Acteur, demarche_suivie: DemarcheSuivie) -> DemarcheSuivie:
    """The démarche, read again and locked until the end of the act, if the acteur sees it; its person first."""
    _require_seen(acteur, demarche_suivie)
    return (
        DemarcheSuivie.objects.select_for_update(of=("self",))
        .select_related("structure", "usager__structure", "demarche", "theme")
        .get(pk=demarche_suivie.pk)
    )


def _require_seen(acteur: Acteur, what: Besoin | DemarcheSuivie) -> None:
    """Asked under the lock of the person: their file may be erased, or brought to another, at the same instant."""
    at_work(acteur)
    if what.usager is not None:
        lock(what.usager)
    if not may_work_on(acteur, what):
        raise NotAllowed(_("Ce n’est pas suivi dans votre structure, ou pas par vous."))


def identifier(desk: Desk, key: UUID | None, *said: object) -> UUID:
    """The identifier of what is created: of one form that says the same, always the same (S-24)."""
    return uuid4() if key is None else row_id(desk.affectation.public_id, key, *said)


def met(usager: Usager | None, presence: str, at: datetime) -> None:
    """The person was there, or on the telephone: that alone moves the last contact (P-21)."""
    if usager is not None and presence != Presence.ABSENCE:
        record_contact(usager=usager, at=at)


def line(
    event: Event,
    acteur: Acteur,
    what: Besoin | DemarcheSuivie,
    at: datetime,
    **facts: Fact,
) -> Line:
    """The line of an act on one demand or one démarche."""
    label = "besoin" if isinstance(what, Besoin) else "demarche_suivie"
    about = None if what.usager is None else what.usager.public_id
    return Line(event, acteur.author, Subject(label, what.public_id), at, about, facts)


def waved(overridden: Sequence[str]) -> dict[str, Fact]:
    """What a text seemed to hold, and was said not to: a fact, when there is one (P-12)."""
    return {"secret_override": list(overridden)} if overridden else {}
