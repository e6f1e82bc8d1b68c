"""Passkeys: what is asked of the browser, and what is checked of its answer.

User verification (a PIN, a finger, a face) is always required, and the origin is exactly ours:
a sub-domain or another port is refused, which the library alone would let pass.
"""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tandem.comptes.models import Compte

# What the parsers of the library raise on an answer that no browser makes.
_MALFORMED = (ValueError, TypeError, KeyError, AttributeError, IndexError)
_REQUIRED = UserVerificationRequirement.REQUIRED
_LARGEST_ANSWER = 8_000


class WebauthnError(Exception):
    """The answer of the passkey is not the one that was asked; the text is for logs alone."""


def _server() -> Fido2Server:
    site = settings.TANDEM_SITE_URL
    rp = PublicKeyCredentialRpEntity(name="Tandem", id=urlsplit(site).hostname)
    return Fido2Server(rp, verify_origin=lambda origin: origin == site)


def _state(challenge: bytes) -> dict[str, Any]:
    return {"challenge": websafe_encode(challenge), "user_verification": _REQUIRED}


def registration_options(
    compte: Compte, *, challenge: bytes, known: Sequence[AttestedCredentialData]
) -> dict[str, Any]:
    """What `navigator.credentials.create` is given: a key with a PIN, that names its owner if it can."""
    user = PublicKeyCredentialUserEntity(
        id=compte.public_id.bytes, name=compte.email, display_name=compte.full_name
    )
    options, _unused = _server().register_begin(
        user,
        credentials=known,
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=_REQUIRED,
        challenge=challenge,
    )
    return dict(options)


def request_options(*, challenge: bytes, known: Sequence[AttestedCredentialData]) -> dict[str, Any]:
    """What `navigator.credentials.get` is given; without known keys, the device offers its own."""
    options, _unused = _server().authenticate_begin(
        credentials=known or None, user_verification=_REQUIRED, challenge=challenge
    )
    return dict(options)


def parse(text: str) -> dict[str, Any]:
    """The answer as a mapping.

    Raises:
        WebauthnError: it is not JSON, not a mapping, or far too long.
    """
    if len(text) > _LARGEST_ANSWER:
        raise WebauthnError("too long")
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WebauthnError("not JSON") from error
    if not isinstance(answer, dict):
        raise WebauthnError("not a mapping")
    return answer


def challenge_in(answer: dict[str, Any]) -> bytes:
    """The challenge that the browser says it signed; not yet believed.

    Raises:
        WebauthnError: there is none.
    """
    try:
        kind = AuthenticationResponse if "signature" in answer["response"] else RegistrationResponse
        return bytes(kind.from_dict(answer).response.client_data.challenge)
    except _MALFORMED as error:
        raise WebauthnError("malformed answer") from error


def user_handle_in(answer: dict[str, Any]) -> bytes:
    """The public identifier of the compte that the passkey says it belongs to; not yet believed.

    Raises:
        WebauthnError: there is none.
    """
    try:
        handle = AuthenticationResponse.from_dict(answer).response.user_handle
    except _MALFORMED as error:
        raise WebauthnError("malformed answer") from error
    if not handle or len(handle) != 16:
        raise WebauthnError("no user handle")
    return bytes(handle)


def check_registration(answer: dict[str, Any], *, challenge: bytes) -> AuthenticatorData:
    """The new key, once everything was checked.

    Raises:
        WebauthnError: wrong challenge, origin or site, or the person was not verified.
    """
    try:
        data = _server().register_complete(_state(challenge), answer)
    except (*_MALFORMED, AssertionError) as error:
        raise WebauthnError("registration refused") from error
    # Said again here: without it a stolen key is enough.
    if not data.is_user_verified() or data.credential_data is None:
        raise WebauthnError("user not verified")
    return data


def check_assertion(
    answer: dict[str, Any], *, challenge: bytes, known: Sequence[AttestedCredentialData]
) -> tuple[bytes, int]:
    """The identifier of the key that answered, and its count.

    Raises:
        WebauthnError: wrong challenge, origin, site, key or signature, or the person was not verified.
    """
    try:
        credential = _server().authenticate_complete(_state(challenge), known, answer)
        data = AuthenticationResponse.from_dict(answer).response.authenticator_data
    except _MALFORMED as error:
        raise WebauthnError("assertion refused") from error
    if not data.is_user_verified():
        raise WebauthnError("user not verified")
    return bytes(credential.credential_id), data.counter
