"""What the two signed answers must say: each claim compared by `==` after a check of its type (S-04, FS-05)."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from tandem.kernel.text import strip_bidi
from tandem.oidc_client.profiles import Client
from tandem.oidc_client.rules import IdentificationRefused, PivotIdentity, Reason

Claims = Mapping[str, object]

# Two clocks never agree to the second, and ours was read before FranceConnect signed.
SKEW_SECONDS: Final = 30
# FranceConnect's ID token lives 60 seconds (FS-03): one issued long ago was not made for this return.
ISSUED_WITHIN_SECONDS: Final = 300

_BIRTHDATE: Final = re.compile(r"(19|20)\d\d-(0\d|1[0-2])-([0-2]\d|3[01])")
_INSEE_CODE: Final = re.compile(r"(2[AB]|\d\d)\d{3}")
_FRANCE: Final = "99100"
_GENDERS: Final = frozenset({"female", "male", "unspecified"})
_NAME_LENGTH: Final = 256


def hashed(secret: str) -> str:
    """The trace of a random secret: enough to recognise it, useless to replay it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def check_id_token(
    claims: Claims, *, client: Client, nonce_hash: str, access_token: str, at: datetime
) -> str:
    """Refuse an ID token that is not FranceConnect's answer to this very departure; give its subject.

    Raises:
        IdentificationRefused: one claim is missing, of another type, or not the one expected.
    """
    now = int(at.timestamp())
    _require(_is(claims.get("iss"), client.issuer), Reason.ID_TOKEN_ISSUER)
    _require(_names_only(claims.get("aud"), client.client_id), Reason.ID_TOKEN_AUDIENCE)
    _require("azp" not in claims or _is(claims["azp"], client.client_id), Reason.ID_TOKEN_PARTY)
    _require(_instant(claims.get("exp")) > now - SKEW_SECONDS, Reason.ID_TOKEN_EXPIRED)
    issued_at = _instant(claims.get("iat"))
    _require(
        now - ISSUED_WITHIN_SECONDS <= issued_at <= now + SKEW_SECONDS, Reason.ID_TOKEN_ISSUED_AT
    )
    _require(
        "nbf" not in claims or 0 <= _instant(claims["nbf"]) <= now + SKEW_SECONDS,
        Reason.ID_TOKEN_NOT_YET,
    )
    nonce = claims.get("nonce")
    _require(
        isinstance(nonce, str) and hmac.compare_digest(hashed(nonce), nonce_hash),
        Reason.ID_TOKEN_NONCE,
    )
    level = claims.get("acr")
    _require(isinstance(level, str) and level in client.profile.acr_accepted, Reason.ID_TOKEN_LEVEL)
    _require(
        "at_hash" not in claims or _is(claims["at_hash"], _half_hash(access_token)),
        Reason.ID_TOKEN_ACCESS_HASH,
    )
    sub = claims.get("sub")
    if not isinstance(sub, str) or not client.profile.subject.fullmatch(sub):
        raise IdentificationRefused(Reason.ID_TOKEN_SUBJECT)
    return sub


def check_userinfo(claims: Claims, *, client: Client, sub: str, at: datetime) -> None:
    """Refuse a userinfo that does not speak of the same person, to us, now.

    Raises:
        IdentificationRefused: one claim is missing, of another type, or not the one expected.
    """
    now = int(at.timestamp())
    _require(_is(claims.get("iss"), client.issuer), Reason.USERINFO_ISSUER)
    _require(_names_only(claims.get("aud"), client.client_id), Reason.USERINFO_AUDIENCE)
    _require(
        "exp" not in claims or _instant(claims["exp"]) > now - SKEW_SECONDS, Reason.USERINFO_EXPIRED
    )
    _require(_is(claims.get("sub"), sub), Reason.USERINFO_SUBJECT)


def read_identity(claims: Claims) -> PivotIdentity:
    """The pivot identity, in FranceConnect's formats.

    Raises:
        IdentificationRefused: a compulsory claim is missing or is not in its format (FS-08 lists what is allowed).
    """
    birthcountry = _matching(claims.get("birthcountry"), _INSEE_CODE, Reason.IDENTITY_BIRTHCOUNTRY)
    gender = claims.get("gender")
    if not isinstance(gender, str) or gender not in _GENDERS:
        raise IdentificationRefused(Reason.IDENTITY_GENDER)
    return PivotIdentity(
        given_names=_name(claims.get("given_name")),
        family_name=_name(claims.get("family_name")),
        birthdate=_birthdate(claims),
        gender=gender,
        birthplace=_birthplace(claims.get("birthplace", ""), birthcountry),
        birthcountry=birthcountry,
        preferred_name=_optional(claims.get("preferred_username")),
        email=_optional(claims.get("email")),
    )


def _require(condition: bool, reason: Reason) -> None:  # noqa: FBT001  # reads as a sentence
    if not condition:
        raise IdentificationRefused(reason)


def _is(value: object, expected: str) -> bool:
    return isinstance(value, str) and value == expected


def _names_only(value: object, expected: str) -> bool:
    """Whether an audience is ours and nobody else's: a text, or a list of this one text."""
    return _is(value, expected) or (
        isinstance(value, list) and len(value) == 1 and _is(value[0], expected)
    )


def _instant(value: object) -> int:
    """Seconds since 1970, or -1 for what is not an instant: a boolean is an int in Python, not here."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**53:
        return -1
    return int(value)


def _half_hash(access_token: str) -> str:
    """OpenID Connect Core 3.1.3.6, for algorithms ending in 256."""
    digest = hashlib.sha256(access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


def _clean(value: object) -> str | None:
    """A text that can be shown and printed: no control nor direction character, at most 256 characters."""
    if not isinstance(value, str) or len(value) > _NAME_LENGTH or strip_bidi(value) != value:
        return None
    return value if all(character.isprintable() for character in value) else None


def _name(value: object) -> str:
    text = _clean(value)
    if text is None or not text.strip():
        raise IdentificationRefused(Reason.IDENTITY_NAME)
    return text


def _optional(value: object) -> str:
    """A claim that may be absent or empty: many persons have no e-mail and no name of use."""
    text = "" if value is None else _clean(value)
    if text is None:
        raise IdentificationRefused(Reason.IDENTITY_OPTIONAL)
    return text


def _matching(value: object, pattern: re.Pattern[str], reason: Reason) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise IdentificationRefused(reason)
    return value


def _birthdate(claims: Claims) -> str:
    """The date of the register: a presumed one (`1946-00-00`) rather than its completion (`1946-01-01`), FS-08."""
    completed = _matching(claims.get("birthdate"), _BIRTHDATE, Reason.IDENTITY_BIRTHDATE)
    # A tuple: what a stranger sends may have no hash.
    if claims.get("idp_birthdate") in (None, ""):
        return completed
    presumed = _matching(claims["idp_birthdate"], _BIRTHDATE, Reason.IDENTITY_BIRTHDATE)
    parts = zip(presumed.split("-"), completed.split("-"), strict=True)
    if any(said not in {kept, "00"} for said, kept in parts):
        raise IdentificationRefused(Reason.IDENTITY_BIRTHDATE)
    return presumed


def _birthplace(value: object, birthcountry: str) -> str:
    """An INSEE code; empty for a person born abroad, and for some born in France (FS-08)."""
    if value is None or value == "":
        return ""
    place = _matching(value, _INSEE_CODE, Reason.IDENTITY_BIRTHPLACE)
    return place if birthcountry == _FRANCE else ""
