"""What every page about one demand or one démarche begins with."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict

from tandem.accompagnements import queries
from tandem.accompagnements.models import Besoin, DemarcheSuivie
from tandem.kernel import clock
from tandem.kernel.declare import get_writes
from tandem.structures.access import ActeurRequest, aidant_required
from tandem.ui.context_processors import PERSON_PRESENT_SESSION_KEY
from tandem.usagers.actions import record_reading, refuse_beside_another
from tandem.usagers.models import Usager

P = ParamSpec("P")
READING = "reading what is followed for a person is itself an act, and is journaled (P-11)"


def besoin_page(
    view: Callable[Concatenate[ActeurRequest, Besoin, P], HttpResponse],
) -> Callable[..., HttpResponseBase]:
    """For aidants; gives the view the demand if they see it, 404 otherwise; journals each reading (P-10, P-11)."""

    @wraps(view)
    def opened(
        request: ActeurRequest, public_id: UUID, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        besoin = queries.besoin_visible_to(request.acteur, public_id)
        _read(request, besoin)
        return view(request, besoin, *args, **kwargs)

    return get_writes(READING)(aidant_required(opened))


def demarche_page(
    view: Callable[Concatenate[ActeurRequest, DemarcheSuivie, P], HttpResponse],
) -> Callable[..., HttpResponseBase]:
    """The same, for a démarche followed."""

    @wraps(view)
    def opened(
        request: ActeurRequest, public_id: UUID, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        row = queries.demarche_visible_to(request.acteur, public_id)
        _read(request, row)
        return view(request, row, *args, **kwargs)

    return get_writes(READING)(aidant_required(opened))


def _read(request: ActeurRequest, what: Besoin | DemarcheSuivie) -> None:
    """One line a reading; beside another person, the page stays closed (P-28)."""
    if what.usager is not None and request.method in {"GET", "HEAD"}:
        record_reading(acteur=request.acteur, usager=what.usager, at=clock.now())


def alone_with(request: ActeurRequest, usager: Usager) -> Usager:
    """The person, for a page that names them without being theirs; closed beside another person (P-28)."""
    refuse_beside_another(acteur=request.acteur, usager=usager)
    return usager


def data_of(request: HttpRequest) -> QueryDict | None:
    """What was sent; an empty POST is a form left empty, not a page just opened."""
    return request.POST if request.method == "POST" else None


def is_someone_present(request: HttpRequest) -> bool:
    """Someone looks at the screen: no other name on it (P-28)."""
    return bool(request.session.get(PERSON_PRESENT_SESSION_KEY))


def identifier_in(values: QueryDict, name: str) -> UUID | None:
    """An identifier among the values of an address or of a form; None when it is none."""
    try:
        return UUID(values.get(name, ""))
    except ValueError:
        return None
