"""The mandats an acteur sees: lists, one page, what needs someone today."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Prefetch

from tandem.mandats.models import (
    Autorisation,
    AutorisationQuerySet,
    Mandat,
    MandatQuerySet,
    Usage,
    UsageQuerySet,
)
from tandem.mandats.rules import ENDING_SOON, State
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager
from tandem.usagers.queries import is_seen_by, search_usagers


def mandats_visible_to(acteur: Acteur) -> MandatQuerySet:
    """The mandats of the usagers this acteur may see, in their structure."""
    if acteur.structure is None:
        return Mandat.objects.none()
    return (
        Mandat.objects.filter(is_seen_by(acteur, "usager"), structure=acteur.structure)
        .select_related("structure", "usager", "signed_by__compte")
        .order_by("-signed_at", "-pk")
    )


def autorisations_visible_to(acteur: Acteur) -> AutorisationQuerySet:
    """The lines of the mandats this acteur sees."""
    return Autorisation.objects.filter(mandat__in=mandats_visible_to(acteur)).select_related(
        "mandat__structure", "mandat__usager", "usager__structure"
    )


def usages_visible_to(acteur: Acteur) -> UsageQuerySet:
    """What was done with the mandats this acteur sees."""
    return (
        Usage.objects.filter(
            is_seen_by(acteur, "autorisation__mandat__usager"),
            autorisation__mandat__structure=acteur.structure,
        )
        .select_related("autorisation__mandat", "autorisation__usager", "affectation__compte")
        .order_by("-used_at", "-pk")
    )


def mandats_listed(
    acteur: Acteur, *, state: State, at: datetime, people: Iterable[Usager] | None = None
) -> MandatQuerySet:
    """One of the three lists: active, ending soon (among the active), ended. By date, never by name."""
    rows = mandats_visible_to(acteur).prefetch_related(
        Prefetch("autorisations", Autorisation.objects.order_by("pk"))
    )
    if people is not None:
        rows = rows.filter(usager__in=[person.pk for person in people])
    if state is State.ENDED:
        return rows.ended(at=at)
    rows = rows.active(at=at)
    if state is State.ENDING:
        return rows.filter(ends_at__lte=at + ENDING_SOON).order_by("ends_at", "-pk")
    return rows


def mandats_found(acteur: Acteur, *, state: State, at: datetime, q: str) -> MandatQuerySet:
    """The same list, of the people whose name was typed."""
    return mandats_listed(acteur, state=state, at=at, people=search_usagers(acteur, q))


def accounts_owed(acteur: Acteur) -> UsageQuerySet:
    """Acts in absence still to account for, the most pressing first: one's own; all of them for a référent (P-05)."""
    owed = usages_visible_to(acteur).owing_account().order_by("account_due_at", "pk")
    return owed if acteur.is_referent else owed.filter(affectation=acteur.affectation)
