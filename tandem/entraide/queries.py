"""Reads of entraide. Every entry point takes the acteur."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tandem.entraide.models import Appel
from tandem.kernel.refusals import Refusal
from tandem.structures.models import Acteur
from tandem.structures.queries import habilites_of


class AppelUnknown(Refusal):
    """No such call in the structure of this acteur."""

    status = 404
    code = "not_found"

    def __init__(self) -> None:
        super().__init__(_("Cet appel est terminé, ou n’est pas de votre structure."))


def appels_visible_to(acteur: Acteur, *, at: datetime) -> QuerySet[Appel]:
    """The live calls of the structure, the oldest first: one's own too."""
    if not acteur.may_act:
        return Appel.objects.none()
    return (
        Appel.objects.live(at=at)
        .filter(structure=acteur.structure)
        .select_related("structure", "called_by__compte", "answered_by__compte")
        .order_by("called_at", "pk")
    )


def appel_for(acteur: Acteur, public_id: UUID, *, at: datetime) -> Appel:
    """One of them.

    Raises:
        AppelUnknown: over, too old, or of another structure.
    """
    row = appels_visible_to(acteur, at=at).filter(public_id=public_id).first()
    if row is None:
        raise AppelUnknown
    return row


def has_colleague(acteur: Acteur) -> bool:
    """Somebody else of the structure may come."""
    if acteur.structure is None or acteur.affectation is None:
        return False
    return habilites_of(acteur.structure).exclude(pk=acteur.affectation.pk).exists()
