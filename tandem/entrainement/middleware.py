"""In a sandbox: every paper is stamped, and what speaks to the outside stays closed (A-14)."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tandem.entrainement.rules import MACHINES, STAMP, may_practise
from tandem.impression.pdf import stamped
from tandem.structures.models import ANONYMOUS

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class PracticeMiddleware:
    """After the one that says who is acting; does nothing for whoever does not practise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_practising(request):
            return self.get_response(request)
        with stamped(str(STAMP)):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_arguments: Any
    ) -> HttpResponse | None:
        """Closed by default: a room opens to exercises once it is shown to write nothing elsewhere."""
        if not _is_practising(request) or getattr(view, "access", "") == MACHINES:
            return None
        match = request.resolver_match
        room = "" if match is None else match.app_name
        if may_practise(room, writes=request.method not in _SAFE):
            return None
        return render(request, "entrainement/closed.html", status=409)


def _is_practising(request: HttpRequest) -> bool:
    return bool(getattr(request, "acteur", ANONYMOUS).is_practising)
