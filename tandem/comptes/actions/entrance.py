"""From an address and a password to an open session."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import authenticate
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.utils.translation import gettext as _

from tandem.comptes import events, queries, webauthn
from tandem.comptes.actions.messages import tell_new_device
from tandem.comptes.actions.order import hold_compte
from tandem.comptes.actions.proof import (
    FactorRefused,
    TooManyTries,
    new_challenge,
    prove_factor,
    prove_passkey,
)
from tandem.comptes.models import Compte, Device, OpenSession
from tandem.comptes.rules import (
    ADDRESS_FAILURES,
    LOGIN_ACT,
    PASSWORD_TRIES,
    GestureMethod,
    GestureResponse,
    device_label,
    login_act,
)
from tandem.journal.actions import record
from tandem.journal.rules import Author, Subject
from tandem.kernel import limits
from tandem.kernel.crypto import blind_index, random_token
from tandem.kernel.refusals import Refusal

_MINUTE = 60
_HOUR = 3600
# The subject of a refused login when no compte has that address: nobody.
_NOBODY = UUID(int=0)


class LoginRefused(Refusal):
    """Not let in; the sentence is the same whether the compte exists or not (S-52)."""

    status = 422
    code = "login"


@dataclass(frozen=True)
class Visitor:
    """Where a request comes from: the address counts, the device token names a browser."""

    address: str = field(repr=False)
    device_token: str = field(default="", repr=False)
    user_agent: str = field(default="", repr=False)


@dataclass(frozen=True)
class Opened:
    """A session just opened: its lasting name, and the token to leave in the browser."""

    session: OpenSession
    device_token: str = field(repr=False)
    is_new_device: bool


def check_password(*, email: str, password: str, visitor: Visitor, at: datetime) -> Compte:
    """The compte of an address and a password.

    The work is the same for an address that nobody has: one hash, the same counters, one line.

    Raises:
        LoginRefused: wrong, unknown, closed, or (429) too many tries this minute.
    """
    email = email.strip().lower()
    _refuse_hammering(visitor, email, at)
    compte = authenticate(username=email, password=password)
    if not isinstance(compte, Compte):
        _count_failure(visitor)
        _note_refusal(queries.compte_by_email(email), email, step="password", at=at)
        raise LoginRefused(
            _("Cette adresse et ce mot de passe ne vont pas ensemble. "
              "Vérifiez les deux, puis recommencez.")
        )  # fmt: skip
    return compte


def _refuse_hammering(visitor: Visitor, email: str, at: datetime) -> None:
    who = blind_index(email, domain="comptes.login")
    compte = queries.compte_by_email(email)
    device = queries.known_device(compte, visitor.device_token, at=at) if compte else None
    # A browser that this person already used has tries of its own: hammering from elsewhere
    # never keeps them out (S-16).
    place = f"device:{device.public_id}" if device else "anywhere"
    address = f"comptes.failures:{visitor.address}"
    if not (
        limits.hit(address, limit=ADDRESS_FAILURES - 1, window=_MINUTE, cost=0)
        and limits.hit(f"comptes.password:{who}:{place}", limit=PASSWORD_TRIES, window=_MINUTE)
    ):
        refused = LoginRefused(
            _(
                "Trop d’essais en une minute. Attendez une minute, puis recommencez : rien n’est bloqué."
            )
        )
        refused.status = 429
        raise refused


def _count_failure(visitor: Visitor) -> None:
    limits.hit(f"comptes.failures:{visitor.address}", limit=ADDRESS_FAILURES, window=_MINUTE)


def _note_refusal(compte: Compte | None, email: str, *, step: str, at: datetime) -> None:
    # Five lines an hour and address tried: the journal tells, and nobody can make it grow.
    who = blind_index(email, domain="comptes.login")
    if not limits.hit(f"comptes.login_refused:{who}", limit=5, window=_HOUR):
        return
    subject = compte.subject if compte else Subject("comptes.Compte", _NOBODY)
    with transaction.atomic(durable=True):
        record(
            events.LOGIN_REFUSED,
            author=Author("anonymous", None, None),
            subject=subject,
            at=at,
            facts={"step": step},
        )


def prove_login(
    *, compte: Compte, response: GestureResponse, visitor: Visitor, at: datetime
) -> GestureMethod:
    """Check the second factor of someone whose password was right.

    Raises:
        LoginRefused: nothing shown, wrong, already used, compte closed, or (429) too many tries.
    """
    fresh = queries.fresh_compte(compte)
    if fresh is None:
        raise LoginRefused(_("Ce compte est désactivé. Adressez-vous à votre référent."))
    device = queries.known_device(fresh, visitor.device_token, at=at)
    tries = f"login:{device.public_id}" if device else "login"
    try:
        return prove_factor(
            compte=fresh, act=login_act(fresh.public_id), response=response, tries=tries, at=at
        )
    except FactorRefused as refusal:
        if not response.is_empty:
            _count_failure(visitor)
            _note_refusal(fresh, fresh.email, step="factor", at=at)
        raise _as_login(refusal) from refusal


def prove_passkey_alone(*, response: GestureResponse, visitor: Visitor, at: datetime) -> Compte:
    """The compte whose passkey answered, without a password: the key and its PIN are two factors.

    Raises:
        LoginRefused: not recognised, compte closed, or (429) too many failures from this address.
    """
    address = f"comptes.failures:{visitor.address}"
    if not limits.hit(address, limit=ADDRESS_FAILURES - 1, window=_MINUTE, cost=0):
        raise _as_login(TooManyTries(_("Trop d’essais en une minute. Attendez une minute.")))
    unknown = FactorRefused(
        _("La clé d’accès n’a pas été reconnue. Recommencez, ou entrez votre mot de passe.")
    )
    try:
        handle = webauthn.user_handle_in(webauthn.parse(response.credential))
        compte = queries.compte_by_public_id(UUID(bytes=handle))
        if compte is None:
            raise unknown
        prove_passkey(
            compte=compte, challenged=None, act=LOGIN_ACT, text=response.credential, at=at
        )
    except (webauthn.WebauthnError, FactorRefused) as error:
        _count_failure(visitor)
        raise _as_login(unknown) from error
    return compte


def _as_login(refusal: FactorRefused) -> LoginRefused:
    refused = LoginRefused(refusal.message)
    refused.status = refusal.status
    return refused


def login_options(*, compte: Compte | None, visitor: Visitor, at: datetime) -> dict[str, Any]:
    """What the browser needs to ask a passkey: of this compte after its password, else of anyone.

    Raises:
        LoginRefused: asked too often from this address.
    """
    if not limits.hit(f"comptes.options:{visitor.address}", limit=120, window=_MINUTE):
        raise _as_login(TooManyTries(_("Trop d’essais en une minute. Attendez une minute.")))
    act = LOGIN_ACT if compte is None else login_act(compte.public_id)
    known = [] if compte is None else [key.data for key in queries.passkeys_of(compte)]
    return webauthn.request_options(
        challenge=new_challenge(compte=compte, act=act, at=at), known=known
    )


def open_session(
    *, compte: Compte, session_key: str, method: str, visitor: Visitor, at: datetime
) -> Opened:
    """Name a session just begun, and tell the person when the device was never seen (S-15).

    One session per device (S-13): an older one of the same browser is closed.
    """
    with transaction.atomic():
        hold_compte(compte)
        # Read here: a reset forgets the devices.
        device = queries.known_device(compte, visitor.device_token, at=at)
        is_new, token = device is None, visitor.device_token if device else random_token(32)
        if device is None:
            device = _new_device(compte, visitor, token, at)
        else:
            Device.objects.filter(pk=device.pk).update(last_seen_at=at)
        for older in OpenSession.objects.filter(compte=compte, device=device):
            SessionStore(older.session_key).delete()
            older.delete()
        session = OpenSession.objects.create(
            compte=compte, device=device, session_key=session_key, started_at=at, last_seen_at=at
        )
        record(
            events.LOGGED_IN,
            author=compte.author,
            subject=compte.subject,
            at=at,
            facts={"method": method, "new_device": is_new},
        )
    return Opened(session=session, device_token=token, is_new_device=is_new)


def _new_device(compte: Compte, visitor: Visitor, token: str, at: datetime) -> Device:
    """A browser never seen; the person is told, unless it is their first."""
    is_first = not Device.objects.filter(compte=compte).exists()
    device = Device.objects.create(
        compte=compte,
        token_hash=queries.token_hash(token),
        label=device_label(visitor.user_agent),
        first_seen_at=at,
        last_seen_at=at,
    )
    if not is_first:
        tell_new_device(compte=compte, device=device, at=at)
    return device
