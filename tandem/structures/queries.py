"""Reads of structures: who acts, who works where."""

from uuid import UUID

from django.db.models import BigAutoField, CharField, F, QuerySet
from django.utils.translation import gettext as _

from tandem.comptes.models import Compte
from tandem.kernel.prepared import Prepared
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


# Asked at every request, and again at every step of a release.
_LIVE = Prepared(
    lambda version, compte: (
        Affectation.objects.live()
        .with_charte(version)
        .filter(compte_id=compte)
        .select_related("structure", "compte")
        .order_by("started_at", "pk")
    ),
    CharField(),
    BigAutoField(),
)
_NOW = Prepared(
    lambda version, affectation: (
        Affectation.objects.with_charte(version)
        .select_related("structure", "compte")
        .filter(pk=affectation)
        .order_by()
    ),
    CharField(),
    BigAutoField(),
)


def live_affectations(compte_id: int) -> list[Affectation]:
    """The live affectations of a compte as they are now, oldest first, its sandbox included; one query.

    Each with its structure, its compte, and whether the current charte is accepted.
    """
    return _LIVE.all(CURRENT_VERSION, compte_id)


def acteur_of(compte: Compte, *, chosen: str = "", live: list[Affectation] | None = None) -> Acteur:
    """Who this compte is, working under the affectation chosen in its session; one query, or `live` just read.

    Without a choice, the only live affectation is taken. With several, or when the one chosen has ended,
    none is: nobody changes structure without having said so. The sandbox is only ever chosen, and by someone who
    works somewhere (A-14).
    """
    every = live_affectations(compte.pk) if live is None else live
    true = [a for a in every if not a.structure.is_practice]
    if chosen:
        affectation = next((a for a in every if true and str(a.public_id) == chosen), None)
    else:
        affectation = true[0] if len(true) == 1 else None
    if affectation is None:
        kind = ActeurKind.OPERATOR if compte.is_operator else ActeurKind.ANONYMOUS
        return Acteur(kind=kind, compte=compte, affectation_count=len(true))
    return _acteur(compte, affectation, count=len(true))


def _acteur(compte: Compte, affectation: Affectation, *, count: int) -> Acteur:
    return Acteur(
        kind=ActeurKind.REFERENT if affectation.role == Role.REFERENT else ActeurKind.AIDANT,
        compte=compte,
        structure=affectation.structure,
        affectation=affectation,
        charte_accepted=affectation.charte_accepted,  # type: ignore[attr-defined]  # set by with_charte
        affectation_count=count,
    )


def acteur_from(affectation: Affectation) -> Acteur:
    """The acteur someone is under one affectation, read from the database now; live or not."""
    return acteur_now(affectation.pk)


def acteur_now(affectation_id: int) -> Acteur:
    """The same, by the key of the affectation."""
    row = _NOW.first(CURRENT_VERSION, affectation_id)
    return ANONYMOUS if row is None else _acteur(row.compte, row, count=1)


def reread(acteur: Acteur) -> Acteur:
    """The same acteur as the database knows them now: what changed since the request began counts (S-02).

    One query. `reread(acteur).may_act` and `.allows_theme(…)` are the conditions of every release.
    """
    return ANONYMOUS if acteur.affectation is None else acteur_from(acteur.affectation)


def _live_of(compte: Compte) -> AffectationQuerySet:
    return (
        Affectation.objects.live()
        .filter(compte=compte)
        .select_related("structure")
        .order_by("started_at", "pk")
    )


def affectations_of_compte(compte: Compte) -> AffectationQuerySet:
    """The live affectations of a compte, with their structure, oldest first; its sandbox is none of them."""
    return _live_of(compte).filter(structure__practice_of=None)


def practice_affectation(compte: Compte) -> Affectation | None:
    """Their place in their own sandbox, once they opened it (A-14)."""
    return _live_of(compte).filter(structure__practice_of=compte, structure__closed_at=None).first()


def structures_of(compte: Compte) -> QuerySet[Structure]:
    """The open structures a compte works for, by name."""
    live = Affectation.objects.live().filter(compte=compte)
    return (
        Structure.objects.active()
        .true()
        .filter(pk__in=live.values("structure"))
        .order_by("name", "pk")
    )


def affectations_of(structure: Structure) -> AffectationQuerySet:
    """Everyone who works or worked for a structure: those at work first, then by arrival."""
    return (
        Affectation.objects.filter(structure=structure)
        .select_related("compte", "structure")
        .order_by(F("ended_at").desc(nulls_first=True), "started_at", "pk")
    )


def habilites_of(structure: Structure) -> AffectationQuerySet:
    """Those who may act for the structure once the charte is accepted, by arrival."""
    return (
        Affectation.objects.live()
        .filter(structure=structure, habilite_at__isnull=False, compte__is_active=True)
        .select_related("compte", "structure")
        .order_by("started_at", "pk")
    )


def referents_over(compte: Compte) -> set[UUID]:
    """The public ids of those who manage a structure where this compte works now: each may help give access back.

    A référent at work there, who accepted the charte, their own compte active; the structure open (S-12).
    """
    where = structures_of(compte)
    found = (
        Affectation.objects.live()
        .with_charte(CURRENT_VERSION)
        .filter(
            structure__in=where, role=Role.REFERENT, compte__is_active=True, charte_accepted=True
        )
        .exclude(compte=compte)
        .order_by("pk")
    )
    return set(found.values_list("compte__public_id", flat=True))


def people_visible_to(acteur: Acteur) -> AffectationQuerySet:
    """The people of the structure, for its référents only, each with `charte_accepted`."""
    if not acteur.may_manage or acteur.structure is None:
        return Affectation.objects.none()
    return affectations_of(acteur.structure).with_charte(CURRENT_VERSION)


def person_visible_to(acteur: Acteur, public_id: UUID) -> Affectation:
    """One person of the structure.

    Raises:
        AffectationUnknown: of another structure, or the acteur is no référent.
    """
    affectation = people_visible_to(acteur).filter(public_id=public_id).first()
    if affectation is None:
        raise AffectationUnknown(_("Cette personne n’est pas dans votre structure."))
    return affectation


def own_affectation(acteur: Acteur, public_id: str) -> Affectation:
    """One of the acteur's own live affectations, to switch to.

    Raises:
        AffectationUnknown: someone else's, or ended.
    """
    live = (
        Affectation.objects.none()
        if acteur.compte is None
        else affectations_of_compte(acteur.compte)
    )
    found = next((a for a in live if str(a.public_id) == public_id), None)
    if found is None:
        raise AffectationUnknown(_("Vous ne travaillez pas, ou plus, pour cette structure."))
    return found


def structure_by_public_id(public_id: str) -> Structure:
    """A structure, open or closed, for whoever runs the instance.

    Raises:
        StructureUnknown: none has this identifier.
    """
    try:
        return Structure.objects.get(public_id=UUID(public_id))
    except (ValueError, Structure.DoesNotExist) as error:
        raise StructureUnknown(_("Aucune structure n’a cet identifiant.")) from error
