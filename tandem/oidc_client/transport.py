"""The four calls to FranceConnect, through the kernel's HTTP client."""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tandem.kernel.http import Answer, HttpClient, OutboundError
from tandem.kernel.http import Reason as OutboundReason
from tandem.oidc_client.profiles import Client
from tandem.oidc_client.rules import FranceConnectUnavailable, IdentificationRefused, Reason

logger = logging.getLogger(__name__)

# What a bearer token is made of (RFC 6750): anything else could not travel in a header.
_BEARER: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")
_TOKEN_LENGTH: Final = 8_000
_FAULTS: Final[Mapping[OutboundReason, Reason]] = {
    "timeout": Reason.TIMEOUT,
    "network": Reason.UNREACHABLE,
    "dns": Reason.UNREACHABLE,
    "redirect": Reason.ANSWER_UNUSABLE,
    "size": Reason.ANSWER_UNUSABLE,
    "content": Reason.ANSWER_UNUSABLE,
}


@dataclass(frozen=True)
class Tokens:
    """What the code was exchanged for; lives no longer than one identification."""

    id_token: str
    access_token: str


def get_json(client: Client, url: str, malformed: Reason) -> Mapping[str, Any]:
    """A public document of the provider.

    Raises:
        FranceConnectUnavailable: no answer, a status other than 200, or no JSON object (`malformed`).
    """
    answer = _answer(client, lambda http: http.get(url, headers={"Accept": "application/json"}))
    document = _json_object(answer) if answer.status == 200 else None
    if document is None:
        raise FranceConnectUnavailable(malformed)
    return document


def exchange_code(client: Client, url: str, *, code: str, redirect_uri: str) -> Tokens:
    """Exchange the code, authenticated by client_secret_post (FS-04).

    Raises:
        IdentificationRefused: the code or the client is refused, or the answer lacks a token.
        FranceConnectUnavailable: no answer, or a fault of the server.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "client_id": client.client_id,
        "client_secret": client.client_secret,
    }
    answer = _answer(
        client, lambda http: http.post_form(url, form, headers={"Accept": "application/json"})
    )
    document = _json_object(answer)
    if answer.status != 200:
        refused = document is not None and document.get("error") in {
            "invalid_client",
            "unauthorized_client",
        }
        raise IdentificationRefused(Reason.CLIENT_REFUSED if refused else Reason.CODE_REFUSED)
    if document is None:
        raise IdentificationRefused(Reason.TOKEN_MALFORMED)
    return _tokens(document)


def get_userinfo(client: Client, url: str, access_token: str) -> str:
    """The signed userinfo, as it came: unsigned JSON is not accepted (FS-05).

    Raises:
        IdentificationRefused: the token is refused, or the answer is not signed.
        FranceConnectUnavailable: no answer, or a fault of the server.
    """
    headers = {"Accept": "application/jwt", "Authorization": f"Bearer {access_token}"}
    answer = _answer(client, lambda http: http.get(url, headers=headers))
    if answer.status != 200:
        raise IdentificationRefused(Reason.USERINFO_REFUSED)
    if (
        answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        != "application/jwt"
    ):
        raise IdentificationRefused(Reason.USERINFO_UNSIGNED)
    try:
        return answer.body.decode("ascii").strip()
    except UnicodeDecodeError as error:
        raise IdentificationRefused(Reason.USERINFO_MALFORMED) from error


def _answer(client: Client, call: Callable[[HttpClient], Answer]) -> Answer:
    """One call, to the hosts the operator named and no other."""
    try:
        answer = call(HttpClient(hosts=client.hosts))
    except OutboundError as error:
        reason = _FAULTS.get(error.reason, Reason.DISCOVERY_ADDRESS)
        logger.warning("%s unavailable: %s", client.profile.name, reason)
        raise FranceConnectUnavailable(reason) from error
    if answer.status >= 500 or answer.status == 429:
        logger.warning("%s unavailable: status %d", client.profile.name, answer.status)
        raise FranceConnectUnavailable(Reason.SERVER_ERROR)
    return answer


def _json_object(answer: Answer) -> Mapping[str, Any] | None:
    try:
        document = answer.json()
    except OutboundError:
        return None
    return document if isinstance(document, dict) else None


def _tokens(document: Mapping[str, Any]) -> Tokens:
    kind, access_token, id_token = (
        document.get(name) for name in ("token_type", "access_token", "id_token")
    )
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise IdentificationRefused(Reason.TOKEN_TYPE)
    if not isinstance(access_token, str) or not _is_bearer(access_token):
        raise IdentificationRefused(Reason.ACCESS_TOKEN_MISSING)
    if not isinstance(id_token, str) or not id_token:
        raise IdentificationRefused(Reason.ID_TOKEN_MISSING)
    return Tokens(id_token=id_token, access_token=access_token)


def _is_bearer(text: str) -> bool:
    return len(text) <= _TOKEN_LENGTH and _BEARER.fullmatch(text) is not None
