"""What every page about one person, one démarche or one declaration begins with."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from tandem.accompagnements.models import DemarcheSuivie
from tandem.accompagnements.queries import DemarcheUnknown, demarche_visible_to
from tandem.declarations import queries
from tandem.declarations.actions import DeclarationRefused
from tandem.declarations.models import Declaration
from tandem.structures.access import ActeurRequest
from tandem.structures.models import Acteur
from tandem.usagers.access import page_about
from tandem.usagers.models import Usager


def _of_someone(acteur: Acteur, public_id: UUID) -> DemarcheSuivie:
    found = demarche_visible_to(acteur, public_id)
    if found.usager is None:
        raise DemarcheUnknown
    return found


def _named(followed: DemarcheSuivie) -> Usager:
    assert followed.usager is not None  # noqa: S101 - asked when it is fetched
    return followed.usager


followed_page = page_about(_of_someone, _named)
declaration_page = page_about(queries.declaration_visible_to, lambda row: row.usager)


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
