"""What people do to comptes."""

from datetime import datetime

from tandem.comptes.models import Compte, Gesture
from tandem.comptes.rules import GestureResponse
from tandem.kernel.refusals import Refusal


class GestureRefused(Refusal):
    """The second factor was not shown, was wrong, was already used, or is too old."""

    status = 422
    code = "gesture"


def verify_gesture(*, compte: Compte, act: str, response: GestureResponse, at: datetime) -> Gesture:
    """Check the second factor shown for one act. Opens its own transaction: call it before yours.

    Raises:
        GestureRefused: nothing shown, wrong or already used, or too many tries.
    """
    raise NotImplementedError


def use_gesture(*, gesture: Gesture, compte: Compte, act: str, at: datetime) -> None:
    """Spend the gesture on its act, inside the caller's transaction.

    Raises:
        GestureRefused: already used, other compte, other act, or older than sixty seconds.
    """
    raise NotImplementedError
