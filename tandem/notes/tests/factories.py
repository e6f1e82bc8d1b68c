"""Notes for the stories of any room, really written."""

from datetime import datetime
from uuid import UUID, uuid4

from tandem.notes.actions import write_note
from tandem.notes.models import Note
from tandem.notes.rules import Kind, Said
from tandem.structures.models import Affectation
from tandem.structures.queries import acteur_from
from tandem.usagers.models import Usager


def note_of(
    author: Affectation,
    usager: Usager,
    kind: Kind = Kind.FACT,
    text: str = "Rose apporte l’avis d’impôt jeudi.",
    *,
    at: datetime,
    key: UUID | None = None,
    demarche_suivie: UUID | None = None,
) -> Note:
    """A note as `author` writes it."""
    return write_note(
        acteur=acteur_from(author),
        usager=usager,
        kind=kind,
        said=Said(text),
        key=key or uuid4(),
        demarche_suivie=demarche_suivie,
        at=at,
    )
