"""What the stand-in signs: ES256, one key drawn at each start, like every secret here."""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from simulateurs.franceconnect.config import TOKEN_SECONDS, FranceConnectConfig, Service
from simulateurs.people import Person

ALGORITHM = "ES256"


class Signer:
    """The keys of the stand-in; `rotate` signs with a new one and keeps publishing the former."""

    def __init__(self) -> None:
        self._keys = [self._new_key()]

    @staticmethod
    def _new_key() -> ECKey:
        return ECKey.generate_key("P-256", auto_kid=True)

    def rotate(self) -> None:
        """Sign with a new key from now on (FS-06)."""
        self._keys = [self._new_key(), *self._keys[:1]]

    def public_keys(self) -> dict[str, Any]:
        """The key set to publish."""
        return {
            "keys": [key.as_dict(private=False, use="sig", alg=ALGORITHM) for key in self._keys]
        }

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A compact token."""
        key = self._keys[0]
        header = {"alg": ALGORITHM, "typ": "JWT", "kid": key.kid}
        return jws.serialize_compact(
            header, json.dumps(claims).encode(), key, algorithms=[ALGORITHM]
        )

    def is_ours(self, token: str) -> bool:
        """Whether a token was signed here, however old."""
        return any(_verifies(token, key) for key in self._keys)


def _verifies(token: str, key: ECKey) -> bool:
    try:
        jws.deserialize_compact(token, key, algorithms=[ALGORITHM])
    except (JoseError, ValueError):
        return False
    return True


def subject_of(person: Person, entity: str) -> str:
    """64 hexadecimal digits and `v1`, one per person and legal entity (FS-07)."""
    identity = [
        *person.given_names,
        person.family_name,
        person.birthdate,
        person.birthplace,
        person.birthcountry,
    ]
    return hashlib.sha256("\0".join([entity, *identity]).encode()).hexdigest() + "v1"


def id_token_claims(
    config: FranceConnectConfig,
    service: Service,
    *,
    sub: str,
    nonce: str,
    access_token: str,
    extra: Mapping[str, Any],
) -> dict[str, Any]:
    """The ID token for a service, valid 60 seconds (FS-03, FS-05)."""
    now = int(config.now())
    half = hashlib.sha256(access_token.encode()).digest()[:16]
    return {
        "iss": config.issuer,
        "aud": service.client_id,
        "sub": sub,
        "nonce": nonce,
        "acr": "eidas1",
        "iat": now,
        "exp": now + TOKEN_SECONDS,
        "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
        **extra,
    }
