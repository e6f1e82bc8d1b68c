"""Signatures: one algorithm, one key chosen by its identifier, then the claims and nothing else."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from tandem.oidc_client.claims import Claims
from tandem.oidc_client.rules import IdentificationRefused, Reason

Jwk = Mapping[str, object]
KeyFinder = Callable[[str], Jwk | None]

# The curve an algorithm goes with, and the parts of a public key: a private part received by mistake is not read.
_CURVE = {"ES256": "P-256"}
_PUBLIC_PARTS = ("kty", "crv", "x", "y")
_HEADER_LENGTH = 2_000


@dataclass(frozen=True)
class Faults:
    """What to call each fault of one token."""

    malformed: Reason
    algorithm: Reason
    key: Reason
    signature: Reason


ID_TOKEN = Faults(
    Reason.ID_TOKEN_MALFORMED,
    Reason.ID_TOKEN_ALGORITHM,
    Reason.ID_TOKEN_KEY,
    Reason.ID_TOKEN_SIGNATURE,
)
USERINFO = Faults(
    Reason.USERINFO_MALFORMED,
    Reason.USERINFO_ALGORITHM,
    Reason.USERINFO_KEY,
    Reason.USERINFO_SIGNATURE,
)


def verified_claims(token: str, *, algorithm: str, find_key: KeyFinder, faults: Faults) -> Claims:
    """The claims of a token signed by the key its header names, with the one algorithm registered.

    Raises:
        IdentificationRefused: with the reason `faults` gives to the fault.
    """
    header = _header(token, faults)
    if header.get("alg") != algorithm:
        raise IdentificationRefused(faults.algorithm)
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not key_id:
        raise IdentificationRefused(faults.key)
    key = _public_key(find_key(key_id), algorithm, faults)
    # A header parameter unknown to us is ignored, as RFC 7515 asks.
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    try:
        signed = jws.deserialize_compact(token, key, registry=registry)
    except (JoseError, ValueError) as error:
        raise IdentificationRefused(faults.signature) from error
    return _claims(signed.payload, faults)


def _header(token: str, faults: Faults) -> Mapping[str, object]:
    """The protected header, read before any key is chosen; an encrypted token (five parts) has no business here."""
    parts = token.split(".")
    if len(parts) != 3 or len(parts[0]) > _HEADER_LENGTH:
        raise IdentificationRefused(faults.malformed)
    try:
        header = json.loads(base64.urlsafe_b64decode(parts[0] + "=" * (-len(parts[0]) % 4)))
    except ValueError as error:
        raise IdentificationRefused(faults.malformed) from error
    # `crit` and `b64` change what is signed: FranceConnect sends neither.
    if not isinstance(header, dict) or {"crit", "b64"} & header.keys():
        raise IdentificationRefused(faults.malformed)
    return header


def _public_key(jwk: Jwk | None, algorithm: str, faults: Faults) -> ECKey:
    if jwk is None or jwk.get("crv") != _CURVE[algorithm] or jwk.get("kty") != "EC":
        raise IdentificationRefused(faults.key)
    if jwk.get("use", "sig") != "sig" or jwk.get("alg", algorithm) != algorithm:
        raise IdentificationRefused(faults.key)
    try:
        return ECKey.import_key({part: str(jwk.get(part, "")) for part in _PUBLIC_PARTS})
    except (JoseError, ValueError) as error:
        raise IdentificationRefused(faults.key) from error


def _claims(payload: bytes | None, faults: Faults) -> Claims:
    try:
        claims = json.loads(payload or b"")
    except ValueError as error:
        raise IdentificationRefused(faults.malformed) from error
    if not isinstance(claims, dict):
        raise IdentificationRefused(faults.malformed)
    return claims
