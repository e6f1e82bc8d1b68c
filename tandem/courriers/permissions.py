"""Who may write for whom: the third lock, asked of the database again."""

from tandem.structures.models import Acteur
from tandem.usagers.models import Usager
from tandem.usagers.queries import usagers_visible_to


def may_write_for(acteur: Acteur, usager: Usager) -> bool:
    """The acteur sees this person now: structure, habilitation, charte and suivi hold together (P-10)."""
    return usagers_visible_to(acteur).filter(pk=usager.pk).exists()
