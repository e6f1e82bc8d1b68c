"""The screen comes back to the aidant, and to nobody beside them."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.comptes.actions import GestureRefused, use_gesture, verify_gesture
from tandem.comptes.rules import GestureResponse
from tandem.espaces.rules import resume_act
from tandem.structures.models import Acteur


def resume_screen(*, acteur: Acteur, response: GestureResponse, at: datetime) -> None:
    """Show by a gesture that the aidant is the one who lifts the curtain, or says that the person left (P-28).

    Raises:
        GestureRefused: no valid second factor for this.
    """
    if acteur.compte is None:
        raise GestureRefused(_("Reconnectez-vous."))
    act = resume_act(acteur.compte.public_id)
    gesture = verify_gesture(compte=acteur.compte, act=act, response=response, at=at)
    with transaction.atomic():
        use_gesture(gesture=gesture, compte=acteur.compte, act=act, at=at)
