"""The one act of these pages: looking for someone, which is counted."""

from django.utils.translation import gettext as _

from tandem.kernel import limits
from tandem.kernel.refusals import Refusal
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager
from tandem.usagers.queries import search_usagers

# As one types, a pause of half a second sends the words: nobody honest reaches this.
SEARCHES = 60
WINDOW_SECONDS = 60


class SearchRefused(Refusal):
    """Too many searches from one compte in a minute: nobody leafs through the base (S-51)."""

    status = 429
    code = "limits"


def find_people(*, acteur: Acteur, q: str) -> list[Usager]:
    """At most twenty people of the acteur's structure whose name holds these words.

    Raises:
        SearchRefused: more than sixty searches in a minute.
    """
    who = "" if acteur.compte is None else str(acteur.compte.public_id)
    if not limits.hit(f"espaces.search:{who}", limit=SEARCHES, window=WINDOW_SECONDS):
        raise SearchRefused(_("Vous avez fait beaucoup de recherches. Attendez une minute."))
    return search_usagers(acteur, q)
