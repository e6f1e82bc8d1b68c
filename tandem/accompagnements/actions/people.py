"""Whose it is: someone found, or someone who says their name."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.accompagnements.actions.demarches import name_demarche
from tandem.accompagnements.actions.doors import AccompagnementRefused, at_work, locked_demarche
from tandem.accompagnements.models import DemarcheSuivie
from tandem.kernel import limits
from tandem.kernel.refusals import Refusal
from tandem.structures.models import Acteur
from tandem.usagers.actions import declare_usager
from tandem.usagers.models import Usager
from tandem.usagers.queries import search_usagers

# Nobody honest reaches this by typing names.
SEARCHES = 60
WINDOW_SECONDS = 60


class SearchRefused(Refusal):
    """Too many searches from one desk in a minute: nobody leafs through the base (S-51)."""

    status = 429
    code = "limits"


def find_people(*, acteur: Acteur, q: str) -> list[Usager]:
    """At most twenty people of the acteur's structure whose name holds these words.

    Raises:
        SearchRefused: more than sixty searches in a minute.
    """
    desk = at_work(acteur)
    key = f"accompagnements.search:{desk.affectation.public_id}"
    if not limits.hit(key, limit=SEARCHES, window=WINDOW_SECONDS):
        raise SearchRefused(_("Vous avez fait beaucoup de recherches. Attendez une minute."))
    return search_usagers(acteur, q)


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
