"""What FranceConnect checks, in its own terms and with its own error codes."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from simulateurs.franceconnect.config import FranceConnectConfig, Service
from simulateurs.people import FRANCE

ALLOWED_PARAMETERS: Final = frozenset({
    "client_id", "acr_values", "claims", "response_type", "nonce", "state", "redirect_uri", "scope", "prompt",
    "idp_hint", "ui_locales",
})  # fmt: skip
SCOPE_CLAIMS: Final[Mapping[str, tuple[str, ...]]] = {
    "openid": (),
    "identite_pivot": (
        "given_name", "given_name_array", "family_name", "birthdate", "gender", "birthplace", "birthcountry",
    ),
    "profile": ("given_name", "given_name_array", "family_name", "birthdate", "gender", "preferred_username"),
    "birth": ("birthplace", "birthcountry"),
    "given_name": ("given_name", "given_name_array"),
    "family_name": ("family_name",),
    "birthdate": ("birthdate",),
    "gender": ("gender",),
    "birthplace": ("birthplace",),
    "birthcountry": ("birthcountry",),
    "preferred_username": ("preferred_username",),
    "email": ("email",),
    "idp_birthdate": ("idp_birthdate",),
    "amr": (),
    "idp_id": ("idp_id",),
}  # fmt: skip
NONCE_LENGTH: Final = 22
ACR: Final = "eidas1"

_COG = re.compile(r"(2[AB]|\d\d)\d{3}")
_BIRTHDATE = re.compile(r"\d{4}-(\d\d-\d\d|00-00)")
# What validator.js accepts, near enough: no empty part, no two dots in a row, a domain with a dot.
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}"
)


class FranceConnectError(Exception):
    """An error page, with FranceConnect's code and what its documentation says of it."""

    def __init__(self, code: str, why: str, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.why = why
        self.status = status


class ServiceError(Exception):
    """An error that travels to the service's redirect address, with the state."""

    def __init__(self, redirect_uri: str, state: str, error: str, why: str) -> None:
        super().__init__(error)
        self.redirect_uri = redirect_uri
        self.params = {
            "error": error,
            "error_description": why,
            **({"state": state} if state else {}),
        }


@dataclass(frozen=True)
class AuthorizeRequest:
    """A request that FranceConnect accepts."""

    service: Service
    redirect_uri: str
    scope: tuple[str, ...]
    state: str
    nonce: str
    # Claims asked in the ID token: `amr`, `rep_scope` (FS-11).
    id_token_claims: frozenset[str]


def check_authorize(
    config: FranceConnectConfig, params: Sequence[tuple[str, str]]
) -> AuthorizeRequest:
    """Accept a request as `AuthorizeParamsDto` then the provider do (FS-01, FS-02).

    Raises:
        FranceConnectError: Y030007, shown here: nothing is sent to an address that was not checked.
        ServiceError: the address is right and the rest is not.
    """
    given = dict(params)
    if len(given) != len(params):
        raise FranceConnectError("Y030007", "Un paramètre est présent deux fois.")
    unknown = sorted(given.keys() - ALLOWED_PARAMETERS)
    if unknown:
        raise FranceConnectError("Y030007", "Paramètre refusé : " + ", ".join(unknown))
    for name in (
        "client_id",
        "acr_values",
        "response_type",
        "nonce",
        "state",
        "redirect_uri",
        "scope",
    ):
        if not given.get(name):
            raise FranceConnectError("Y030007", f"Paramètre obligatoire : {name}")
    if len(given["nonce"]) < NONCE_LENGTH:
        raise FranceConnectError("Y030007", "Le nonce doit avoir au moins 22 caractères.")
    if not set(given.get("prompt", "login").split()) <= {"login", "consent"}:
        raise FranceConnectError("Y030007", "Valeur de prompt refusée.")
    # The one difference: the real FranceConnect refuses a redirect address on the loopback.
    if urlsplit(given["redirect_uri"]).scheme not in {"https", "http"}:
        raise FranceConnectError("Y030007", "redirect_uri n’est pas une adresse.")
    service = config.service(given["client_id"])
    if service is None or given["redirect_uri"] not in service.redirect_uris:
        raise FranceConnectError("invalid_client", "Service ou adresse de retour inconnus.")
    return _authorize_request(service, given)


def _authorize_request(service: Service, given: Mapping[str, str]) -> AuthorizeRequest:
    def refuse(error: str, why: str) -> ServiceError:
        return ServiceError(given["redirect_uri"], given["state"], error, why)

    scope = tuple(given["scope"].split())
    if given["response_type"] != "code":
        raise refuse("unsupported_response_type", "code only")
    if "openid" not in scope or not set(scope) <= SCOPE_CLAIMS.keys():
        raise refuse("invalid_scope", "unknown scope")
    if ACR not in given["acr_values"].split():
        raise refuse("invalid_request", "acr_values")
    claims = _asked_claims(given.get("claims", "{}"))
    if claims is None or (claims and not service.may_ask_claims):
        raise refuse("invalid_request", "claims")
    return AuthorizeRequest(
        service, given["redirect_uri"], scope, given["state"], given["nonce"], claims
    )


def _asked_claims(text: str) -> frozenset[str] | None:
    """The names asked in the ID token; None when the parameter is malformed."""
    try:
        asked = json.loads(text).get("id_token", {})
    except (ValueError, AttributeError):
        return None
    return (
        frozenset(asked)
        if isinstance(asked, dict) and asked.keys() <= {"amr", "rep_scope"}
        else None
    )


def check_identity(claims: Mapping[str, Any]) -> None:
    """Accept the identity of a provider as `OidcIdentityDto` does (FI-12).

    Raises:
        FranceConnectError: Y000007, naming the claims that are wrong and never their values.
    """
    wrong = [name for name in ("given_name", "family_name") if not _is_text(claims.get(name), 256)]
    if not _fits(_BIRTHDATE, claims.get("birthdate")):
        wrong.append("birthdate")
    if claims.get("gender") not in ("female", "male", "unspecified"):
        wrong.append("gender")
    if not _fits(_COG, claims.get("birthcountry")):
        wrong.append("birthcountry")
    if claims.get("birthcountry") == FRANCE and not _fits(_COG, claims.get("birthplace")):
        wrong.append("birthplace")
    if not _fits(_EMAIL, claims.get("email")):
        wrong.append("email")
    if claims.get("preferred_username") and not _is_text(claims["preferred_username"], 256):
        wrong.append("preferred_username")
    if wrong:
        raise FranceConnectError("Y000007", "Identité reçue non valide : " + ", ".join(wrong))


def check_rep_scope(service: Service, received: Sequence[str]) -> None:
    """At least one périmètre of the service among those received, when it declares any (FI-04).

    Raises:
        FranceConnectError: Y600020.
    """
    if service.rep_scope and not set(service.rep_scope) & set(received):
        raise FranceConnectError(
            "Y600020", "Le mandat ne couvre pas le périmètre de ce service.", 403
        )


def _is_text(value: object, length: int) -> bool:
    return (
        isinstance(value, str)
        and 1 <= len(value) <= length
        and value.isprintable()
        and not set("<>") & set(value)
    )


def _fits(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None
