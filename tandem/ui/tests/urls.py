"""Addresses of the tests of ui alone: its own pages, and stand-ins for the rooms above."""

from collections.abc import Callable
from types import SimpleNamespace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, include, path
from django.views.decorators.csrf import csrf_exempt

from tandem.kernel.refusals import Refusal
from tandem.ui.access import open_to_all

handler400 = "tandem.ui.views.bad_request"
handler403 = "tandem.ui.views.forbidden"
handler404 = "tandem.ui.views.not_found"
handler500 = "tandem.ui.views.server_error"


class TooManyRefused(Refusal):
    """Too many tries."""

    status = 429
    code = "limits"


class AbsentRefused(Refusal):
    """A service we depend on does not answer."""

    status = 503


class StateRefused(Refusal):
    """The state does not allow it."""


REFUSALS = {"429": TooManyRefused, "503": AbsentRefused, "409": StateRefused}

PUBLIC = ("public_home", "where", "help", "accessibility", "privacy", "legal")


@open_to_all
def refuse(request: HttpRequest, status: str) -> HttpResponse:
    """Refuse in words."""
    raise REFUSALS[status]("Attendez <b>un peu</b>.")


@open_to_all
def fail(request: HttpRequest) -> HttpResponse:
    """Explode."""
    raise RuntimeError("secret of the inside")


@open_to_all
def absent(request: HttpRequest) -> HttpResponse:
    """Find nothing."""
    raise Http404("secret of the inside")


@open_to_all
def away(request: HttpRequest) -> HttpResponse:
    """Send elsewhere."""
    return redirect("/composants/")


@open_to_all
def cached(request: HttpRequest) -> HttpResponse:
    """Say how long it may be kept."""
    return HttpResponse("keys", headers={"Cache-Control": "public, max-age=60"})


@open_to_all
def desk(request: HttpRequest) -> HttpResponse:
    """A page of someone logged in at a structure."""
    structure = SimpleNamespace(name="CCAS de Bagneux")
    acteur = SimpleNamespace(
        compte=SimpleNamespace(given_name="Alice"),
        structure=structure,
        affectation_count=2,
        is_practising="practice" in request.GET,
    )
    return render(
        request,
        "ui/errors/error.html",
        {
            "acteur": acteur,
            "words": {"title": "Rose Lefèvre", "advice": "Rien."},
            "happened": "Une page.",
            "person_present": "present" in request.GET,
        },
    )


@csrf_exempt
@open_to_all
def done(request: HttpRequest) -> HttpResponse:
    """Accept a form."""
    return HttpResponse("ok")


@csrf_exempt
@open_to_all
def resume(request: HttpRequest) -> HttpResponse:
    """The gesture that lifts the curtain: « 123456 »."""
    if request.method == "POST":
        return HttpResponse(status=204 if request.POST["geste_code"] == "123456" else 422)
    return HttpResponse(
        '<form method="post" action="/espaces/resume/" data-resume><label>Code <input name="geste_code"></label>'
        '<input type="hidden" name="geste_credential"><button>Montrer l’écran</button></form>'
    )


def _room(name: str, *routes: str, **views: Callable[..., HttpResponse]) -> URLPattern:
    patterns = [path(f"{name}/{route}/", done, name=route) for route in routes]
    patterns += [path(f"{name}/{route}/", view, name=route) for route, view in views.items()]
    return path("", include((patterns, name)))  # type: ignore[return-value]  # a resolver is as good here


urlpatterns = [
    path("", include("tandem.ui.urls")),
    path("refus/<str:status>/", refuse),
    path("panne/", fail),
    path("absente/", absent),
    path("ailleurs/", away),
    path("cles/", cached),
    path("guichet/", desk),
    _room("espaces", *PUBLIC, "home", "search", "person_present", "blank", resume=resume),
    _room("entrainement", "leave", "start_over"),
    _room("comptes", "account", "login", "logout", "keep_alive"),
    _room("mandats", "list"),
    _room("structures", "switch"),
]
