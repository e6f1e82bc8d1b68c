"""The check of a second factor, common to the entrance and to gestures. Nothing here is an act."""

import hmac
import os
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from tandem.comptes import factors, queries, webauthn
from tandem.comptes.actions.order import hold_compte
from tandem.comptes.models import Challenge, Compte, RecoveryCode
from tandem.comptes.rules import (
    CHALLENGE_LIFE,
    CODE_TRIES,
    PASSKEY_TRIES,
    TOTP_DIGITS,
    GestureMethod,
    GestureResponse,
    normalise_code,
    seconds_to_next_code,
    totp_code,
    totp_step,
)
from tandem.kernel import limits
from tandem.kernel.refusals import Refusal

_MINUTE = 60


class FactorRefused(Refusal):
    """The second factor was not shown, was wrong, or was already used."""

    status = 422
    code = "factor"


class TooManyTries(FactorRefused):
    """The minute's tries are spent; the next minute gives new ones (S-16)."""

    status = 429
    code = "too_many_tries"


def new_challenge(*, compte: Compte | None, act: str, at: datetime) -> bytes:
    """Sixty-four random bytes to sign, for this compte and this act alone, during five minutes."""
    challenge = os.urandom(64)
    Challenge.objects.create(
        compte=compte,
        act=act,
        challenge_hash=queries.token_hash(challenge.hex()),
        created_at=at,
    )
    return challenge


def take_challenge(challenge: bytes, *, compte: Compte | None, act: str, at: datetime) -> bool:
    """Spend a challenge: True once, for the compte and the act it was made for, in its life.

    Outside any transaction that could be undone: an answer is examined once, right or wrong.
    """
    return bool(
        Challenge.objects.filter(
            compte=compte,
            act=act,
            challenge_hash=queries.token_hash(challenge.hex()),
            used_at=None,
            created_at__gt=at - CHALLENGE_LIFE,
            created_at__lte=at,
        ).update(used_at=at)
    )


def prove_factor(
    *, compte: Compte, act: str, response: GestureResponse, tries: str, at: datetime
) -> GestureMethod:
    """Check what was shown and spend it, in a transaction of its own.

    `tries` names the counter: someone who guesses at the entrance does not spend those of a gesture.

    Raises:
        TooManyTries: the tries of this minute are spent.
        FactorRefused: nothing shown, wrong, or already used.
    """
    if response.is_empty:
        raise FactorRefused(_("Confirmez avec votre clé d’accès, ou tapez un code."))
    if response.credential.strip():
        _count(f"comptes.passkey:{tries}:{compte.public_id}", PASSKEY_TRIES)
        prove_passkey(compte=compte, challenged=compte, act=act, text=response.credential, at=at)
        return GestureMethod.PASSKEY
    _count(f"comptes.code:{tries}:{compte.public_id}", CODE_TRIES)
    code = normalise_code(response.code)
    if len(code) == TOTP_DIGITS and code.isascii() and code.isdigit():
        _prove_totp(compte, code, at)
        return GestureMethod.TOTP
    _prove_recovery(compte, code, at)
    return GestureMethod.RECOVERY


def _count(key: str, tries: int) -> None:
    if not limits.hit(key, limit=tries, window=_MINUTE):
        raise TooManyTries(
            _(
                "Trop d’essais en une minute. Attendez une minute, puis recommencez : rien n’est bloqué."
            )
        )


def _prove_totp(compte: Compte, code: str, at: datetime) -> None:
    row = queries.totp_row(compte)
    if row is None:
        raise FactorRefused(
            _("Ce code n’est pas le bon. Votre compte n’a pas d’application de codes : "
              "utilisez votre clé d’accès ou un code de secours.")
        )  # fmt: skip
    secret = factors.totp_secret(compte, row)
    step = totp_step(at)
    if not hmac.compare_digest(totp_code(secret, step), code):
        if hmac.compare_digest(totp_code(secret, step - 1), code):
            raise FactorRefused(
                _("Ce code vient de changer. Tapez celui que l’application montre maintenant.")
            )
        raise FactorRefused(
            _(
                "Ce code n’est pas le bon. Tapez les six chiffres que l’application montre maintenant."
            )
        )
    with transaction.atomic(durable=True):
        # The condition is in the update: of two requests with one code, one alone finds the row.
        spent = Compte.objects.filter(pk=compte.pk, totp_last_step__lt=step)
        if not spent.update(totp_last_step=step):
            raise FactorRefused(
                _("Ce code a déjà servi : chacun ne sert qu’une fois. "
                  "Attendez %(seconds)s secondes, puis tapez le suivant.")
                % {"seconds": seconds_to_next_code(at)}
            )  # fmt: skip
        Authenticator.objects.filter(pk=row.pk).update(last_used_at=at)


def _prove_recovery(compte: Compte, code: str, at: datetime) -> None:
    code_hash = factors.recovery_hash(compte, code)
    with transaction.atomic(durable=True):
        hold_compte(compte)
        row = RecoveryCode.objects.filter(compte=compte, code_hash=code_hash, used_at=None)
        if not row.update(used_at=at):
            raise FactorRefused(
                _(
                    "Ce code n’est pas le bon, ou il a déjà servi. Un code de secours ne sert qu’une fois."
                )
            )
        Compte.objects.filter(pk=compte.pk).update(recovery_codes_left=F("recovery_codes_left") - 1)


def prove_passkey(
    *, compte: Compte, challenged: Compte | None, act: str, text: str, at: datetime
) -> None:
    """Check the answer of one of the compte's passkeys to a challenge made for `challenged` and `act`.

    Raises:
        FactorRefused: malformed, other act, other person, other site, not verified, replayed, cloned.
    """
    refused = FactorRefused(
        _("La clé d’accès n’a pas été reconnue. Recommencez, ou tapez un code.")
    )
    try:
        answer = webauthn.parse(text)
        challenge = webauthn.challenge_in(answer)
        if not take_challenge(challenge, compte=challenged, act=act, at=at):
            raise refused
        keys = {bytes(k.data.credential_id): k for k in queries.passkeys_of(compte)}
        used, count = webauthn.check_assertion(
            answer, challenge=challenge, known=[k.data for k in keys.values()]
        )
    except webauthn.WebauthnError as error:
        raise refused from error
    key = keys[used]
    if count and count <= key.sign_count:
        # Two devices hold the same key: neither can be believed.
        raise refused
    with transaction.atomic(durable=True):
        row = Authenticator.objects.select_for_update().get(pk=key.pk)
        row.data["sign_count"] = count
        row.last_used_at = at
        row.save(update_fields=["data", "last_used_at"])
