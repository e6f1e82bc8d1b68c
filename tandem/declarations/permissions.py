"""Who may declare for whom: the third lock, asked of the database again."""

from tandem.accompagnements.models import DemarcheSuivie
from tandem.accompagnements.queries import demarches_visible_to
from tandem.structures.models import Acteur


def may_declare(acteur: Acteur, followed: DemarcheSuivie) -> bool:
    """The acteur may act now, and sees the démarche and its person (P-04, P-10)."""
    return acteur.may_act and demarches_visible_to(acteur).filter(pk=followed.pk).exists()
