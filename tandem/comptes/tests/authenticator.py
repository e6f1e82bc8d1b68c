"""A passkey in software: makes real registrations and assertions, and wrong ones on demand."""

import hashlib
import json
import os
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestedCredentialData

ORIGIN = "https://tandem.example"
RP_ID = "tandem.example"
_UP, _UV, _AT = 0x01, 0x04, 0x40


@dataclass
class SoftwareAuthenticator:
    """One key, one counter. `verified=False` answers without PIN nor finger, as a bare key would."""

    origin: str = ORIGIN
    rp_id: str = RP_ID
    verified: bool = True
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    user_handle: bytes = b""

    def enrol(self, user_handle: bytes) -> AttestedCredentialData:
        """Hold a key for someone, as if the registration had been done."""
        self.user_handle = user_handle
        cose = ES256.from_cryptography_key(self.key.public_key())
        return AttestedCredentialData.create(b"\0" * 16, self.credential_id, cose)

    def create(self, options: dict[str, Any]) -> str:
        """What `navigator.credentials.create` gives, as the page sends it (attestation « none »)."""
        public_key = options["publicKey"]
        data = bytes(self.enrol(websafe_decode(public_key["user"]["id"])))
        client_data = self._client_data("webauthn.create", public_key["challenge"])
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._auth_data(_AT) + data}
        return self._answer(clientDataJSON=client_data, attestationObject=cbor.encode(attestation))

    def get(self, options: dict[str, Any]) -> str:
        """What `navigator.credentials.get` gives, as the page sends it."""
        self.count += 1
        client_data = self._client_data("webauthn.get", options["publicKey"]["challenge"])
        auth_data = self._auth_data(0)
        signed = auth_data + hashlib.sha256(client_data).digest()
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        return self._answer(
            clientDataJSON=client_data,
            authenticatorData=auth_data,
            signature=signature,
            userHandle=self.user_handle,
        )

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps(
            {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        ).encode()

    def _auth_data(self, flags: int) -> bytes:
        flags |= _UP | (_UV if self.verified else 0)
        return hashlib.sha256(self.rp_id.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _answer(self, **response: bytes) -> str:
        name = websafe_encode(self.credential_id)
        parts = {key: websafe_encode(value) for key, value in response.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": parts})
