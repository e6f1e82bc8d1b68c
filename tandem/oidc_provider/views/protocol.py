"""Doors of the protocol: strings in, one call into the domain, an answer as the RFCs say."""

import re
from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tandem.comptes.entry import visitor_of
from tandem.kernel import clock, limits
from tandem.kernel.declare import get_writes
from tandem.oidc_provider import actions, queries
from tandem.oidc_provider.rules.binding import sha256
from tandem.oidc_provider.rules.protocol import (
    ProtocolError,
    Values,
    discovery,
    read_authorize,
    redirect_with,
    usable_state,
)
from tandem.oidc_provider.views.browser import arriving, keep
from tandem.structures.access import protocol_endpoint
from tandem.ui.errors import error_page

_BEARER = re.compile(r"Bearer ([A-Za-z0-9_-]{20,100})")
_FORM = "application/x-www-form-urlencoded"
# One office of a hundred people behind one address stays far below.
_ARRIVALS_A_MINUTE = 300
TOO_MANY = 429


class SeeOther(HttpResponseRedirect):
    """The browser goes on with a GET, whatever brought it here."""

    status_code = 303


@protocol_endpoint
@csrf_exempt
@get_writes("OpenID Connect: a request arrives by GET or POST, and is kept")
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """A relying party asks for an identity (FI-01); an error goes back to it only when it is known (FI-18)."""
    at = clock.now()
    values = _values(request)
    known = queries.party_and_redirect(values)
    if known is None:
        return error_page(
            request,
            status=400,
            happened=_(
                "Ce service, ou son adresse de retour, n’est pas connu de Tandem. Rien n’a été transmis."
            ),
        )
    party, redirect_uri = known
    if not limits.hit(
        f"oidc.authorize:{visitor_of(request).address}", limit=_ARRIVALS_A_MINUTE, window=60
    ):
        return error_page(request, status=429)
    try:
        asked = read_authorize(values, registered_scopes=party.scopes)
    except ProtocolError as error:
        return SeeOther(_error_redirect(redirect_uri, error, usable_state(values)))
    binding, cookie = arriving()
    row = actions.begin_transaction(
        party=party, redirect_uri=redirect_uri, asked=asked, binding=binding, at=at
    )
    # Whoever is logged in need not pass by the door.
    page = "usager" if request.user.is_authenticated else "connexion"
    response = SeeOther(reverse(f"oidc_provider:{page}", args=[row.public_id]))
    keep(response, row.public_id, cookie)
    return response


def _error_redirect(redirect_uri: str, error: ProtocolError, state: str) -> str:
    return redirect_with(
        redirect_uri,
        {
            "error": error.error,
            "error_description": error.description,
            "state": state,
            "iss": settings.TANDEM_SITE_URL,
        },
    )


@protocol_endpoint
@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """A code against tokens (FI-08): a form, by POST, the secret in the body."""
    at = clock.now()
    # Basic is another way to authenticate than the one registered.
    if "Authorization" in request.headers:
        refused = _json_error(ProtocolError("invalid_client", status=401))
        refused.headers["WWW-Authenticate"] = "Basic"
        return refused
    if request.content_type != _FORM or request.GET:
        return _json_error(ProtocolError("invalid_request", "a form, in the body"))
    try:
        address = visitor_of(request).address
        return _json(actions.exchange_code(values=_values(request), address=address, at=at))
    except ProtocolError as error:
        return _json_error(error)


@protocol_endpoint
@csrf_exempt
@get_writes("OpenID Connect: userinfo is read by GET or POST, once, and journaled")
@require_http_methods(["GET", "POST"])
def userinfo(request: HttpRequest) -> HttpResponse:
    """The identity, once (FI-11): the token comes in the header, nowhere else."""
    at = clock.now()
    given = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    if given is None:
        return _bearer_error("")
    try:
        answer = actions.answer_userinfo(token=given[1], request_hash=_same_request(request), at=at)
    except ProtocolError as error:
        return _bearer_error(error.error)
    if answer.signed:
        return HttpResponse(answer.signed, content_type="application/jwt")
    return _json(answer.claims)


def _same_request(request: HttpRequest) -> str:
    """What makes a retry the same request: how it is asked, and by which program."""
    asked = (
        request.method or "",
        request.headers.get("User-Agent", ""),
        request.headers.get("Accept", ""),
    )
    return sha256("\n".join(asked))


def _bearer_error(error: str) -> HttpResponse:
    response = HttpResponse(status=401)
    response.headers["WWW-Authenticate"] = f'Bearer error="{error}"' if error else "Bearer"
    return response


@protocol_endpoint
@csrf_exempt
@require_http_methods(["GET", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    """Back to the relying party after its own logout (FI-19): the aidant's session goes on."""
    to = queries.post_logout_redirect(_values(request), at=clock.now())
    if to is None:
        return error_page(
            request,
            status=400,
            happened=_(
                "Cette demande de déconnexion n’est pas valable. Votre session Tandem continue."
            ),
        )
    return SeeOther(to)


@protocol_endpoint
@require_GET
def jwks(_request: HttpRequest) -> HttpResponse:
    """Our public keys (FI-15)."""
    return _json({"keys": queries.public_jwks(clock.now())})


@protocol_endpoint
@require_GET
def configuration(_request: HttpRequest) -> HttpResponse:
    """Discovery (FI-16)."""
    return _json(discovery(settings.TANDEM_SITE_URL, algs=queries.signing_algs()))


@protocol_endpoint
@require_GET
def status(_request: HttpRequest) -> HttpResponse:
    """Whether the provider can answer, for whoever watches it (FI-24): the database was asked, the keys stand."""
    ready = queries.is_ready(clock.now())
    return _json({"status": "ok" if ready else "unavailable"}, status=200 if ready else 503)


def _values(request: HttpRequest) -> Values:
    """Every value of every parameter: a repetition must be seen."""
    source = request.POST if request.method == "POST" else request.GET
    return {name: source.getlist(name) for name in source}


def _json(content: Mapping[str, object], *, status: int = 200) -> HttpResponse:
    response = JsonResponse(content, status=status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    return response


def _json_error(error: ProtocolError) -> HttpResponse:
    content = {"error": error.error}
    if error.description:
        content["error_description"] = error.description
    response = _json(content, status=error.status)
    if error.status == TOO_MANY:
        response.headers["Retry-After"] = "60"
    return response
