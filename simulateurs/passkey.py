"""A passkey made of software, for the demonstration: one key, kept in memory or in a file.

Follows WebAuthn Level 3, without a counter, as synchronised passkeys: registration with the « none »
attestation, then assertions with user presence and user verification. A real person uses their
telephone or their computer.
"""

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor

PRESENT_AND_VERIFIED = 0x05
ATTESTED = 0x40


def b64(data: bytes) -> str:
    """Base64 for URLs, without padding, as WebAuthn writes it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The bytes of an unpadded base64 for URLs."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Passkey:
    """One credential of one person on one site."""

    def __init__(
        self,
        *,
        credential_id: bytes = b"",
        private_pem: str = "",
        user_handle: str = "",
    ) -> None:
        self.credential_id = credential_id or os.urandom(32)
        # The site's own name for the person, given back at each login.
        self.user_handle = user_handle
        self._key = (
            serialization.load_pem_private_key(private_pem.encode(), None)
            if private_pem
            else ec.generate_private_key(ec.SECP256R1())
        )

    def dump(self) -> dict[str, Any]:
        """What `load` needs to make the same passkey again."""
        pem = self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()
        return {
            "credential_id": b64(self.credential_id),
            "private_pem": pem,
            "user_handle": self.user_handle,
        }

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> "Passkey":
        """The passkey that `dump` wrote."""
        return cls(
            credential_id=unb64(data["credential_id"]),
            private_pem=data["private_pem"],
            user_handle=data["user_handle"],
        )

    def register(self, options: Mapping[str, Any], origin: str) -> dict[str, Any]:
        """Answer to navigator.credentials.create: the credential, as JSON."""
        public = options.get("publicKey", options)
        self.user_handle = public["user"]["id"]
        client = self._client_data("webauthn.create", public["challenge"], origin)
        numbers = self._key.public_key().public_numbers()  # type: ignore[union-attr]  # an EC key, made above
        cose = {
            1: 2,
            3: -7,
            -1: 1,
            -2: numbers.x.to_bytes(32, "big"),  # type: ignore[union-attr]  # as above
            -3: numbers.y.to_bytes(32, "big"),  # type: ignore[union-attr]  # as above
        }
        attested = (
            bytes(16)
            + len(self.credential_id).to_bytes(2, "big")
            + self.credential_id
            + cbor.encode(cose)
        )
        data = (
            self._authenticator_data(public["rp"]["id"], PRESENT_AND_VERIFIED | ATTESTED) + attested
        )
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._credential(
            {
                "clientDataJSON": b64(client),
                "attestationObject": b64(attestation),
                "transports": ["internal"],
            }
        )

    def sign(self, options: Mapping[str, Any], origin: str) -> dict[str, Any]:
        """Answer to navigator.credentials.get: the assertion, as JSON."""
        public = options.get("publicKey", options)
        client = self._client_data("webauthn.get", public["challenge"], origin)
        data = self._authenticator_data(public["rpId"], PRESENT_AND_VERIFIED)
        signature = self._key.sign(  # type: ignore[union-attr, call-arg]  # an EC key, made above
            data + hashlib.sha256(client).digest(),
            ec.ECDSA(hashes.SHA256()),  # type: ignore[arg-type]  # as above
        )
        return self._credential(
            {
                "clientDataJSON": b64(client),
                "authenticatorData": b64(data),
                "signature": b64(signature),
                "userHandle": self.user_handle or None,
            }
        )

    def _authenticator_data(self, rp_id: str, flags: int) -> bytes:
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + bytes(4)

    @staticmethod
    def _client_data(kind: str, challenge: str, origin: str) -> bytes:
        return json.dumps(
            {"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}
        ).encode()

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "public-key",
            "id": b64(self.credential_id),
            "rawId": b64(self.credential_id),
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        }
