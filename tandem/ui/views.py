"""Error handlers, the page of components, and the icon of the site."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tandem.ui import icons
from tandem.ui.access import open_to_all
from tandem.ui.components import samples
from tandem.ui.errors import error_page

DAY_SECONDS = 86_400


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return error_page(None, status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403; the exception's own words are never shown."""
    return error_page(request, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404; the same page for what does not exist and for what is not yours."""
    return error_page(request, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, built without the database and without the session."""
    return error_page(None, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of a form whose protection is too old: says to reload."""
    return error_page(None, status=403)


@require_safe
@open_to_all
def components(request: HttpRequest) -> HttpResponse:
    """Every part of the interface on one page, in development and demonstration only."""
    if settings.TANDEM_MODE == "production":
        raise Http404
    return render(request, "ui/components.html", samples())


@require_safe
@open_to_all
def favicon(request: HttpRequest) -> HttpResponse:
    """The mark, for browsers that ask for it at the root."""
    content = (icons.STATIC / "favicon.svg").read_bytes()
    return HttpResponse(
        content,
        content_type="image/svg+xml",
        headers={"Cache-Control": f"public, max-age={DAY_SECONDS}"},
    )


@require_safe
@open_to_all
def robots(request: HttpRequest) -> HttpResponse:
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
