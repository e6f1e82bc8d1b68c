"""Pages travel compressed: at 512 kbit/s a page of 16 kB waits a quarter of a second less (A-17)."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class CompressedPagesMiddleware(GZipMiddleware):
    """HTML alone: what is a file is already compressed, what is a token must not tell its length.

    A page that mixes a secret with what a stranger chose could be guessed by its compressed length. The token of
    forms is masked anew in each page, sessions do not follow a request from another site (SameSite), no search is
    made by an address, and each answer carries a random number of bytes more.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Compress a whole page for a browser that says it can read it."""
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if not is_page or response.streaming:
            return response
        return super().process_response(request, response)
