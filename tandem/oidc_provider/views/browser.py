"""The cookie that ties a transaction to the browser that arrived (S-03)."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from tandem.comptes.entry import session_id
from tandem.kernel.crypto import random_token
from tandem.oidc_provider.rules.binding import Binding, browser_value, sha256
from tandem.oidc_provider.rules.choices import TRANSACTION_LIFE

# Apart from the session: a cross-site POST carries no Lax cookie, and must not replace the session's.
_PREFIX = "__Host-tandem-cnx" if settings.SESSION_COOKIE_SECURE else "tandem-demo-cnx"


def cookie_name(transaction: UUID) -> str:
    """One cookie per transaction: two tabs do not disturb each other."""
    return f"{_PREFIX}-{transaction.hex[:8]}"


def arriving() -> tuple[Binding, str]:
    """The binding of a browser that arrives, and the value to leave in it."""
    value = random_token(32)
    return Binding(sha256(value)), value


def keep(response: HttpResponse, transaction: UUID, value: str) -> None:
    """Leave the value in the browser, for the time of a transaction."""
    response.set_cookie(
        cookie_name(transaction),
        value,
        max_age=int(TRANSACTION_LIFE.total_seconds()),
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def binding_of(request: HttpRequest, transaction: UUID) -> Binding:
    """The browser and the session of a page under way; without cookie, a binding that fits nothing."""
    value = browser_value(request.COOKIES.get(cookie_name(transaction), ""))
    return Binding(sha256(value or random_token(32)), session_id(request))
