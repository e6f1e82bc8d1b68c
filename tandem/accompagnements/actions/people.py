"""Whose it is: someone who says their name."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.accompagnements.actions.demarches import name_demarche
from tandem.accompagnements.actions.doors import AccompagnementRefused, locked_demarche
from tandem.accompagnements.models import DemarcheSuivie
from tandem.structures.models import Acteur
from tandem.usagers.actions import declare_usager


@transaction.atomic
def name_demarche_declared(
    *,
    acteur: Acteur,
    demarche_suivie: DemarcheSuivie,
    given_names: str,
    family_name: str,
    at: datetime,
) -> DemarcheSuivie:
    """The démarche of someone the structure does not know yet: a file is opened on what they say (P-32).

    Raises:
        UsagerRefused: no name.
        AccompagnementRefused: it has a name already.
    """
    row = locked_demarche(acteur, demarche_suivie)
    if row.usager is not None:
        raise AccompagnementRefused(_("Cette démarche a déjà un nom."))
    usager = declare_usager(acteur=acteur, given_names=given_names, family_name=family_name, at=at)
    return name_demarche(acteur=acteur, demarche_suivie=row, usager=usager, at=at)
