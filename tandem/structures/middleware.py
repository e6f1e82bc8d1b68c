"""Turns the session into an Acteur, and refuses every view that does not say who may open it."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from django.http import HttpRequest, HttpResponse

from tandem.comptes.models import Compte
from tandem.structures import queries
from tandem.structures.access import ActeurRequest
from tandem.structures.backends import read_with
from tandem.structures.models import ANONYMOUS
from tandem.structures.rules import SESSION_AFFECTATION
from tandem.ui.context_processors import PERSON_PRESENT_SESSION_KEY
from tandem.ui.errors import error_page

logger = logging.getLogger("tandem.structures")


class ActeurMiddleware:
    """`request.acteur` for every view, from the query that read the compte; nothing for someone without a session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cast("ActeurRequest", request).acteur = ANONYMOUS
        if isinstance(request.user, Compte):
            chosen = str(request.session.get(SESSION_AFFECTATION, ""))
            acteur = queries.acteur_of(request.user, chosen=chosen, live=read_with(request.user))
            beside = str(request.session.get(PERSON_PRESENT_SESSION_KEY, ""))
            cast("ActeurRequest", request).acteur = replace(acteur, beside=beside)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_arguments: Any
    ) -> HttpResponse | None:
        """Closed by default: a view without declared access answers 403, in every mode (law 4)."""
        if getattr(view, "access", ""):
            return None
        logger.error(
            "view without declared access: %s.%s", view.__module__, getattr(view, "__name__", "?")
        )
        return error_page(request, status=403)
