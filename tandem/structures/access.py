"""Who may open a page: the first of the three locks (law 4).

A view without one of these decorators is refused by the middleware, in every mode.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from tandem.comptes.access import compte_required, public_page
from tandem.structures.models import Acteur
from tandem.structures.rules import ActeurKind, Obstacle

__all__ = [
    "ActeurRequest", "aidant_required", "compte_required", "operator_required", "protocol_endpoint", "public_page",
    "referent_required",
]  # fmt: skip

View = Callable[..., HttpResponseBase]
AnyView = TypeVar("AnyView", bound=View)


class ActeurRequest(HttpRequest):
    """A request once the middleware knows who is acting."""

    acteur: Acteur


def protocol_endpoint(view: AnyView) -> AnyView:
    """A machine's door: who may pass is decided by the protocol, not by a session."""
    view.access = "protocol"  # type: ignore[attr-defined]  # read by the middleware and by law 4
    return view


def aidant_required(view: View) -> View:
    """Live affectation, habilité, structure active, current charte accepted (P-04); else a page says what to do."""

    @wraps(view)
    def guarded(request: ActeurRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.acteur.may_act:
            return view(request, *args, **kwargs)
        return _turned_away(request, request.acteur.obstacle)

    guarded.access = "aidant"  # type: ignore[attr-defined]  # same
    return guarded


def referent_required(view: View) -> View:
    """A référent of an active structure, current charte accepted; need not be habilité."""

    @wraps(view)
    def guarded(request: ActeurRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.acteur.may_manage:
            return view(request, *args, **kwargs)
        return _turned_away(request, request.acteur.managing_obstacle)

    guarded.access = "referent"  # type: ignore[attr-defined]  # same
    return guarded


def operator_required(view: View) -> View:
    """An operator of the instance; acts as such, never in the name of a structure."""

    @wraps(view)
    def guarded(request: ActeurRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.acteur.is_operator:
            request.acteur = replace(
                request.acteur,
                kind=ActeurKind.OPERATOR,
                structure=None,
                affectation=None,
                charte_accepted=False,
            )
            return view(request, *args, **kwargs)
        return _turned_away(request, Obstacle.NOT_OPERATOR)

    guarded.access = "operator"  # type: ignore[attr-defined]  # same
    return guarded


def _turned_away(request: ActeurRequest, obstacle: Obstacle | None) -> HttpResponseBase:
    acteur = request.acteur
    where = request.get_full_path() if request.method == "GET" else "/"
    if not acteur.is_authenticated:
        return redirect_to_login(where, str(settings.LOGIN_URL))
    if (
        obstacle is Obstacle.NO_AFFECTATION
        and acteur.affectation is None
        and acteur.affectation_count
    ):
        query = f"?{urlencode({'suite': where})}" if request.method == "GET" else ""
        return HttpResponseRedirect(reverse("structures:switch") + query)
    return render(request, "structures/turned_away.html", {"obstacle": str(obstacle)}, status=403)
