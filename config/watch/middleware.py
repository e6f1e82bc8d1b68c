"""Names each request, tells how it ended, counts it."""

import logging
import re
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config.watch.counters import Counters
from config.watch.logs import forget_request_id, set_request_id

logger = logging.getLogger("tandem.request")
HEADER = "X-Request-ID"
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
counters = Counters(Path(settings.TANDEM_DATA_DIR) / "compteurs")
# Asked every few seconds by machines: they would bury the rest.
_SILENT = frozenset({"sante", "metriques"})


class RequestMiddleware:
    """The outermost of all: one line of log per request, under one identifier that the answer bears too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        identifier = self._identifier(request)
        token = set_request_id(identifier)
        start = time.monotonic()
        try:
            response = self.get_response(request)
            seconds = time.monotonic() - start
            response.headers[HEADER] = identifier
            self._tell(request, response.status_code, seconds)
        finally:
            forget_request_id(token)
        return response

    @staticmethod
    def _identifier(request: HttpRequest) -> str:
        """The one of the proxy, when there is a proxy to believe; else a new one."""
        given = request.headers.get(HEADER, "") if settings.TANDEM_TRUSTED_PROXIES else ""
        return given if _GIVEN.fullmatch(given) else uuid4().hex

    @staticmethod
    def _tell(request: HttpRequest, status: int, seconds: float) -> None:
        match = request.resolver_match
        # The name of the route, never the path: a path may hold what someone typed.
        route = match.view_name if match else ""
        if request.path.startswith(settings.STATIC_URL) or route in _SILENT:
            return
        counters.count(status, seconds)
        fields = {
            "method": request.method if request.method in _METHODS else "other",
            "route": route or "none",
            "status": status,
            "ms": round(seconds * 1000),
        }
        logger.info("answered", extra=fields)


_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
