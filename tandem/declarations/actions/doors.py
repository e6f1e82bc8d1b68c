"""What every action here begins and ends with."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.utils.translation import gettext as _

from tandem.accompagnements.models import DemarcheSuivie
from tandem.declarations.models import Declaration
from tandem.declarations.permissions import may_declare
from tandem.journal.actions import record
from tandem.journal.rules import Event, Fact, Subject
from tandem.kernel import refusals
from tandem.kernel.refusals import Refusal
from tandem.structures.models import Acteur, Affectation
from tandem.usagers.actions.doors import lock

T = TypeVar("T")


class DeclarationRefused(Refusal):
    """The act is not possible now; the message says why."""


class DeclarationChanged(DeclarationRefused):
    """Someone saved other values meanwhile: nothing is overwritten, nothing unread is agreed to."""

    code = "declaration_changed"

    def __init__(self) -> None:
        super().__init__(
            _("Cette déclaration a changé entre-temps. Relisez-la avant de continuer.")
        )


class NotAllowed(refusals.NotAllowed):
    """The acteur may not do this here."""

    def __init__(self) -> None:
        super().__init__(
            _("Cette démarche n’est pas suivie dans votre structure, ou pas par vous.")
        )


def at_work_on(acteur: Acteur, followed: DemarcheSuivie) -> Affectation:
    """The affectation of someone who may act on this démarche now.

    Raises:
        NotAllowed: they do not see it, or may not act (P-04, P-10).
    """
    if acteur.affectation is None or not may_declare(acteur, followed):
        raise NotAllowed
    return acteur.affectation


def locked_followed(acteur: Acteur, followed: DemarcheSuivie) -> DemarcheSuivie:
    """The démarche, read again and locked until the end of the act (S-24); its person first, as everywhere."""
    if followed.usager is not None:
        lock(followed.usager)
    at_work_on(acteur, followed)
    return (
        DemarcheSuivie.objects.select_for_update(of=("self",))
        .select_related("structure", "usager__structure", "demarche", "theme")
        .get(pk=followed.pk)
    )


def locked(acteur: Acteur, declaration: Declaration) -> Declaration:
    """The declaration, read again and locked until the end of the act; its démarche first, as everywhere."""
    locked_followed(acteur, declaration.demarche_suivie)
    return (
        Declaration.objects.select_for_update(of=("self",))
        .select_related(
            "demarche_suivie__structure",
            "demarche_suivie__usager__structure",
            "demarche_suivie__demarche",
            "demarche_suivie__theme",
            "corrects",
            "lettre",
            "depot",
        )
        .get(pk=declaration.pk)
    )


def require_changeable(row: Declaration) -> None:
    """What left does not change; what the person sent alone is copied until it is corrected.

    Raises:
        DeclarationRefused: it is sent.
    """
    if row.filed_at is not None and (not row.sent_alone or row.corrections.exists()):
        raise DeclarationRefused(
            _("Cette déclaration est envoyée : elle ne change plus. Corrigez-la.")
        )


def asked(act: Callable[[], T]) -> T:
    """What a lower room refuses is refused here, in its words."""
    try:
        return act()
    except Refusal as refusal:
        if isinstance(refusal, DeclarationRefused) or refusal.status in {403, 404}:
            raise
        raise DeclarationRefused(refusal.message) from refusal


def trace(event: Event, acteur: Acteur, row: Declaration, at: datetime, **facts: Fact) -> None:
    """The line of an act, last in its transaction."""
    record(
        event,
        author=acteur.author,
        subject=Subject("declaration", row.public_id),
        at=at,
        about=row.usager.public_id,
        facts=facts,
    )
