"""The protocol, in one place: what is read from a request, and what is said in an answer.

A closed profile of OpenID Connect (identity.md): authorization code only, confidential clients.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from tandem.oidc_provider.rules.choices import ID_TOKEN_LIFE
from tandem.referentiels.rules import REP_SCOPES

Values = Mapping[str, Sequence[str]]

ACR = "eidas1"
SCOPES = ("openid", "profile", "email", "birth")
# Périmètres were asked, and none is one of ours: matches no thème, hence no release.
UNKNOWN_LABEL = "inconnu"

_TEXT = re.compile(r"[\x20-\x7e]{1,512}")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_CLAIMS_MAX = 4_000


class ProtocolError(Exception):
    """Said to the relying party with its code: by a redirect from authorize, in JSON elsewhere."""

    def __init__(self, error: str, description: str = "", *, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status


@dataclass(frozen=True)
class AuthorizeRequest:
    """A request that may go on: nothing in it has been decided yet."""

    state: str
    nonce: str
    scopes: tuple[str, ...]
    # Empty: périmètre not declared (decision 9).
    rep_scopes: tuple[str, ...]
    code_challenge: str


@dataclass(frozen=True)
class TokenRequest:
    code: str
    redirect_uri: str
    code_verifier: str


def single(values: Values, name: str) -> str:
    """The value of a parameter that stands once.

    Raises:
        ProtocolError: it stands twice (FI-18, RFC 6749 §3.1).
    """
    found = values.get(name, ())
    if len(found) > 1:
        raise ProtocolError("invalid_request", f"{name} is repeated")
    return found[0] if found else ""


def usable_state(values: Values) -> str:
    """The state to give back even with an error; empty when it cannot be echoed."""
    found = values.get("state", ())
    return found[0] if len(found) == 1 and _TEXT.fullmatch(found[0]) else ""


def read_authorize(values: Values, *, registered_scopes: Sequence[str]) -> AuthorizeRequest:
    """The request of a known relying party with a registered redirect URI (FI-01, FI-02, FI-18).

    Unknown parameters are ignored, unless repeated.

    Raises:
        ProtocolError: what to answer by a redirect.
    """
    for name in values:
        single(values, name)
    for name in ("request", "request_uri", "registration"):
        if name in values:
            raise ProtocolError(f"{name}_not_supported")
    if single(values, "response_type") != "code":
        raise ProtocolError("unsupported_response_type", "code only")
    if single(values, "response_mode") not in {"", "query"}:
        raise ProtocolError("invalid_request", "response_mode must be query")
    state, nonce = single(values, "state"), single(values, "nonce")
    if not _TEXT.fullmatch(state) or not _TEXT.fullmatch(nonce):
        raise ProtocolError("invalid_request", "state and nonce are required")
    if "none" in single(values, "prompt").split(" "):
        raise ProtocolError("interaction_required")
    asked_acr = single(values, "acr_values").split()
    if asked_acr and ACR not in asked_acr:
        raise ProtocolError("unmet_authentication_requirements")
    return AuthorizeRequest(
        state=state,
        nonce=nonce,
        scopes=_scopes(single(values, "scope"), registered_scopes),
        rep_scopes=_rep_scopes(single(values, "claims")),
        code_challenge=_challenge(values),
    )


def _scopes(text: str, registered: Sequence[str]) -> tuple[str, ...]:
    asked = text.split(" ")
    if "openid" not in asked:
        raise ProtocolError("invalid_scope", "openid is required")
    return tuple(scope for scope in SCOPES if scope in asked and scope in registered)


def _challenge(values: Values) -> str:
    challenge, method = single(values, "code_challenge"), single(values, "code_challenge_method")
    if not challenge and not method:
        return ""
    if method != "S256" or not _CHALLENGE.fullmatch(challenge):
        raise ProtocolError("invalid_request", "code_challenge_method must be S256")
    return challenge


def _no_repeated_member(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("repeated")
    return members


def _rep_scopes(text: str) -> tuple[str, ...]:
    """Labels of claims.id_token.rep_scope.values; ours as they are, any other as UNKNOWN_LABEL."""
    if not text:
        return ()
    try:
        labels = _asked_labels(
            json.loads(text[:_CLAIMS_MAX], object_pairs_hook=_no_repeated_member)
        )
    except (ValueError, RecursionError):
        raise ProtocolError("invalid_request", "claims is malformed") from None
    known = set(REP_SCOPES.values())
    return tuple(dict.fromkeys(one if one in known else UNKNOWN_LABEL for one in labels))


def _asked_labels(claims: object) -> list[str]:
    """The labels as sent (FI-02: any, or none). ValueError when a member has another type than it must."""
    asked: object = claims
    for name in ("id_token", "rep_scope"):
        if not isinstance(asked, dict):
            raise ValueError(name)  # noqa: TRY004 — one error for all that is malformed
        asked = asked.get(name)
        if asked is None:
            return []
    if not isinstance(asked, dict) or not isinstance(asked.get("essential", False), bool):
        raise ValueError("rep_scope")  # noqa: TRY004 — same
    labels = [asked["value"]] if "value" in asked else asked.get("values", [])
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise ValueError("values")
    return labels


def read_token_request(values: Values) -> TokenRequest:
    """The body of a token request, its client apart.

    Raises:
        ProtocolError: what to answer in JSON.
    """
    for name in values:
        single(values, name)
    if single(values, "grant_type") != "authorization_code":
        raise ProtocolError("unsupported_grant_type")
    code, redirect_uri = single(values, "code"), single(values, "redirect_uri")
    if not _TEXT.fullmatch(code) or not redirect_uri:
        raise ProtocolError("invalid_request", "code and redirect_uri are required")
    return TokenRequest(code, redirect_uri, single(values, "code_verifier"))


def verifier_matches(challenge: str, verifier: str) -> bool:
    """PKCE (FI-23): S256 when a challenge was sent; a verifier without challenge is refused."""
    if not challenge or not verifier:
        return not challenge and not verifier
    if not _VERIFIER.fullmatch(verifier):
        return False
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == challenge


def redirect_with(uri: str, params: Mapping[str, str]) -> str:
    """The redirect URI with the answer added to its own query; empty values are left out."""
    parts = urlsplit(uri)
    query = parse_qsl(parts.query, keep_blank_values=True)
    query += [(name, value) for name, value in params.items() if value]
    return urlunsplit(parts._replace(query=urlencode(query)))


def origin_of(uri: str) -> str:
    """Scheme, host and port: what a form-action lists."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def discovery(issuer: str, *, algs: Sequence[str]) -> dict[str, object]:
    """The document of /.well-known/openid-configuration (FI-16)."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/oidc/authorize",
        "token_endpoint": f"{issuer}/oidc/token",
        "userinfo_endpoint": f"{issuer}/oidc/userinfo",
        "end_session_endpoint": f"{issuer}/oidc/logout",
        "jwks_uri": f"{issuer}/oidc/jwks",
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["pairwise"],
        "acr_values_supported": [ACR],
        "id_token_signing_alg_values_supported": list(algs),
        "userinfo_signing_alg_values_supported": list(algs),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256", "RS256"],
        "claims_supported": [
            "acr", "act", "aud", "birthcountry", "birthdate", "birthplace", "email", "exp", "family_name",
            "gender", "given_name", "iat", "iss", "nonce", "preferred_username", "rep_scope", "sub",
        ],
        "code_challenge_methods_supported": ["S256"],
        "claims_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
    }  # fmt: skip


def id_token_claims(
    *,
    issuer: str,
    client_id: str,
    sub: str,
    nonce: str,
    theme: str,
    act: Mapping[str, str] | None,
    at: datetime,
) -> dict[str, object]:
    """The ID token (FI-04 to FI-06): no identity, no nbf, one label of rep_scope."""
    issued = int(at.timestamp())
    claims: dict[str, object] = {
        "iss": issuer,
        "sub": sub,
        "aud": client_id,
        "iat": issued,
        "exp": issued + int(ID_TOKEN_LIFE.total_seconds()),
        "nonce": nonce,
        "acr": ACR,
        "rep_scope": [REP_SCOPES[theme]],
    }
    if act is not None:
        claims["act"] = dict(act)
    return claims
