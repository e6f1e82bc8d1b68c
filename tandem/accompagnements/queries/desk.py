"""What passes between desks: what was handed over, to whom it may be, what was being typed."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tandem.accompagnements.models import Aide, Besoin, Brouillon, DemarcheSuivie, Relais
from tandem.accompagnements.queries.demarches import is_followed_before
from tandem.accompagnements.rules import BROUILLON_KEPT
from tandem.kernel.refusals import Refusal
from tandem.structures.models import Acteur, Affectation
from tandem.structures.queries import habilites_of
from tandem.usagers.queries import suivis_of


class RelaisUnknown(Refusal):
    """Nothing was handed over that this acteur sees."""

    status = 404
    code = "not_found"

    def __init__(self) -> None:
        super().__init__(_("Ce qui a été passé n’est plus là, ou n’est pas pour vous."))


def relais_visible_to(acteur: Acteur) -> QuerySet[Relais]:
    """What was handed over in the structure, of what the acteur sees; the latest first."""
    seen = is_followed_before(acteur, "besoin") | is_followed_before(acteur, "demarche_suivie")
    return (
        Relais.objects.filter(seen, structure=acteur.structure)
        .select_related(
            "besoin__usager__structure",
            "demarche_suivie__usager__structure",
            "demarche_suivie__demarche",
            "from_affectation__compte",
            "to_affectation__compte",
        )
        .order_by("-at", "-pk")
    )


def handed_to(acteur: Acteur) -> QuerySet[Relais]:
    """What colleagues handed to this acteur and they have not taken yet: for their home."""
    return relais_visible_to(acteur).filter(to_affectation=acteur.affectation, taken_at=None)


def relais_of(acteur: Acteur, public_id: UUID) -> Relais:
    """One thing handed to this acteur, not taken yet.

    Raises:
        RelaisUnknown: to another, already taken, or none.
    """
    found = handed_to(acteur).filter(public_id=public_id).first()
    if found is None:
        raise RelaisUnknown
    return found


def colleagues_for(acteur: Acteur, what: Besoin | DemarcheSuivie) -> list[Affectation]:
    """The colleagues it may be handed to: habilités here, and who see the person (P-10)."""
    rows = habilites_of(what.structure)
    if acteur.affectation is not None:
        rows = rows.exclude(pk=acteur.affectation.pk)
    if what.usager is not None and not what.usager.team_access:
        rows = rows.filter(pk__in=suivis_of(what.usager).values("affectation"))
    return list(rows)


def aide_of(acteur: Acteur, public_id: UUID) -> Aide | None:
    """A simple help this acteur counted; None: another's, or taken back."""
    return Aide.objects.filter(affectation=acteur.affectation, public_id=public_id).first()


def brouillon_of(acteur: Acteur, page: str, *, at: datetime) -> dict[str, str]:
    """What this acteur was typing on that page; nothing when it is too old or was sent."""
    found = brouillons_of(acteur, page, at=at).first()
    return {} if found is None else dict(found.fields)


def brouillons_of(acteur: Acteur, page: str, *, at: datetime) -> QuerySet[Brouillon]:
    """The same, still to be fetched: one row at most."""
    return Brouillon.objects.filter(
        affectation=acteur.affectation, page=page, kept_at__gt=at - BROUILLON_KEPT
    )
