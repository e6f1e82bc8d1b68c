"""The cookie that ties a transaction to the browser that arrived (S-03)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from tandem.comptes.entry import session_id
from tandem.kernel.crypto import random_token
from tandem.oidc_provider.rules.binding import Binding, browser_value, sha256
from tandem.oidc_provider.rules.choices import TRANSACTION_LIFE
from tandem.structures.access import ActeurRequest

# Apart from the session: a cross-site POST carries no Lax cookie, and must not replace the session's.
COOKIE = "__Host-tandem-connexion" if settings.SESSION_COOKIE_SECURE else "tandem-demo-connexion"


def arriving(request: HttpRequest) -> tuple[Binding, str]:
    """The binding of a browser that arrives, and the value of its cookie: the one it has, or a new one."""
    value = browser_value(request.COOKIES.get(COOKIE, "")) or random_token(32)
    return Binding(sha256(value)), value


def keep(response: HttpResponse, value: str) -> None:
    """Give the browser its cookie, for the time of a transaction."""
    response.set_cookie(
        COOKIE,
        value,
        max_age=int(TRANSACTION_LIFE.total_seconds()),
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def binding_of(request: ActeurRequest) -> Binding:
    """The browser and the session of a page under way; without cookie, a binding that fits nothing."""
    value = browser_value(request.COOKIES.get(COOKIE, ""))
    return Binding(sha256(value or random_token(32)), session_id(request))
