"""A draft that is signed by hand: the room above draws the sheet, and notes it once signed (P-32)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.mandats.actions import MandatRefused
from tandem.signature.actions.drafts import locked, save_content
from tandem.signature.models import Draft
from tandem.signature.queries import answers_of
from tandem.signature.rules import Road, Step, missing_step
from tandem.structures.models import Acteur


def take_road(*, acteur: Acteur, draft: Draft, road: Road, at: datetime) -> Draft:
    """Go on by paper, or by FranceConnect again: what was answered stays, an identity received goes.

    Raises:
        MandatRefused: on paper, and nobody knows yet whose mandat it is.
    """
    with transaction.atomic():
        row = locked(acteur, draft, at)
        if road is Road.PAPER and row.usager is None:
            raise MandatRefused(
                _(
                    "Ouvrez d’abord le dossier de la personne, puis préparez le mandat depuis sa page."
                )
            )
        row.identified_at = None
        save_content(
            row, answers_of(row).answered(identity={}, identity_confirmed=False, road=road)
        )
    return row


def draft_on_paper(*, acteur: Acteur, draft: Draft, at: datetime) -> Draft:
    """The draft, locked until the end of the caller's transaction, once nothing but the sheet is missing.

    Raises:
        NotAllowed, MandatRefused: not the owner's, gone, signed, not on paper, or with a question left.
    """
    row = locked(acteur, draft, at)
    answers = answers_of(row)
    left = missing_step(answers, identified=False)
    if answers.road != Road.PAPER or left is not Step.IDENTIFICATION or row.usager is None:
        raise MandatRefused(_("Il reste des questions sans réponse : reprenez le mandat."))
    return row
