"""Who may do what with a note: the third lock, asked of the database again."""

from datetime import datetime

from tandem.notes.models import Note
from tandem.notes.queries import notes_visible_to
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager
from tandem.usagers.permissions import may_act_on


def may_write_on(acteur: Acteur, usager: Usager) -> bool:
    """Write about a person, and read what one may: whoever sees them now."""
    return may_act_on(acteur, usager)


def may_change(acteur: Acteur, note: Note, *, at: datetime) -> bool:
    """Correct or withdraw: who wrote it, while they see the person."""
    own = notes_visible_to(acteur, at=at).filter(pk=note.pk, author__compte=acteur.compte)
    return own.exists()
