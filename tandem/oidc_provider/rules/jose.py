"""Signatures: one algorithm and one key at a time, chosen by us and never by what is received."""

import base64
import json
import re
from collections.abc import Mapping
from datetime import datetime

from joserfc import jwk, jwt
from joserfc.errors import JoseError

from tandem.oidc_provider.rules.choices import ASSERTION_LIFE, Alg

Claims = Mapping[str, object]
Jwk = dict[str, str | list[str]]

_COMPACT = re.compile(r"[A-Za-z0-9_-]{1,2000}\.[A-Za-z0-9_-]{1,8000}\.[A-Za-z0-9_-]{1,2000}")
_RSA_BITS = 2048


class InvalidToken(ValueError):  # noqa: N818 — named as the thing that was received
    """Not signed as it must be, or not saying what it must say."""


def new_key(alg: Alg) -> tuple[str, Jwk, Jwk]:
    """A fresh pair: kid, public JWK, private JWK."""
    key: jwk.ECKey | jwk.RSAKey = (
        jwk.ECKey.generate_key("P-256")
        if alg is Alg.ES256
        else jwk.RSAKey.generate_key(_RSA_BITS, auto_kid=False)
    )
    kid = key.thumbprint()
    extra: Jwk = {"kid": kid, "use": "sig", "alg": str(alg.value)}
    return kid, {**key.as_dict(private=False), **extra}, {**key.as_dict(private=True), **extra}


def read_public_key(document: object) -> Jwk:
    """The public JWK a relying party registers: EC P-256 or RSA ≥ 2048 bits, and nothing private.

    Raises:
        InvalidToken: another kind of key, or a private one.
    """
    if not isinstance(document, dict) or {"d", "p", "q", "k", "oth"} & set(document):
        raise InvalidToken("public key")
    try:
        if document.get("kty") == "RSA" and len(_decoded(document["n"])) * 8 < _RSA_BITS:
            raise InvalidToken("public key")  # joserfc would only warn
        key = jwk.JWKRegistry.import_key(document)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise InvalidToken("public key") from error
    if isinstance(key, jwk.ECKey) and key.curve_name == "P-256":
        alg = Alg.ES256
    elif isinstance(key, jwk.RSAKey):
        alg = Alg.RS256
    else:
        raise InvalidToken("public key")
    return {**key.as_dict(private=False), "alg": str(alg.value)}


def sign(claims: Claims, *, alg: Alg, key: Jwk) -> str:
    """A compact JWT; the header says the kid of an asymmetric key."""
    header: dict[str, object] = {"alg": str(alg.value)}
    if "kid" in key:
        header["kid"] = key["kid"]
    return jwt.encode(header, dict(claims), jwk.JWKRegistry.import_key(key), algorithms=[alg.value])


def secret_key(secret: str) -> Jwk:
    """The secret of a relying party as the key of HS256."""
    return jwk.OctKey.import_key(secret).as_dict()


def peek_header(token: str) -> Mapping[str, object]:
    """The header of a token, not verified: only to choose which of our keys it names.

    Raises:
        InvalidToken: no compact JWT, or a header that asks for what we do not do.
    """
    if not _COMPACT.fullmatch(token):
        raise InvalidToken("shape")
    try:
        header = json.loads(_decoded(token.split(".", maxsplit=1)[0]))
    except (ValueError, RecursionError) as error:
        raise InvalidToken("header") from error
    if not isinstance(header, dict) or {"crit", "b64", "jwk", "jku", "x5u", "x5c"} & set(header):
        raise InvalidToken("header")
    return header


def peek_text(token: str, name: str) -> str:
    """A text a token claims, not verified: only to know whose key to verify it with.

    Raises:
        InvalidToken: no compact JWT, or no text there.
    """
    peek_header(token)
    try:
        claims = json.loads(_decoded(token.split(".")[1]))
    except (ValueError, RecursionError) as error:
        raise InvalidToken("claims") from error
    value = claims.get(name) if isinstance(claims, dict) else None
    if not isinstance(value, str):
        raise InvalidToken(name)
    return value


def verify(token: str, *, alg: Alg, key: Jwk) -> Claims:
    """The claims of a token signed by exactly this algorithm and this key. No claim is compared here.

    Raises:
        InvalidToken: another algorithm, another key, or no JWT at all.
    """
    if peek_header(token).get("alg") != alg.value:
        raise InvalidToken("alg")
    public = {name: value for name, value in key.items() if name not in {"alg", "use", "kid"}}
    try:
        return jwt.decode(token, jwk.JWKRegistry.import_key(public), algorithms=[alg.value]).claims
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise InvalidToken("signature") from error


def check_assertion(
    claims: Claims, *, client_id: str, audiences: set[str], at: datetime
) -> tuple[str, datetime]:
    """What private_key_jwt must say (RFC 7523): its jti and its end.

    Claims are compared by `==` after a check of type: a list that holds the right value is refused,
    except for `aud`, where peers send one and all of it must be us.

    Raises:
        InvalidToken: another issuer, subject or audience, too old, too long, or without jti.
    """
    for name in ("iss", "sub"):
        value = claims.get(name)
        if not isinstance(value, str) or value != client_id:
            raise InvalidToken(name)
    aud = claims.get("aud")
    listed = aud if isinstance(aud, list) else [aud]
    if not listed or not all(isinstance(one, str) and one in audiences for one in listed):
        raise InvalidToken("aud")
    exp, jti, now = claims.get("exp"), claims.get("jti"), at.timestamp()
    if not _is_instant(exp) or not now < exp <= now + ASSERTION_LIFE.total_seconds():  # type: ignore[operator]  # a number by _is_instant
        raise InvalidToken("exp")
    for name in ("iat", "nbf"):
        value = claims.get(name, now)
        if not _is_instant(value) or value > now + 5:  # type: ignore[operator]  # a number by _is_instant
            raise InvalidToken(name)
    if not isinstance(jti, str) or not 8 <= len(jti) <= 255:
        raise InvalidToken("jti")
    return jti, datetime.fromtimestamp(float(exp), tz=at.tzinfo)  # type: ignore[arg-type]  # a number by _is_instant


def _is_instant(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e11


def _decoded(segment: str) -> bytes:
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
