"""The page of a file brought together with another one shows the other one."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from tandem.kernel.refusals import Refusal
from tandem.rapprochements.queries import kept_instead
from tandem.structures.models import Acteur

# The names under which addresses hold a person.
_PERSON = ("public_id", "usager_id", "other_id")


class KeptFileMiddleware:
    """A person not found at an address, because their file is hidden behind another: go to that one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Only for whoever sees the file kept; everybody else gets the same answer as before."""
        acteur = getattr(request, "acteur", None)
        if not isinstance(exception, Refusal) or exception.status != 404:
            return None
        if not isinstance(acteur, Acteur) or request.resolver_match is None:
            return None
        kwargs = request.resolver_match.kwargs
        for name in _PERSON:
            value = kwargs.get(name)
            if isinstance(value, UUID) and (kept := kept_instead(acteur, value)) is not None:
                messages.info(request, _("Deux dossiers sont réunis : voici celui qui reste."))
                return redirect("espaces:person", kept.public_id)
        return None
