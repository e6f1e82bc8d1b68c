"""Two doors for machines: is the site alive, and its figures."""

import ipaddress
import secrets

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from config.watch import figures
from tandem.kernel import clock
from tandem.structures.access import protocol_endpoint

# What a proxy adds: a request that bears one does not come from this machine, whatever its last address.
_FORWARDED = (
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Real-IP",
    "Forwarded",
    "Via",
)


@protocol_endpoint
@require_safe
def health(_request: HttpRequest) -> HttpResponse:
    """200 when the site can serve, 503 when its database does not answer; nothing else is told."""
    try:
        figures.database_answers()
    except DatabaseError:
        return JsonResponse({"etat": "panne"}, status=503, headers={"Retry-After": "10"})
    return JsonResponse({"etat": "ok"})


@protocol_endpoint
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for whoever holds TANDEM_METRICS_TOKEN; without a token, for this machine alone. Else 404."""
    if not _may_read(request):
        raise Http404
    return HttpResponse(
        figures.text(at=clock.now()), content_type="text/plain; version=0.0.4; charset=utf-8"
    )


def _may_read(request: HttpRequest) -> bool:
    if settings.TANDEM_METRICS_TOKEN:
        given = request.headers.get("Authorization", "").encode()
        return secrets.compare_digest(given, f"Bearer {settings.TANDEM_METRICS_TOKEN}".encode())
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
