"""Practice sheets for the stories of any room, really written."""

from datetime import datetime
from uuid import UUID, uuid4

from tandem.fiches.actions import report_change, write_version
from tandem.fiches.models import Change, Version
from tandem.fiches.queries import sheet_of
from tandem.fiches.rules import Texts
from tandem.referentiels.models import Demarche
from tandem.structures.models import Affectation
from tandem.structures.queries import acteur_from


def version_of(
    author: Affectation, slug: str, traps: str, *, at: datetime, key: UUID | None = None
) -> Version:
    """A version as `author` writes it, having read the one that stands."""
    acteur = acteur_from(author)
    found = sheet_of(acteur, slug)
    return write_version(
        acteur=acteur,
        demarche=found.demarche,
        texts=Texts(traps=traps),
        based_on=found.number,
        key=key or uuid4(),
        at=at,
    )


def change_of(
    author: Affectation, slug: str, words: str, *, at: datetime, key: UUID | None = None
) -> Change:
    """« Ça a changé », as `author` says it."""
    return report_change(
        acteur=acteur_from(author),
        demarche=Demarche.objects.get(slug=slug),
        words=words,
        key=key or uuid4(),
        at=at,
    )
