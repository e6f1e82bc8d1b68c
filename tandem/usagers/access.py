"""What every page about a person begins with, in whatever room: the door, the fetch, the reading that is journaled."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase

from tandem.kernel import clock
from tandem.kernel.declare import get_writes
from tandem.structures.access import ActeurRequest, aidant_required
from tandem.structures.models import Acteur
from tandem.usagers.actions import record_reading
from tandem.usagers.models import Usager
from tandem.usagers.queries import usager_visible_to

P = ParamSpec("P")
READING = "reading what is written about a person is itself an act, and is journaled (P-11)"
Thing = TypeVar("Thing")
# A view of one thing, once it is fetched.
View = Callable[Concatenate[ActeurRequest, Thing, P], HttpResponse]


def page_about(
    fetch: Callable[[Acteur, UUID], Thing], person: Callable[[Thing], Usager | None]
) -> Callable[[View[Thing, P]], Callable[..., HttpResponseBase]]:
    """For aidants; gives the view what its address names, 404 when they do not see it; journals each reading.

    P-10, P-11; beside another person the page stays closed (P-28). What has no name yet leaves no line.
    """

    def decorate(view: View[Thing, P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def opened(
            request: ActeurRequest, public_id: UUID, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponse:
            thing = fetch(request.acteur, public_id)
            usager = person(thing)
            if usager is not None and request.method in {"GET", "HEAD"}:
                record_reading(acteur=request.acteur, usager=usager, at=clock.now())
            return view(request, thing, *args, **kwargs)

        return get_writes(READING)(aidant_required(opened))

    return decorate


person_page = page_about(usager_visible_to, lambda usager: usager)
