"""Encryption of values at rest, blind indexes, derived keys, random tokens.

Two roots, both from the settings: TANDEM_ENCRYPTION_KEYS (rotated: the first encrypts, all
decrypt) and TANDEM_INDEX_KEY (never rotated in place: indexes and derived keys must not move).
"""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY_BYTES = 32
_NONCE_BYTES = 12


class DecryptionError(Exception):
    """A ciphertext cannot be opened: altered, moved to another row, or its key is missing."""


class UnknownKeyError(DecryptionError):
    """The ciphertext names a key that TANDEM_ENCRYPTION_KEYS does not hold."""


def current_key_id() -> str:
    """Identifier of the key that encrypts now."""
    return str(settings.TANDEM_ENCRYPTION_KEYS[0][0])


def key_id_of(ciphertext: str) -> str:
    """Identifier of the key that made a ciphertext."""
    return ciphertext.partition(":")[0]


def encrypt(plain: bytes, *, aad: bytes) -> str:
    """AES-256-GCM under the current key: `key id:base64(nonce ‖ ciphertext ‖ tag)`."""
    key_id, key = settings.TANDEM_ENCRYPTION_KEYS[0]
    nonce = os.urandom(_NONCE_BYTES)
    sealed = nonce + _cipher(key).encrypt(nonce, plain, aad)
    return f"{key_id}:{base64.urlsafe_b64encode(sealed).decode()}"


def decrypt(ciphertext: str, *, aad: bytes) -> bytes:
    """The plain bytes.

    Raises:
        UnknownKeyError: the key that made it is not in the settings.
        DecryptionError: it was altered, or made for other associated data.
    """
    key_id, _, body = ciphertext.partition(":")
    key = dict(settings.TANDEM_ENCRYPTION_KEYS).get(key_id)
    if key is None:
        raise UnknownKeyError(
            f"encryption key {key_id[:20]!r} is missing from TANDEM_ENCRYPTION_KEYS"
        )
    try:
        sealed = base64.b64decode(body, altchars=b"-_", validate=True)
        return _cipher(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], aad)
    except (InvalidTag, binascii.Error, ValueError) as error:
        raise DecryptionError("the ciphertext was altered or belongs elsewhere") from error


def derive_key(purpose: str) -> bytes:
    """A key of 32 bytes for one purpose, the same for the life of the installation."""
    return _derive(settings.TANDEM_INDEX_KEY, f"tandem:key:{purpose}")


def blind_index(value: str, *, domain: str, key: bytes | None = None) -> str:
    """Keyed fingerprint (64 hexadecimal digits) that finds a value without showing it.

    The value is taken as it is: normalise it first. Two domains, or two keys, never match.
    """
    index_key = key or _derive(settings.TANDEM_INDEX_KEY, f"tandem:index:{domain}")
    return hmac.new(index_key, f"{domain}\0{value}".encode(), hashlib.sha256).hexdigest()


def random_token(size: int = 16) -> str:
    """An unguessable URL-safe text of `size` random bytes."""
    return secrets.token_urlsafe(size)


@lru_cache(maxsize=64)
def _cipher(key: bytes) -> AESGCM:
    if len(key) != KEY_BYTES:
        raise ValueError("an encryption key is 32 bytes long")
    return AESGCM(key)


@lru_cache(maxsize=256)
def _derive(root: bytes, info: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info.encode()).derive(root)
