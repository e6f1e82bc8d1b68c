"""What every page about one person, one démarche or one declaration begins with."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect

from tandem.accompagnements.models import DemarcheSuivie
from tandem.accompagnements.queries import DemarcheUnknown, demarche_visible_to
from tandem.declarations import queries
from tandem.declarations.actions import DeclarationRefused
from tandem.declarations.models import Declaration
from tandem.kernel import clock
from tandem.kernel.declare import get_writes
from tandem.structures.access import ActeurRequest, aidant_required
from tandem.structures.models import Acteur
from tandem.usagers.actions import record_reading
from tandem.usagers.models import Usager
from tandem.usagers.queries import usager_visible_to

P = ParamSpec("P")
Thing = TypeVar("Thing", Usager, DemarcheSuivie, Declaration)
View = Callable[Concatenate[ActeurRequest, Thing, P], HttpResponse]


def _page_of(
    fetch: Callable[[Acteur, UUID], Thing], person: Callable[[Thing], Usager]
) -> Callable[[View[Thing, P]], Callable[..., HttpResponseBase]]:
    """For aidants; gives the view what its address names, 404 when they do not see it; journals each reading (P-11)."""

    def decorate(view: View[Thing, P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def opened(
            request: ActeurRequest, public_id: UUID, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponse:
            thing = fetch(request.acteur, public_id)
            if request.method in {"GET", "HEAD"}:
                record_reading(acteur=request.acteur, usager=person(thing), at=clock.now())
            return view(request, thing, *args, **kwargs)

        declared = get_writes("reading is itself an act, and is journaled (P-11)")
        return declared(aidant_required(opened))

    return decorate


def _of_someone(acteur: Acteur, public_id: UUID) -> DemarcheSuivie:
    found = demarche_visible_to(acteur, public_id)
    if found.usager is None:
        raise DemarcheUnknown
    return found


def _named(followed: DemarcheSuivie) -> Usager:
    assert followed.usager is not None  # noqa: S101 - asked when it is fetched
    return followed.usager


person_page = _page_of(usager_visible_to, lambda usager: usager)
followed_page = _page_of(_of_someone, _named)
declaration_page = _page_of(queries.declaration_visible_to, lambda row: row.usager)


def data_of(request: HttpRequest) -> QueryDict | None:
    """What was sent; an empty POST is a form left empty, not a page just opened."""
    return request.POST if request.method == "POST" else None


def attempted(
    request: ActeurRequest, row: Declaration, act: Callable[[], Any], then: str
) -> HttpResponse:
    """Do it and go on; refused, say why where the declaration is."""
    try:
        act()
    except DeclarationRefused as refusal:
        messages.error(request, refusal.message)
        return redirect(row)
    return redirect(then, row.public_id)
