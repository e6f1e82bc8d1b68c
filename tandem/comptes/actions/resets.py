"""Access lost, given back by two named persons after a day of notice; access taken away at once."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tandem.comptes import events, permissions
from tandem.comptes.actions.gestures import GestureRefused, use_gesture, verify_gesture
from tandem.comptes.actions.invitations import give_link_back
from tandem.comptes.actions.messages import tell_reset
from tandem.comptes.actions.order import hold_compte
from tandem.comptes.actions.sessions import kill
from tandem.comptes.models import Activation, Compte, Device, FactorReset, OpenSession, RecoveryCode
from tandem.comptes.rules import RESET_NOTICE, GestureResponse, IdentityProof, reset_act
from tandem.journal.actions import record
from tandem.journal.rules import SYSTEM, Author
from tandem.kernel.refusals import Refusal


class ResetRefused(Refusal):
    """The reset cannot be asked, approved or refused; the message says why."""

    status = 422
    code = "reset"


class DeactivationRefused(Refusal):
    """The compte cannot be closed or opened again."""

    code = "deactivation"


_NOT_THEIRS = _lazy(
    "Une reprise d’accès se demande et s’approuve par un exploitant, ou par un référent d’une structure "
    "où travaille la personne."
)


def request_reset(
    *, author: Compte, target: Compte, proof: IdentityProof, response: GestureResponse, at: datetime,
    referents: Collection[UUID] = (),
) -> FactorReset:  # fmt: skip
    """The first of two persons says that they checked who lost their factors, and how.

    `referents` are those of the structures where the target works, by public id: without them, only operators
    may ask and approve.

    Raises:
        ResetRefused: for oneself, for a closed compte, by someone who is neither, or one is open already.
        GestureRefused: no factor was shown.
    """
    if author.pk == target.pk or not target.is_active:
        raise ResetRefused(
            _("Une reprise d’accès se demande pour une autre personne, au compte actif.")
        )
    if not permissions.may_reset(author, target, referents):
        raise ResetRefused(str(_NOT_THEIRS))
    gesture = verify_gesture(
        compte=author, act=reset_act(target.public_id), response=response, at=at
    )
    try:
        with transaction.atomic():
            use_gesture(gesture=gesture, compte=author, act=reset_act(target.public_id), at=at)
            reset = FactorReset.objects.create(
                target=target, requested_by=author, identity_proof=proof, requested_at=at
            )
            record(
                events.RESET_REQUESTED,
                author=author.author,
                subject=target.subject,
                at=at,
                facts={"identity_proof": proof.value, "standing": _standing(author)},
            )
    except IntegrityError as error:
        raise ResetRefused(
            _("Une reprise d’accès est déjà en cours pour cette personne.")
        ) from error
    return reset


def _standing(compte: Compte) -> str:
    """In what name one of the two persons speaks."""
    return "operator" if compte.is_operator else "referent"


def approve_reset(
    *, approver: Compte, reset: FactorReset, response: GestureResponse, at: datetime,
    referents: Collection[UUID] = (),
) -> FactorReset:  # fmt: skip
    """The second person approves; the person concerned is told on every channel, for a day.

    Raises:
        ResetRefused: the approver asked for it, is its target, or is neither operator nor référent; or it is no
            longer waiting.
        GestureRefused: no factor was shown.
    """
    if approver.pk in {reset.requested_by_id, reset.target_id}:
        raise ResetRefused(
            _(
                "Une autre personne doit approuver : ni celle qui demande, ni celle qui a perdu l’accès."
            )
        )
    if not permissions.may_approve_reset(approver, reset, referents):
        raise ResetRefused(str(_NOT_THEIRS))
    act = reset_act(reset.target.public_id)
    gesture = verify_gesture(compte=approver, act=act, response=response, at=at)
    with transaction.atomic():
        use_gesture(gesture=gesture, compte=approver, act=act, at=at)
        waiting = FactorReset.objects.filter(
            pk=reset.pk, approved_by=None, cancelled_at=None, applied_at=None
        )
        if not waiting.update(approved_by=approver, approved_at=at, effective_at=at + RESET_NOTICE):
            raise ResetRefused(_("Cette reprise d’accès n’attend plus d’approbation."))
        reset.refresh_from_db()
        tell_reset(reset=reset, at=at)
        record(
            events.RESET_APPROVED,
            author=approver.author,
            subject=reset.target.subject,
            at=at,
            facts={"standing": _standing(approver)},
        )
    return reset


def reset_compte(
    *,
    target: Compte,
    author: Compte,
    approver: Compte,
    proof: IdentityProof,
    author_response: GestureResponse,
    approver_response: GestureResponse,
    at: datetime,
    referents: Collection[UUID] = (),
) -> FactorReset:
    """Both persons at one keyboard: ask and approve. When the second is refused, nothing stays open.

    Raises:
        ResetRefused, GestureRefused: as `request_reset` and `approve_reset`.
    """
    reset = request_reset(
        author=author,
        target=target,
        proof=proof,
        response=author_response,
        at=at,
        referents=referents,
    )
    try:
        return approve_reset(
            approver=approver, reset=reset, response=approver_response, at=at, referents=referents
        )
    except (ResetRefused, GestureRefused):
        cancel_reset(compte=author, reset=reset, at=at)
        raise


def cancel_reset(*, compte: Compte, reset: FactorReset, at: datetime) -> None:
    """The person concerned still has their factors and refuses; or one of the two thinks again.

    Raises:
        ResetRefused: someone else, or too late.
    """
    if compte.pk not in {reset.target_id, reset.requested_by_id, reset.approved_by_id}:
        raise ResetRefused(_("Cette reprise d’accès ne vous concerne pas."))
    with transaction.atomic():
        open_ = FactorReset.objects.filter(pk=reset.pk, cancelled_at=None, applied_at=None)
        if not open_.update(cancelled_at=at):
            raise ResetRefused(_("Cette reprise d’accès est déjà terminée."))
        record(events.RESET_CANCELLED, author=compte.author, subject=reset.target.subject, at=at)


def apply_due_resets(*, at: datetime) -> int:
    """Take away the factors, the password and the sessions of those whose day is over; how many.

    The link of a new start goes by e-mail to the person, and to nobody else (S-12).
    """
    due = FactorReset.objects.filter(
        effective_at__lte=at, cancelled_at=None, applied_at=None, target__is_active=True
    ).values_list("pk", flat=True)
    return sum(_apply(pk, at) for pk in list(due))


def _apply(pk: int, at: datetime) -> bool:
    with transaction.atomic():
        open_ = FactorReset.objects.filter(pk=pk, cancelled_at=None, applied_at=None)
        if not open_.update(applied_at=at):
            return False
        target = hold_compte(FactorReset.objects.select_related("target").get(pk=pk).target)
        _forget_factors(target)
        give_link_back(compte=target, at=at)
        record(events.RESET_APPLIED, author=SYSTEM, subject=target.subject, at=at)
    return True


def _forget_factors(compte: Compte) -> None:
    Authenticator.objects.filter(user=compte).delete()
    RecoveryCode.objects.filter(compte=compte).delete()
    kill(OpenSession.objects.filter(compte=compte))
    Device.objects.filter(compte=compte).delete()
    Compte.objects.filter(pk=compte.pk).update(
        password=make_password(None),
        activated_at=None,
        enrolled_at=None,
        recovery_codes_left=0,
        has_passkey=False,
    )


def deactivate_compte(*, compte: Compte, author: Author, at: datetime) -> None:
    """Close a compte: its sessions, its links and its factors stop with this transaction (S-13).

    May be called inside the caller's transaction.

    Raises:
        DeactivationRefused: it is closed already.
    """
    with transaction.atomic():
        if not Compte.objects.filter(pk=compte.pk, is_active=True).update(
            is_active=False, deactivated_at=at
        ):
            raise DeactivationRefused(_("Ce compte est déjà désactivé."))
        kill(OpenSession.objects.filter(compte=compte))
        Activation.objects.filter(compte=compte, used_at=None, voided_at=None).update(voided_at=at)
        record(events.DEACTIVATED, author=author, subject=compte.subject, at=at)
    compte.refresh_from_db()


def reactivate_compte(*, compte: Compte, author: Author, at: datetime) -> None:
    """Open a compte again, from zero: a new link, a new password, new factors.

    Raises:
        DeactivationRefused: it is not closed.
    """
    with transaction.atomic():
        if not Compte.objects.filter(pk=compte.pk, is_active=False).update(
            is_active=True, deactivated_at=None
        ):
            raise DeactivationRefused(_("Ce compte n’est pas désactivé."))
        _forget_factors(compte)
        compte.refresh_from_db()
        give_link_back(compte=compte, at=at)
        record(events.REACTIVATED, author=author, subject=compte.subject, at=at)
