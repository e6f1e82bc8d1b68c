"""Who may do what here: the third lock, asked of the database again."""

from tandem.accompagnements.models import DemarcheSuivie
from tandem.accompagnements.queries import demarches_visible_to
from tandem.echeances.models import Echeance
from tandem.echeances.queries import echeances_visible_to
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager
from tandem.usagers.permissions import may_act_on


def may_keep(acteur: Acteur, echeance: Echeance) -> bool:
    """The acteur sees this date now."""
    return echeances_visible_to(acteur).filter(pk=echeance.pk).exists()


def may_add(acteur: Acteur, owner: DemarcheSuivie | Usager) -> bool:
    """The acteur sees the démarche, or the person."""
    if isinstance(owner, Usager):
        return may_act_on(acteur, owner)
    return demarches_visible_to(acteur).filter(pk=owner.pk).exists()
