"""What every page about a person begins with."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict

from tandem.kernel import clock
from tandem.kernel.declare import get_writes
from tandem.structures.access import ActeurRequest, aidant_required
from tandem.usagers import queries
from tandem.usagers.actions import record_reading
from tandem.usagers.models import Usager

P = ParamSpec("P")


def person_page(
    view: Callable[Concatenate[ActeurRequest, Usager, P], HttpResponse],
) -> Callable[..., HttpResponseBase]:
    """For aidants; gives the view the person if they see them, 404 otherwise; journals each reading (P-10, P-11)."""

    @wraps(view)
    def opened(
        request: ActeurRequest, public_id: UUID, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        usager = queries.usager_visible_to(request.acteur, public_id)
        if request.method in {"GET", "HEAD"}:
            record_reading(acteur=request.acteur, usager=usager, at=clock.now())
        return view(request, usager, *args, **kwargs)

    return get_writes("reading a person's page is itself an act, and is journaled (P-11)")(
        aidant_required(opened)
    )


def data_of(request: HttpRequest) -> QueryDict | None:
    """What was sent; an empty POST is a form left empty, not a page just opened."""
    return request.POST if request.method == "POST" else None
