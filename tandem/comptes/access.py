"""Who may open a page (law 4): the two doors that need no structure. structures adds the others."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def public_page(view: View) -> View:
    """Anyone may open this page."""
    view.access = "public"  # type: ignore[attr-defined]  # read by the access middleware and law 4
    return view


def compte_required(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A compte logged in with two factors; others are sent to log in and come back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.is_authenticated:
            where = request.get_full_path() if request.method == "GET" else "/"
            return redirect_to_login(where, str(settings.LOGIN_URL))
        return view(request, *args, **kwargs)

    guarded.access = "compte"  # type: ignore[attr-defined]  # same
    return guarded
