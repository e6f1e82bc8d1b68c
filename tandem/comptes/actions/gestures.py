"""The gesture: a second factor shown for one act, used once, at once."""

from datetime import datetime
from typing import Any

from django.db import connections, transaction
from django.utils.translation import gettext as _

from tandem.comptes import events, queries, webauthn
from tandem.comptes.actions.proof import FactorRefused, new_challenge, prove_factor
from tandem.comptes.models import Compte, Gesture
from tandem.comptes.rules import GESTURE_LIFE, GestureResponse, is_act
from tandem.journal.actions import record
from tandem.kernel import limits
from tandem.kernel.refusals import Refusal

_HOUR = 3600


class GestureRefused(Refusal):
    """The second factor was not shown, was wrong, was already used, or is too old.

    `status` is 422, or 429 when the tries of the minute are spent.
    """

    status = 422
    code = "gesture"


def verify_gesture(*, compte: Compte, act: str, response: GestureResponse, at: datetime) -> Gesture:
    """Check the second factor shown for one act. Opens its own transactions: call it before yours.

    Failed tries stay counted whatever becomes of the act.

    Raises:
        GestureRefused: nothing shown, wrong or already used, too many tries, or the compte is closed.
        ValueError: `act` is not « room.verb:identifier ».
    """
    if not is_act(act):
        raise ValueError("an act is named room.verb:identifier")
    fresh = queries.fresh_compte(compte)
    if fresh is None:
        raise GestureRefused(_("Votre compte est désactivé."))
    try:
        method = prove_factor(compte=fresh, act=act, response=response, tries="gesture", at=at)
    except FactorRefused as refusal:
        if not response.is_empty:
            _note_refusal(fresh, at)
        refused = GestureRefused(refusal.message)
        refused.status = refusal.status
        raise refused from refusal
    with transaction.atomic(durable=True):
        return Gesture.objects.create(compte=fresh, act=act, method=method, verified_at=at)


def _note_refusal(compte: Compte, at: datetime) -> None:
    # Five lines an hour say enough, and nobody can make the journal grow.
    if limits.hit(f"comptes.gesture_refused:{compte.public_id}", limit=5, window=_HOUR):
        with transaction.atomic(durable=True):
            record(events.GESTURE_REFUSED, author=compte.author, subject=compte.subject, at=at)


def use_gesture(*, gesture: Gesture, compte: Compte, act: str, at: datetime) -> None:
    """Spend the gesture on its act, inside the caller's transaction.

    Raises:
        GestureRefused: already used, other compte, other act, older than sixty seconds, compte closed.
        TransactionManagementError: there is no transaction to be part of.
    """
    if not connections[Gesture.objects.db].in_atomic_block:
        raise transaction.TransactionManagementError(
            "a gesture is used with its act, or not at all"
        )
    usable = Gesture.objects.filter(
        pk=gesture.pk,
        compte=compte,
        act=act,
        used_at=None,
        verified_at__gt=at - GESTURE_LIFE,
        verified_at__lte=at,
    )
    # One table in the update, so that two transactions can never both find the row.
    if queries.fresh_compte(compte) is None or not usable.update(used_at=at):
        raise GestureRefused(
            _("Cette confirmation a déjà servi, ou elle est trop ancienne. Confirmez de nouveau.")
        )


def gesture_options(*, compte: Compte, act: str, at: datetime) -> dict[str, Any]:
    """What the browser needs to ask a passkey for this act; a new challenge each time.

    Raises:
        GestureRefused: `act` is not the name of an act, no passkey, or asked too often.
    """
    if not is_act(act):
        raise GestureRefused(_("Cette page n’est plus à jour. Rechargez-la."))
    if not limits.hit(f"comptes.options:{compte.public_id}", limit=30, window=60):
        refused = GestureRefused(_("Trop d’essais en une minute. Attendez une minute."))
        refused.status = 429
        raise refused
    known = [key.data for key in queries.passkeys_of(compte)]
    if not known:
        raise GestureRefused(_("Votre compte n’a pas de clé d’accès. Tapez un code."))
    challenge = new_challenge(compte=compte, act=act, at=at)
    return webauthn.request_options(challenge=challenge, known=known)
