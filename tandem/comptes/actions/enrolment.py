"""Factors: added, removed, printed; by the person alone, and never left with one (S-11)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tandem.comptes import events, factors, permissions, queries, webauthn
from tandem.comptes.actions.gestures import use_gesture, verify_gesture
from tandem.comptes.actions.messages import tell_factors_changed
from tandem.comptes.actions.order import hold_compte
from tandem.comptes.actions.proof import new_challenge, take_challenge
from tandem.comptes.models import Compte, Gesture, RecoveryCode
from tandem.comptes.rules import (
    RECOVERY_COUNT,
    FactorKind,
    GestureResponse,
    factor_act,
    new_recovery_code,
    normalise_code,
    registration_act,
    show_recovery_code,
    totp_code,
    totp_step,
)
from tandem.journal.actions import record
from tandem.kernel.refusals import Refusal


class EnrolmentRefused(Refusal):
    """The factor cannot be added or removed; the message says why."""

    status = 422
    code = "enrolment"


def registration_options(*, compte: Compte, at: datetime) -> dict[str, Any]:
    """What the browser needs to make a passkey."""
    known = [key.data for key in queries.passkeys_of(compte)]
    challenge = new_challenge(compte=compte, act=registration_act(compte.public_id), at=at)
    return webauthn.registration_options(compte, challenge=challenge, known=known)


def add_passkey(
    *, compte: Compte, name: str, credential: str, response: GestureResponse, at: datetime
) -> None:
    """Add a passkey whose holder was verified (a PIN, a finger, a face).

    Raises:
        EnrolmentRefused: the answer is not the one asked, or nobody was verified.
        GestureRefused: the compte has factors already, and none was shown.
    """
    # First: a code mistyped must not spend the key that the device has just made.
    gesture = _gesture_if_enrolled(compte, response, at)
    refused = EnrolmentRefused(
        _("La clé d’accès n’a pas pu être ajoutée. "
          "Il faut une clé protégée par un code, une empreinte ou un visage. Recommencez.")
    )  # fmt: skip
    try:
        answer = webauthn.parse(credential)
        challenge = webauthn.challenge_in(answer)
        if not take_challenge(
            challenge, compte=compte, act=registration_act(compte.public_id), at=at
        ):
            raise refused
        data = webauthn.check_registration(answer, challenge=challenge)
    except webauthn.WebauthnError as error:
        raise refused from error
    assert data.credential_data is not None  # noqa: S101 - check_registration saw it
    row = factors.passkey_row(
        compte,
        name=name.strip()[:60] or _("Clé d’accès"),
        data=data.credential_data,
        sign_count=data.counter,
        at=at,
    )
    _add(compte=compte, row=row, kind=FactorKind.PASSKEY, gesture=gesture, at=at)


def add_totp(
    *, compte: Compte, secret: bytes, code: str, response: GestureResponse, at: datetime
) -> None:
    """Add the application of codes, once it has shown that it holds the secret.

    Raises:
        EnrolmentRefused: the code is not the application's, or there is an application already.
        GestureRefused: the compte has factors already, and none was shown.
    """
    step = totp_step(at)
    if normalise_code(code) != totp_code(secret, step):
        raise EnrolmentRefused(
            _("Ce code n’est pas celui que l’application montre maintenant. "
              "Vérifiez que l’heure de votre téléphone est réglée automatiquement.")
        )  # fmt: skip
    row = factors.totp_row(compte, secret=secret, at=at)
    try:
        gesture = _gesture_if_enrolled(compte, response, at)
        _add(compte=compte, row=row, kind=FactorKind.TOTP, gesture=gesture, at=at, step=step)
    except IntegrityError as error:
        raise EnrolmentRefused(
            _("Votre compte a déjà une application de codes. Retirez-la d’abord.")
        ) from error


def _add(
    *,
    compte: Compte,
    row: Authenticator,
    kind: FactorKind,
    gesture: Gesture | None,
    at: datetime,
    step: int | None = None,
) -> None:
    with transaction.atomic():
        if gesture is not None:
            use_gesture(gesture=gesture, compte=compte, act=factor_act(compte.public_id), at=at)
        hold_compte(compte)
        row.save(force_insert=True)
        if kind == FactorKind.PASSKEY:
            Compte.objects.filter(pk=compte.pk).update(has_passkey=True)
        if step is not None:
            # The code just typed opens nothing more.
            Compte.objects.filter(pk=compte.pk, totp_last_step__lt=step).update(totp_last_step=step)
        if compte.enrolled_at:
            tell_factors_changed(compte=compte, what=str(kind.label), at=at)
        record(
            events.FACTOR_ADDED,
            author=compte.author,
            subject=compte.subject,
            at=at,
            facts={"kind": kind.value},
        )


def _gesture_if_enrolled(compte: Compte, response: GestureResponse, at: datetime) -> Gesture | None:
    """Someone enrolled shows a factor before changing any; at the first login there is none yet."""
    fresh = Compte.objects.get(pk=compte.pk)
    if fresh.enrolled_at is None:
        return None
    return verify_gesture(compte=fresh, act=factor_act(fresh.public_id), response=response, at=at)


def remove_factor(*, compte: Compte, ref: UUID, response: GestureResponse, at: datetime) -> None:
    """Remove one factor of one's own.

    Raises:
        EnrolmentRefused: unknown, or it would leave the compte with a single factor.
        GestureRefused: no factor was shown.
    """
    gesture = verify_gesture(
        compte=compte, act=factor_act(compte.public_id), response=response, at=at
    )
    with transaction.atomic():
        use_gesture(gesture=gesture, compte=compte, act=factor_act(compte.public_id), at=at)
        fresh = hold_compte(compte)
        held = queries.factors_of(fresh)
        factor = next((item for item in held if item.ref == ref), None)
        if factor is None:
            raise EnrolmentRefused(_("Ce moyen de connexion n’existe plus."))
        if not permissions.may_remove(factor, held, codes_left=fresh.recovery_codes_left):
            raise EnrolmentRefused(
                _("Il resterait un seul moyen de vous connecter. Ajoutez-en un autre d’abord.")
            )
        rows = Authenticator.objects.filter(user=fresh)
        next(row for row in rows if row.data["ref"] == str(ref)).delete()
        passkeys = rows.filter(type=FactorKind.PASSKEY.value)
        Compte.objects.filter(pk=fresh.pk).update(has_passkey=passkeys.exists())
        tell_factors_changed(compte=fresh, what=str(factor.kind.label), at=at)
        record(
            events.FACTOR_REMOVED,
            author=fresh.author,
            subject=fresh.subject,
            at=at,
            facts={"kind": factor.kind.value},
        )


def make_recovery_codes(*, compte: Compte, response: GestureResponse, at: datetime) -> list[str]:
    """Ten new codes, shown this once; the older ones open nothing more.

    Raises:
        EnrolmentRefused: the compte has no passkey and no application yet.
        GestureRefused: the compte is enrolled, and no factor was shown.
    """
    if not queries.factors_of(compte):
        raise EnrolmentRefused(_("Ajoutez d’abord une clé d’accès ou une application de codes."))
    gesture = _gesture_if_enrolled(compte, response, at)
    codes = [new_recovery_code() for _number in range(RECOVERY_COUNT)]
    hashes = [factors.recovery_hash(compte, code) for code in codes]
    with transaction.atomic():
        if gesture is not None:
            use_gesture(gesture=gesture, compte=compte, act=factor_act(compte.public_id), at=at)
        hold_compte(compte)
        RecoveryCode.objects.filter(compte=compte).delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(compte=compte, code_hash=code_hash, created_at=at) for code_hash in hashes
        )
        Compte.objects.filter(pk=compte.pk).update(recovery_codes_left=len(codes))
        if compte.enrolled_at:
            tell_factors_changed(compte=compte, what=_("codes de secours"), at=at)
        record(events.RECOVERY_CODES_MADE, author=compte.author, subject=compte.subject, at=at)
    return [show_recovery_code(code) for code in codes]


def finish_enrolment(*, compte: Compte, at: datetime) -> None:
    """The person says that their codes are put away: from now on the compte opens Tandem (S-11).

    Raises:
        EnrolmentRefused: there are not two factors.
    """
    with transaction.atomic():
        fresh = hold_compte(compte)
        if not permissions.has_two_factors(
            queries.factors_of(fresh), codes_left=fresh.recovery_codes_left
        ):
            raise EnrolmentRefused(
                _("Il faut deux moyens de vous connecter : une clé ou une application, "
                  "et des codes de secours.")
            )  # fmt: skip
        if fresh.enrolled_at is None:
            Compte.objects.filter(pk=fresh.pk).update(enrolled_at=at)
            record(events.ENROLLED, author=fresh.author, subject=fresh.subject, at=at)
