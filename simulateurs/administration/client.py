"""A service's client of FranceConnect: what a careful administration checks."""

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from simulateurs.administration.config import AdministrationConfig, AdministrationService
from simulateurs.web import caller

TIMEOUT_SECONDS = 5
# How an administration learns that an aidant acts (FS-11).
CLAIMS = json.dumps({"id_token": {"rep_scope": {"essential": True}, "amr": {"essential": True}}})


class LoginError(Exception):
    """FranceConnect's answer cannot be used; the message is for the person."""


@dataclass(frozen=True)
class Departure:
    """One login under way."""

    slug: str
    state: str = field(default_factory=lambda: secrets.token_hex(32))
    nonce: str = field(default_factory=lambda: secrets.token_hex(32))


@dataclass(frozen=True)
class Login:
    """Who is logged in at a service: the claims received, and the token that logs out."""

    slug: str
    identity: Mapping[str, Any]
    rep_scope: tuple[str, ...]
    id_token: str
    logout_state: str = field(default_factory=lambda: secrets.token_hex(32))


def authorize_url(
    config: AdministrationConfig, service: AdministrationService, departure: Departure
) -> str:
    """The request to FranceConnect (FS-01, FS-02)."""
    query = {
        "response_type": "code",
        "client_id": service.client_id,
        "redirect_uri": config.callback_url(service),
        "scope": "openid identite_pivot preferred_username email",
        "acr_values": "eidas1",
        "claims": CLAIMS,
        "state": departure.state,
        "nonce": departure.nonce,
    }
    return f"{config.fc_issuer}/authorize?{urlencode(query)}"


def logout_url(config: AdministrationConfig, service: AdministrationService, login: Login) -> str:
    """FranceConnect's logout (FS-10)."""
    query = {
        "id_token_hint": login.id_token,
        "state": login.logout_state,
        "post_logout_redirect_uri": config.after_logout_url(service),
    }
    return f"{config.fc_issuer}/session/end?{urlencode(query)}"


def log_in(
    config: AdministrationConfig, service: AdministrationService, departure: Departure, code: str
) -> Login:
    """Exchange the code and verify both answers.

    Raises:
        LoginError: FranceConnect refused, or its answer is not verified.
    """
    back = config.fc_back_issuer or config.fc_issuer
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": config.callback_url(service),
        "client_id": service.client_id,
        "client_secret": service.client_secret,
    }
    try:
        with caller(TIMEOUT_SECONDS) as http:
            tokens = http.post(f"{back}/token", data=form).raise_for_status().json()
            keys = KeySet.import_key_set(http.get(f"{back}/jwks").raise_for_status().json())
            bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
            userinfo = http.get(f"{back}/userinfo", headers=bearer).raise_for_status().text
        id_token = _verified(tokens["id_token"], keys)
        identity = _verified(userinfo, keys)
    except (httpx.HTTPError, JoseError, ValueError, KeyError) as error:
        raise LoginError("La réponse de FranceConnect n’a pas pu être vérifiée.") from error
    for claims in (id_token, identity):
        if (claims.get("iss"), claims.get("aud")) != (config.fc_issuer, service.client_id):
            raise LoginError("La réponse de FranceConnect est pour un autre.")
    if id_token["sub"] != identity.get("sub") or id_token.get("exp", 0) <= config.now():
        raise LoginError("La réponse de FranceConnect n’est pas cohérente.")
    if not hmac.compare_digest(str(id_token.get("nonce")), departure.nonce):
        raise LoginError("La réponse de FranceConnect est pour une autre demande.")
    labels = tuple(str(label) for label in id_token.get("rep_scope", ()))
    return Login(service.slug, identity, labels, tokens["id_token"])


def _verified(token: str, keys: KeySet) -> dict[str, Any]:
    header = jws.extract_compact(token.encode()).headers()
    key = next(one for one in keys.keys if one.kid == header.get("kid"))
    claims: dict[str, Any] = json.loads(
        jws.deserialize_compact(token, key, algorithms=["ES256"]).payload or b""
    )
    return claims
