"""What every page of this room begins with: the door, the fetch, and the reading that is journaled (P-10, P-11)."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict

from tandem.courriers import queries
from tandem.courriers.models import Courrier, Lettre, LettreVersion
from tandem.kernel import clock
from tandem.kernel.declare import get_writes
from tandem.structures.access import ActeurRequest, aidant_required
from tandem.structures.models import Acteur
from tandem.usagers.actions import record_reading
from tandem.usagers.models import Usager
from tandem.usagers.queries import usager_visible_to

P = ParamSpec("P")
Thing = TypeVar("Thing", Usager, Lettre, LettreVersion, Courrier)
PAGE = 25


# A view of one thing, once it is fetched.
View = Callable[Concatenate[ActeurRequest, Thing, P], HttpResponse]


def _page_of(
    fetch: Callable[[Acteur, UUID], Thing], person: Callable[[Thing], Usager]
) -> Callable[[View[Thing, P]], Callable[..., HttpResponseBase]]:
    """For aidants; gives the view what its address names, 404 when the acteur does not see it."""

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


person_page = _page_of(usager_visible_to, lambda usager: usager)
lettre_page = _page_of(queries.lettre_visible_to, lambda lettre: lettre.usager)
version_page = _page_of(queries.version_visible_to, lambda version: version.lettre.usager)
courrier_page = _page_of(queries.courrier_visible_to, lambda courrier: courrier.usager)


def data_of(request: HttpRequest) -> QueryDict | None:
    """What was sent; an empty POST is a form left empty, not a page just opened."""
    return request.POST if request.method == "POST" else None


def page_of(request: HttpRequest, rows: QuerySet[Any]) -> Page[Any]:
    """One page of a list."""
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))
