"""Who looks at the screen, for as long as a request lasts (P-28)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tandem.structures.models import ANONYMOUS
from tandem.usagers.beside import looking


class BesideMiddleware:
    """After the one that says who is acting."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with looking(getattr(request, "acteur", ANONYMOUS).beside):
            return self.get_response(request)
