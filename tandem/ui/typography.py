"""French spaces: no line begins with « : », « ? » or « » », in whatever sentence of whatever room."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_NBSP = "\N{NO-BREAK SPACE}"
# Tags, and what someone typed in a long field, stay as they are.
_MARKUP = re.compile(r"(<textarea\b.*?</textarea>|<[^>]*>)", re.DOTALL | re.IGNORECASE)
_SPACE = re.compile(r"(?<!\s) (?=[:;?!»](?:\s|[.,)]|$))|(?<=«) ")


def french_spaces(html: str) -> str:
    """The same page, where the spaces that French puts before and inside signs do not break the line."""
    pieces = _MARKUP.split(html)
    # One in two is text.
    pieces[::2] = [_SPACE.sub(_NBSP, text) for text in pieces[::2]]
    return "".join(pieces)


class FrenchSpacesMiddleware:
    """Every page passes here, so that sentences are written with the space bar."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        kind = response.headers.get("Content-Type", "")
        if kind.startswith("text/html") and not response.streaming:
            response.content = french_spaces(response.content.decode(response.charset))
            # A space that does not break takes one byte more: a length counted before would cut the page short.
            if "Content-Length" in response.headers:
                response.headers["Content-Length"] = str(len(response.content))
        return response
