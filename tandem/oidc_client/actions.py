"""Two halves of one journey: leave for FranceConnect, come back once; and the way out."""

import hmac
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction

from tandem.kernel.crypto import random_token
from tandem.kernel.periodic import periodic
from tandem.oidc_client import circuit, transport
from tandem.oidc_client.claims import check_id_token, check_userinfo, hashed, read_identity
from tandem.oidc_client.metadata import Metadata, find_key, known_metadata, load_metadata
from tandem.oidc_client.models import Attempt
from tandem.oidc_client.profiles import Client, franceconnect
from tandem.oidc_client.rules import (
    ATTEMPT_KEPT,
    ATTEMPT_LIFETIME,
    LOGOUT_LIFETIME,
    Completed,
    FranceConnectUnavailable,
    IdentificationRefused,
    Reason,
    VerifiedIdentity,
)
from tandem.oidc_client.tokens import ID_TOKEN, USERINFO, Jwk, verified_claims

__all__ = [
    "Completed",
    "FranceConnectUnavailable",
    "IdentificationRefused",
    "Reason",
    "begin_identification",
    "complete_identification",
    "finish_logout",
    "purge_attempts",
]

Failure = IdentificationRefused | FranceConnectUnavailable

logger = logging.getLogger(__name__)

# 256 bits each, so that neither can be guessed; FranceConnect refuses a nonce under 22 characters (FS-01).
_SECRET_BYTES = 32
_BINDING_LENGTH = 22
_PARAMETER_LENGTH = 2_000


def begin_identification(
    *,
    purpose: str,
    reference: UUID,
    binding: str,
    redirect_uri: str,
    post_logout_uri: str,
    at: datetime,
) -> str:
    """Open an attempt and give the address of FranceConnect to send the browser to.

    `binding` is a random secret kept in the session of the browser that leaves; only its hash is stored.
    Call it outside a transaction: it may ask FranceConnect for its discovery document.

    Raises:
        FranceConnectUnavailable: FranceConnect does not answer.
        ValueError: the binding could be guessed (a session that lost it would match an empty one).
    """
    if len(binding) < _BINDING_LENGTH:
        raise ValueError("a binding is a random secret of the browser that leaves")
    client = franceconnect()
    circuit.refuse_if_open(client.profile.name)
    metadata = known_metadata(client)
    if metadata is None:
        with circuit.guarded(client.profile.name):
            metadata = load_metadata(client)
    state, nonce = random_token(_SECRET_BYTES), random_token(_SECRET_BYTES)
    # durable: raises if the caller holds a transaction open while we speak to the network.
    with transaction.atomic(durable=True):
        Attempt.objects.create(
            purpose=purpose,
            reference=reference,
            state_hash=hashed(state),
            nonce_hash=hashed(nonce),
            binding_hash=hashed(binding),
            redirect_uri=redirect_uri,
            post_logout_uri=post_logout_uri,
            started_at=at,
            expires_at=at + ATTEMPT_LIFETIME,
        )
    # FranceConnect refuses any parameter it does not know (FS-01): never PKCE, max_age nor login_hint (decision 4).
    query = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": redirect_uri,
        "scope": client.profile.scope,
        "acr_values": client.profile.acr_values,
        "state": state,
        "nonce": nonce,
    }
    return f"{metadata.authorization_endpoint}?{urlencode(query)}"


def complete_identification(
    *, params: Mapping[str, str], binding: str, purpose: str, redirect_uri: str, at: datetime
) -> Completed:
    """Consume the attempt named by the returned `state`, exactly once, and give the verified identity.

    Call it outside a transaction: it speaks to FranceConnect. Send the browser to `identity.logout_url` before
    anything else, then show the identity for confirmation (decision 5).

    Raises:
        IdentificationRefused: the answer is not the one expected; `.reason` says why.
        FranceConnectUnavailable: FranceConnect does not answer.
    """
    client = franceconnect()
    attempt = _attempt_of(
        params, binding=binding, purpose=purpose, redirect_uri=redirect_uri, at=at
    )
    fault = _fault_of(params, client)
    if fault is not None:
        _consume(attempt, at)
        raise _noted(attempt, IdentificationRefused(fault))
    # An open circuit refuses before the attempt is consumed: the same return may be tried when the way is free.
    with circuit.guarded(client.profile.name):
        _consume(attempt, at)
        try:
            verified, logout_state = _identify(client, attempt, params["code"], at)
        except (IdentificationRefused, FranceConnectUnavailable) as refused:
            raise _noted(attempt, refused) from refused
    Attempt.objects.filter(pk=attempt.pk).update(logout_state_hash=hashed(logout_state))
    return Completed(reference=attempt.reference, identity=verified)


def finish_logout(*, params: Mapping[str, str], binding: str, purpose: str, at: datetime) -> UUID:
    """Note that the browser came back from FranceConnect's logout, and give the attempt's reference.

    A page loaded twice is answered the same.

    Raises:
        IdentificationRefused: the returned `state` is not that of a logout begun by this browser.
    """
    state = params.get("state", "")
    attempt = (
        Attempt.objects.filter(logout_state_hash=hashed(state), purpose=purpose).first()
        if state
        else None
    )
    if attempt is None:
        raise IdentificationRefused(Reason.RETURN_UNKNOWN)
    if not hmac.compare_digest(attempt.binding_hash, hashed(binding)):
        raise IdentificationRefused(Reason.OTHER_BROWSER)
    if attempt.consumed_at is None or at > attempt.consumed_at + LOGOUT_LIFETIME:
        raise IdentificationRefused(Reason.RETURN_LATE)
    Attempt.objects.filter(pk=attempt.pk, logged_out_at=None).update(logged_out_at=at)
    return attempt.reference


@periodic("oidc_client.purge_attempts", every=timedelta(hours=1))
def purge_attempts(at: datetime) -> str:
    """Forget the attempts a day after their end: kept that long for support only."""
    gone, _ = Attempt.objects.filter(expires_at__lt=at - ATTEMPT_KEPT).delete()
    return f"{gone} attempts"


def _attempt_of(
    params: Mapping[str, str], *, binding: str, purpose: str, redirect_uri: str, at: datetime
) -> Attempt:
    """The attempt this return belongs to; nothing is consumed yet, so a stranger cannot spend it."""
    state = params.get("state", "")
    if not state or any(len(value) > _PARAMETER_LENGTH for value in params.values()):
        raise IdentificationRefused(Reason.RETURN_MALFORMED)
    attempt = Attempt.objects.filter(state_hash=hashed(state)).first()
    if attempt is None:
        raise IdentificationRefused(Reason.RETURN_UNKNOWN)
    if not hmac.compare_digest(attempt.binding_hash, hashed(binding)):
        raise IdentificationRefused(Reason.OTHER_BROWSER)
    if attempt.purpose != purpose:
        raise IdentificationRefused(Reason.OTHER_PURPOSE)
    if attempt.redirect_uri != redirect_uri:
        raise IdentificationRefused(Reason.OTHER_ADDRESS)
    if attempt.consumed_at is not None:
        raise IdentificationRefused(Reason.RETURN_REPLAYED)
    if at >= attempt.expires_at:
        raise IdentificationRefused(Reason.RETURN_LATE)
    return attempt


def _consume(attempt: Attempt, at: datetime) -> None:
    """Take the attempt, or lose it to a parallel return; committed before the network is spoken to."""
    with transaction.atomic(durable=True):
        taken = Attempt.objects.filter(pk=attempt.pk, consumed_at=None).update(consumed_at=at)
    if not taken:
        raise IdentificationRefused(Reason.RETURN_REPLAYED)


def _fault_of(params: Mapping[str, str], client: Client) -> Reason | None:
    """Why a return brings no usable code: it tells an error, or speaks for another provider (RFC 9207)."""
    if "iss" in params and params["iss"] != client.issuer:
        return Reason.OTHER_PROVIDER
    if "error" in params:
        return Reason.CANCELLED if params["error"] == "access_denied" else Reason.PROVIDER_ERROR
    return None if params.get("code") else Reason.RETURN_MALFORMED


def _noted(attempt: Attempt, refused: Failure) -> Failure:
    """The refusal, once the row and the log know its reason; neither knows whose identity it was."""
    Attempt.objects.filter(pk=attempt.pk).update(refused_for=refused.reason)
    logger.info("identification refused: %s", refused.reason)
    return refused


def _identify(
    client: Client, attempt: Attempt, code: str, at: datetime
) -> tuple[VerifiedIdentity, str]:
    """Exchange the code, verify both signed answers, and prepare the way out. No token outlives this function
    but the ID token, inside the logout address."""
    metadata = known_metadata(client) or load_metadata(client)

    def key_named(key_id: str) -> Jwk | None:
        return find_key(client, metadata, key_id)

    tokens = transport.exchange_code(
        client, metadata.token_endpoint, code=code, redirect_uri=attempt.redirect_uri
    )
    algorithm = client.profile.algorithm
    claims = verified_claims(
        tokens.id_token, algorithm=algorithm, find_key=key_named, faults=ID_TOKEN
    )
    sub = check_id_token(
        claims,
        client=client,
        nonce_hash=attempt.nonce_hash,
        access_token=tokens.access_token,
        at=at,
    )
    userinfo = verified_claims(
        transport.get_userinfo(client, metadata.userinfo_endpoint, tokens.access_token),
        algorithm=algorithm,
        find_key=key_named,
        faults=USERINFO,
    )
    check_userinfo(userinfo, client=client, sub=sub, at=at)
    logout_state = random_token(_SECRET_BYTES)
    verified = VerifiedIdentity(
        sub=sub,
        acr=str(claims["acr"]),
        identity=read_identity(userinfo),
        logout_url=_logout_url(metadata, tokens.id_token, attempt.post_logout_uri, logout_state),
    )
    return verified, logout_state


def _logout_url(metadata: Metadata, id_token: str, post_logout_uri: str, state: str) -> str:
    """By browser redirect, with the ID token as hint (FS-10)."""
    query = {"id_token_hint": id_token, "post_logout_redirect_uri": post_logout_uri, "state": state}
    return f"{metadata.end_session_endpoint}?{urlencode(query)}"
