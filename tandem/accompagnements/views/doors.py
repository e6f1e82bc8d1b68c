"""What every page about one demand or one démarche begins with."""

from uuid import UUID

from django.http import HttpRequest, QueryDict

from tandem.accompagnements import queries
from tandem.structures.access import ActeurRequest
from tandem.ui.context_processors import PERSON_PRESENT_SESSION_KEY
from tandem.usagers.access import page_about
from tandem.usagers.actions import refuse_beside_another
from tandem.usagers.models import Usager

besoin_page = page_about(queries.besoin_visible_to, lambda besoin: besoin.usager)
demarche_page = page_about(queries.demarche_visible_to, lambda row: row.usager)


def alone_with(request: ActeurRequest, usager: Usager) -> Usager:
    """The person, for a page that names them without being theirs; closed beside another person (P-28)."""
    refuse_beside_another(acteur=request.acteur, usager=usager)
    return usager


def is_someone_present(request: HttpRequest) -> bool:
    """Someone looks at the screen: no other name on it (P-28)."""
    return bool(request.session.get(PERSON_PRESENT_SESSION_KEY))


def identifier_in(values: QueryDict, name: str) -> UUID | None:
    """An identifier among the values of an address or of a form; None when it is none."""
    try:
        return UUID(values.get(name, ""))
    except ValueError:
        return None
