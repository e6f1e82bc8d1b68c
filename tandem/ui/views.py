"""Error handlers, the page of components, and the icon of the site."""

import sys

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tandem.ui import icons
from tandem.ui.access import open_to_all
from tandem.ui.components import samples
from tandem.ui.errors import AWAY, error_page, is_away

DAY_SECONDS = 86_400
_FORM_TOO_OLD = _("Ce formulaire est resté ouvert trop longtemps. Rien n’a été enregistré.")


# Django calls these handlers with the names below.
def bad_request(_request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """400: the request made no sense, so nothing of it is used."""
    return error_page(None, status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """403; the exception's own words are never shown."""
    return error_page(request, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """404; the same page for what does not exist and for what is not yours."""
    return error_page(request, status=404)


def server_error(_request: HttpRequest) -> HttpResponse:
    """500, or 503 when the database or the disk does not answer; built without the database and without the session."""
    if is_away(sys.exception()):
        return error_page(None, status=503, happened=AWAY)
    return error_page(None, status=500)


def csrf_failure(_request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """403 of a form whose protection is too old, or that another site sent."""
    return error_page(None, status=403, happened=_FORM_TOO_OLD)


@require_safe
@open_to_all
def components(request: HttpRequest) -> HttpResponse:
    """Every part of the interface on one page, in development and demonstration only."""
    if settings.TANDEM_MODE == "production":
        raise Http404
    return render(request, "ui/components.html", samples())


@require_safe
@open_to_all
def favicon(_request: HttpRequest) -> HttpResponse:
    """The mark, for browsers that ask for it at the root."""
    content = (icons.STATIC / "favicon.svg").read_bytes()
    return HttpResponse(
        content,
        content_type="image/svg+xml",
        headers={"Cache-Control": f"public, max-age={DAY_SECONDS}"},
    )


@require_safe
@open_to_all
def robots(_request: HttpRequest) -> HttpResponse:
    """Only public pages are for search engines."""
    private = (
        "accueil",
        "personnes",
        "mandats",
        "usagers",
        "structures",
        "comptes",
        "oidc",
        "verifier",
    )
    lines = ["User-agent: *", *(f"Disallow: /{path}/" for path in private)]
    return HttpResponse(
        "\n".join(lines) + "\n",
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": f"public, max-age={DAY_SECONDS}"},
    )
