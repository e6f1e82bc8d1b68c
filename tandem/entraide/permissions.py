"""Who may call, who may come."""

from tandem.entraide.models import Appel
from tandem.structures.models import Acteur


def may_call(acteur: Acteur) -> bool:
    """An aidant who may act."""
    return acteur.may_act and acteur.affectation is not None


def may_answer(acteur: Acteur, appel: Appel) -> bool:
    """Another aidant of the same structure, who may act."""
    return (
        may_call(acteur)
        and acteur.structure == appel.structure
        and acteur.affectation != appel.called_by
    )


def may_end(acteur: Acteur, appel: Appel) -> bool:
    """Whoever called, or came."""
    return may_call(acteur) and acteur.affectation in (appel.called_by, appel.answered_by)
