"""Reads of structures: who acts, who works where."""

from django.db.models import QuerySet

from tandem.comptes.models import Compte
from tandem.kernel.refusals import Refusal
from tandem.structures.charte import CURRENT_VERSION
from tandem.structures.models import ANONYMOUS, Acteur, Affectation, AffectationQuerySet, Structure
from tandem.structures.rules import ActeurKind, Role


class AffectationUnknown(Refusal):
    """No such person among those the acteur may see."""

    status = 404
    code = "not_found"


class StructureUnknown(Refusal):
    """No such structure."""

    status = 404
    code = "not_found"


def acteur_of(compte: Compte, *, chosen: str = "") -> Acteur:
    """Who this compte is, working under the affectation chosen in its session; one query.

    Without a choice, the only live affectation is taken. With several, or when the one chosen has ended,
    none is: nobody changes structure without having said so.
    """
    live = list(affectations_of_compte(compte).with_charte(CURRENT_VERSION))
    if chosen:
        affectation = next((a for a in live if str(a.public_id) == chosen), None)
    else:
        affectation = live[0] if len(live) == 1 else None
    if affectation is None:
        kind = ActeurKind.OPERATOR if compte.is_operator else ActeurKind.ANONYMOUS
        return Acteur(kind=kind, compte=compte, affectation_count=len(live))
    return _acteur(compte, affectation, count=len(live))


def _acteur(compte: Compte, affectation: Affectation, *, count: int) -> Acteur:
    return Acteur(
        kind=ActeurKind.REFERENT if affectation.role == Role.REFERENT else ActeurKind.AIDANT,
        compte=compte,
        structure=affectation.structure,
        affectation=affectation,
        charte_accepted=bool(affectation.charte_accepted),
        affectation_count=count,
    )


def acteur_from(affectation: Affectation) -> Acteur:
    """The acteur someone is under one affectation, read from the database now; live or not."""
    row = (
        Affectation.objects.with_charte(CURRENT_VERSION)
        .select_related("structure", "compte")
        .filter(pk=affectation.pk)
        .first()
    )
    return ANONYMOUS if row is None else _acteur(row.compte, row, count=1)


def reread(acteur: Acteur) -> Acteur:
    """The same acteur as the database knows them now: what changed since the request began counts (S-02).

    One query. `reread(acteur).may_act` and `.allows_theme(…)` are the conditions of every release.
    """
    return ANONYMOUS if acteur.affectation is None else acteur_from(acteur.affectation)


def affectations_of_compte(compte: Compte) -> AffectationQuerySet:
    """The live affectations of a compte, with their structure, oldest first."""
    return (
        Affectation.objects.live()
        .filter(compte=compte)
        .select_related("structure")
        .order_by("started_at", "pk")
    )


def structures_of(compte: Compte) -> QuerySet[Structure]:
    """The open structures a compte works for, by name."""
    live = Affectation.objects.live().filter(compte=compte)
    return Structure.objects.active().filter(pk__in=live.values("structure")).order_by("name", "pk")


def affectations_of(structure: Structure) -> AffectationQuerySet:
    """Everyone who works or worked for a structure, with their compte: live ones first, then by arrival."""
    return (
        Affectation.objects.filter(structure=structure)
        .select_related("compte", "structure")
        .order_by("-ended_at", "started_at", "pk")
    )
