"""Who may prepare a mandat: the third lock."""

from tandem.signature.models import Draft
from tandem.structures.models import Acteur


def may_prepare(acteur: Acteur) -> bool:
    """Prepare a mandat with someone: an aidant who may act."""
    return acteur.may_act


def may_continue(acteur: Acteur, draft: Draft) -> bool:
    """Go on with a draft, and sign it: its owner, still working for the structure it showed."""
    return (
        acteur.may_act
        and acteur.affectation is not None
        and draft.affectation_id == acteur.affectation.pk
    )
