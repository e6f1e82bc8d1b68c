"""What was asked, and what is followed: of the structure, and of the people the acteur sees."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from tandem.accompagnements.models import Besoin, DemarcheSuivie, DemarcheSuivieQuerySet, Depot
from tandem.accompagnements.rules import DemarcheState, Page
from tandem.fichiers.models import StoredFile
from tandem.kernel.refusals import Refusal
from tandem.mandats.models import Autorisation, Confirmation
from tandem.signature.models import Draft
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager
from tandem.usagers.queries import is_seen_by, usager_visible_to


class BesoinUnknown(Refusal):
    """No such demand among those the acteur sees."""

    status = 404
    code = "not_found"

    def __init__(self) -> None:
        super().__init__(_("Cette demande n’est pas connue dans votre structure."))


class DemarcheUnknown(Refusal):
    """No such démarche among those the acteur sees."""

    status = 404
    code = "not_found"

    def __init__(self) -> None:
        super().__init__(_("Cette démarche n’est pas suivie dans votre structure."))


def _of_people_seen(acteur: Acteur, way: str = "") -> Q:
    """Of nobody named yet, or of someone this acteur sees (P-10)."""
    return Q(**{f"{way}usager": None}) | is_seen_by(acteur, f"{way}usager")


def besoins_visible_to(acteur: Acteur) -> QuerySet[Besoin]:
    """What was asked in the acteur's structure, the latest first; nothing for someone who may not act (P-04)."""
    if not acteur.may_act:
        return Besoin.objects.none()
    return (
        Besoin.objects.filter(_of_people_seen(acteur), structure=acteur.structure)
        .select_related("structure", "usager__structure", "held_by__compte", "opened_by__compte")
        .order_by("-opened_at", "-pk")
    )


def besoin_visible_to(acteur: Acteur, public_id: UUID) -> Besoin:
    """One demand.

    Raises:
        BesoinUnknown: not visible to this acteur, whatever the reason.
    """
    found = besoins_visible_to(acteur).filter(public_id=public_id).first()
    if found is None:
        raise BesoinUnknown
    return found


def open_besoins(acteur: Acteur, *, mine: bool = False) -> QuerySet[Besoin]:
    """What was asked and is not closed; `mine`: what this acteur holds."""
    rows = besoins_visible_to(acteur).filter(closed_at=None)
    return rows.filter(held_by=acteur.affectation) if mine else rows


def is_followed_before(acteur: Acteur, demarche: str) -> Q:
    """What hangs on a demand or a démarche this acteur sees; `demarche`: the way to it, « demarche_suivie »."""
    if not acteur.may_act:
        return Q(pk__in=[])
    return Q(**{f"{demarche}__structure": acteur.structure}) & _of_people_seen(
        acteur, f"{demarche}__"
    )


def demarches_visible_to(acteur: Acteur) -> DemarcheSuivieQuerySet:
    """What is followed in the acteur's structure, the last moved first; nothing for someone who may not act."""
    if not acteur.may_act:
        return DemarcheSuivie.objects.none()
    return (
        DemarcheSuivie.objects.filter(_of_people_seen(acteur), structure=acteur.structure)
        .select_related("structure", "usager__structure", "demarche", "held_by__compte")
        .order_by("-moved_at", "-pk")
    )


def demarche_visible_to(acteur: Acteur, public_id: UUID) -> DemarcheSuivie:
    """One démarche.

    Raises:
        DemarcheUnknown: not visible to this acteur, whatever the reason.
    """
    found = demarches_visible_to(acteur).filter(public_id=public_id).first()
    if found is None:
        raise DemarcheUnknown
    return found


def demarches_of(acteur: Acteur, usager: Usager) -> DemarcheSuivieQuerySet:
    """What is followed for one person, the last moved first."""
    return demarches_visible_to(acteur).filter(usager=usager)


def demarches_listed(
    acteur: Acteur,
    *,
    state: DemarcheState,
    mine: bool = False,
    people: Iterable[Usager] | None = None,
    slugs: Iterable[str] | None = None,
) -> DemarcheSuivieQuerySet:
    """One list; with `people` or `slugs`, of these people or for these démarches of the catalogue.

    What waits with the nearest date comes first in the list of what is open.
    """
    rows = demarches_visible_to(acteur).in_state(state)
    if mine:
        rows = rows.filter(held_by=acteur.affectation)
    if people is not None or slugs is not None:
        found = Q(usager__in=[person.pk for person in people or ()])
        rows = rows.filter(found | Q(demarche__slug__in=list(slugs or ())))
    return rows


def covering_autorisation(demarche_suivie: DemarcheSuivie, *, at: datetime) -> Autorisation | None:
    """The live line of a mandat of the person that covers this démarche best: see `covering_autorisations`."""
    return next(iter(covering_autorisations(demarche_suivie, at=at)), None)


def covering_autorisations(demarche_suivie: DemarcheSuivie, *, at: datetime) -> list[Autorisation]:
    """The live lines that cover this démarche, the best first.

    The one that the person confirmed today comes before (P-06: money and justice); then the one that names the
    démarche before the one of its whole thème (the least power); then the one that lasts. A mandat signed under a
    doubt covers nothing while the doubt stands (P-36).
    """
    if demarche_suivie.usager_id is None:
        return []
    scopes = []
    if demarche_suivie.demarche is not None:
        scopes.append(f"demarche:{demarche_suivie.demarche.slug}")
    if demarche_suivie.theme is not None:
        scopes.append(f"theme:{demarche_suivie.theme.key}")
    confirmed = Confirmation.objects.filter(
        autorisation=OuterRef("pk"), confirmed_at__lte=at, valid_until__gt=at
    )
    found = (
        Autorisation.objects.active(at=at)
        .filter(
            structure=demarche_suivie.structure_id,
            usager=demarche_suivie.usager_id,
            scope__in=scopes,
        )
        .exclude(mandat__cool_off_until__gt=at)
        .select_related("mandat")
    )
    named = scopes[:1] if demarche_suivie.demarche is not None else []
    first = Case(When(scope__in=named, then=Value(0)), default=Value(1))
    return list(found.order_by(Exists(confirmed).desc(), first, "-ends_at", "-pk"))


def signer_of(acteur: Acteur, demarche_suivie: DemarcheSuivie, *, at: datetime) -> Usager | None:
    """Who signed the mandat begun from a démarche without a name: one tap says it is theirs."""
    if demarche_suivie.usager_id is not None or demarche_suivie.mandat_draft is None:
        return None
    draft = (
        Draft.objects.filter(
            public_id=demarche_suivie.mandat_draft,
            affectation=acteur.affectation,
            expires_at__gt=at,
            mandat__isnull=False,
        )
        .select_related("mandat__usager__structure")
        .first()
    )
    return None if draft is None or draft.mandat is None else draft.mandat.usager


def stored_receipt(depot: Depot) -> StoredFile:
    """The file of a filing that has one.

    Raises:
        DemarcheUnknown: it has none.
    """
    if depot.receipt is None:
        raise DemarcheUnknown
    return depot.receipt


def either_visible_to(acteur: Acteur, public_id: UUID) -> Besoin | DemarcheSuivie:
    """A demand or a démarche, by its identifier.

    Raises:
        DemarcheUnknown: neither is visible to this acteur.
    """
    found = besoins_visible_to(acteur).filter(public_id=public_id).first()
    return found or demarche_visible_to(acteur, public_id)


def typed_about(acteur: Acteur, page: Page, about: UUID | None) -> Usager | None:
    """Whose file is being written in, if there is one: what is typed goes with it.

    `about`: for a new demand the person, else the demand or the démarche.

    Raises:
        DemarcheUnknown: about something not visible to this acteur, or by someone who may not act.
        UsagerUnknown: about a person not visible to this acteur.
    """
    if not acteur.may_act:
        raise DemarcheUnknown
    if about is None:
        return None
    if page is Page.BESOIN:
        return usager_visible_to(acteur, about)
    if page is Page.STEP:
        return demarche_visible_to(acteur, about).usager
    return either_visible_to(acteur, about).usager


def receipt_visible_to(acteur: Acteur, public_id: UUID) -> Depot:
    """A filing whose receipt may be opened.

    Raises:
        DemarcheUnknown: of a démarche not visible to this acteur, or without a receipt.
    """
    found = (
        Depot.objects.filter(
            demarche_suivie__in=demarches_visible_to(acteur).order_by(), receipt__isnull=False
        )
        .select_related(
            "receipt", "demarche_suivie__usager__structure", "demarche_suivie__structure"
        )
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise DemarcheUnknown
    return found
