"""Encrypts streams of any length in flat memory: the STREAM construction over AES-256-GCM.

    header: 8 bytes of format, 32 bytes of salt
    then chunks of 64 KiB, each with its 16-byte tag; the last may be shorter, or empty

Each stream has its own key, derived from the key given and the salt, so one key may encrypt any
number of streams. The nonce of a chunk is its number (11 bytes) and whether it is the last (1
byte): chunks removed, added, repeated or moved do not open, within a stream or between two.
"""

import os
from collections.abc import Iterator
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHUNK = 64 * 1024
KEY_BYTES = 32
_FORMAT = b"tandem\x00\x01"
_SALT_BYTES = 32
_TAG_BYTES = 16


class Source(Protocol):
    """What is read: a file, a pipe, an upload."""

    def read(self, size: int, /) -> bytes: ...


class Target(Protocol):
    """What is written to."""

    def write(self, data: bytes, /) -> object: ...


class StreamError(ValueError):
    """The stream was cut, altered, or made with another key: nothing more is to be trusted."""


def encrypt_stream(src: Source, dst: Target, key: bytes, *, aad: bytes = b"") -> None:
    """Read all of `src`, write it encrypted to `dst`. `aad` must be given again to decrypt."""
    salt = os.urandom(_SALT_BYTES)
    cipher = _cipher(key, salt)
    dst.write(_FORMAT + salt)
    for number, chunk, is_last in _chunks(src, CHUNK):
        sealed = cipher.encrypt(_nonce(number, is_last=is_last), chunk, aad)
        dst.write(sealed)


def decrypt_stream(src: Source, dst: Target, key: bytes, *, aad: bytes = b"") -> None:
    """The reverse. On StreamError what `dst` received must be thrown away."""
    for chunk in decrypt_chunks(src, key, aad=aad):
        dst.write(chunk)


def decrypt_chunks(src: Source, key: bytes, *, aad: bytes = b"") -> Iterator[bytes]:
    """The plain chunks, each verified before it is given.

    Raises:
        StreamError: at the first chunk that is not the one written, the missing end included:
            what came before is authentic, but not whole.
    """
    header = _read(src, len(_FORMAT) + _SALT_BYTES)
    if len(header) != len(_FORMAT) + _SALT_BYTES or not header.startswith(_FORMAT):
        raise StreamError("this is no encrypted stream")
    cipher = _cipher(key, header[len(_FORMAT) :])
    for number, chunk, is_last in _chunks(src, CHUNK + _TAG_BYTES):
        try:
            plain = cipher.decrypt(_nonce(number, is_last=is_last), chunk, aad)
        except (InvalidTag, ValueError) as error:
            raise StreamError(f"chunk {number} of the stream is not the one written") from error
        yield plain


def _chunks(src: Source, size: int) -> Iterator[tuple[int, bytes, bool]]:
    """Number, content, is it the last? An empty source has one empty chunk."""
    number, chunk = 0, _read(src, size)
    while following := _read(src, size) if len(chunk) == size else b"":
        yield number, chunk, False
        number, chunk = number + 1, following
    yield number, chunk, True


def _read(src: Source, size: int) -> bytes:
    """Exactly `size` bytes, or what is left: a pipe gives less than it is asked."""
    parts = []
    while size and (part := src.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    if len(key) != KEY_BYTES:
        raise ValueError("the key of a stream is 32 bytes long")
    hkdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=b"tandem:stream")
    return AESGCM(hkdf.derive(key))
