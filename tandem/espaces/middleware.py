"""A hidden screen shows nothing, reloaded or not, until the aidant shows by a gesture that it is them (P-28)."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from tandem.espaces.rules import SESSION_BLANK, WHILE_BLANK


class BlankScreenMiddleware:
    """Every page leads to the curtain; a machine, which holds no session, sees none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_arguments: Any
    ) -> HttpResponse | None:
        """Nothing is done either: what was sent from another window waits."""
        session = getattr(request, "session", None)
        if session is None or not request.user.is_authenticated or SESSION_BLANK not in session:
            return None
        if getattr(view, "access", "") == "protocol":
            return None
        match = request.resolver_match
        name = "" if match is None else match.view_name
        return None if name in WHILE_BLANK else redirect("espaces:resume")
