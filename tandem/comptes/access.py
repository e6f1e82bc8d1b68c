"""Who may open a page (law 4): the two doors that need no structure. structures adds the others."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

from tandem.comptes.models import Compte

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class CompteRequest(HttpRequest):
    """The request of someone logged in."""

    # Narrower than Django's: the door has checked it.
    user: Compte


def public_page(view: View) -> View:
    """Anyone may open this page."""
    view.access = "public"  # type: ignore[attr-defined]  # read by the middlewares and law 4
    return view


def compte_required(view: View) -> View:
    """A compte logged in with two factors; anyone else is sent to log in and come back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            where = request.get_full_path() if request.method == "GET" else "/"
            return redirect_to_login(where, str(settings.LOGIN_URL))
        return view(request, *args, **kwargs)

    guarded.access = "compte"  # type: ignore[attr-defined]  # same
    return cast("View", guarded)


def during_enrolment(view: View) -> View:
    """This page opens before the compte has its two factors: it is one of those that make them."""
    view.during_enrolment = True  # type: ignore[attr-defined]  # read by SessionLimitsMiddleware
    return view
