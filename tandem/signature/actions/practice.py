"""In a sandbox, someone fictitious comes; FranceConnect is never asked (A-14)."""

from datetime import datetime

from django.utils.translation import gettext as _

from tandem.mandats.actions import MandatRefused, NotAllowed
from tandem.signature.actions.drafts import keep_identity
from tandem.signature.models import Draft
from tandem.signature.queries import step_of
from tandem.signature.rules import Step
from tandem.structures.models import Acteur
from tandem.usagers.actions import fictitious_named


def identify_fictitious(*, acteur: Acteur, draft: Draft, who: str, at: datetime) -> None:
    """The aidant says which of the fictitious people is in front of them; the wizard goes on as with a true one.

    Raises:
        NotAllowed: not in a sandbox, or the draft of another.
        MandatRefused: a question before is without an answer.
        UsagerRefused: none of them has this name.
    """
    if not (acteur.is_practising and draft.affectation.structure.is_practice):
        raise NotAllowed(_("Une vraie personne s’identifie avec FranceConnect."))
    if step_of(draft, at=at) not in {Step.IDENTIFICATION, Step.IDENTITY, Step.RECAP}:
        raise MandatRefused(_("Il reste des questions avant l’identification."))
    keep_identity(acteur=acteur, draft=draft, verified=fictitious_named(who).verified, at=at)
