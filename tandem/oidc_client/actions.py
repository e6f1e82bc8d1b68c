"""Two halves of one journey: leave for FranceConnect, come back once; and the way out."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from tandem.oidc_client.rules import Completed, FranceConnectUnavailable, IdentificationRefused, Reason

__all__ = [
    "Completed",
    "FranceConnectUnavailable",
    "IdentificationRefused",
    "Reason",
    "begin_identification",
    "complete_identification",
    "finish_logout",
]


def begin_identification(
    *, purpose: str, reference: UUID, binding: str, redirect_uri: str, post_logout_uri: str, at: datetime
) -> str:
    """Open an attempt and give the address of FranceConnect to send the browser to.

    `binding` is a random secret kept in the session of the browser that leaves; only its hash is stored.
    Call it outside a transaction: it may ask FranceConnect for its discovery document.

    Raises:
        FranceConnectUnavailable: FranceConnect does not answer.
    """
    raise NotImplementedError


def complete_identification(
    *, params: Mapping[str, str], binding: str, purpose: str, redirect_uri: str, at: datetime
) -> Completed:
    """Consume the attempt named by the returned `state`, exactly once, and give the verified identity.

    Call it outside a transaction: it speaks to FranceConnect.

    Raises:
        IdentificationRefused: the answer is not the one expected; `.reason` says why.
        FranceConnectUnavailable: FranceConnect does not answer.
    """
    raise NotImplementedError


def finish_logout(*, params: Mapping[str, str], binding: str, purpose: str, at: datetime) -> UUID:
    """Note that the browser came back from FranceConnect's logout, and give the attempt's reference.

    Raises:
        IdentificationRefused: the returned `state` is not that of a logout begun by this browser.
    """
    raise NotImplementedError
