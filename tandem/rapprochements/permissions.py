"""Who may bring two files together: whoever sees both."""

from tandem.structures.models import Acteur
from tandem.usagers.models import Usager
from tandem.usagers.permissions import may_act_on


def may_merge(acteur: Acteur, one: Usager, other: Usager) -> bool:
    """The acteur sees both files now, in their structure."""
    return may_act_on(acteur, one) and may_act_on(acteur, other)


def may_separate(acteur: Acteur, kept: Usager) -> bool:
    """The acteur sees the file kept now."""
    return may_act_on(acteur, kept)
