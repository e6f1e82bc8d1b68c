"""One of everything that is followed for a person, made by really doing it."""

from datetime import datetime

from tandem.accompagnements.actions import (
    Wanted,
    file_demarche,
    follow_demarche,
    hand_over,
    open_besoin,
    record_aide,
)
from tandem.accompagnements.models import Aide, Besoin, DemarcheSuivie, Depot, Relais
from tandem.accompagnements.rules import AideKind, Filing, FilingMeans, RelaisReason, Way
from tandem.fichiers.rules import CheckedFile
from tandem.referentiels.models import Demarche
from tandem.structures.models import Acteur
from tandem.structures.queries import acteur_from, habilites_of
from tandem.structures.tests.factories import AffectationFactory
from tandem.usagers.models import Usager

RECEIPT = CheckedFile("accuse.pdf", "application/pdf", b"%PDF-1.7 sent %%EOF")


def filing(**changes: object) -> Filing:
    """Sent together, with its receipt."""
    values: dict[str, object] = {
        "means": FilingMeans.ONLINE,
        "way": Way(),
        "receipt": RECEIPT,
        "agreed": True,
    }
    return Filing(**(values | changes))  # type: ignore[arg-type]  # what a story changes


def followed_for(
    acteur: Acteur, usager: Usager, *, at: datetime
) -> dict[str, Aide | Besoin | DemarcheSuivie | Depot | Relais]:
    """A demand, a démarche with its receipt, a help, and a démarche handed to the acteur by a colleague."""
    besoin = open_besoin(acteur=acteur, words="Mon allocation est coupée.", usager=usager, at=at)
    rsa = Demarche.objects.select_related("theme").get(slug="caf-aide-logement")
    row = follow_demarche(acteur=acteur, wanted=Wanted(demarche=rsa), besoin=besoin, at=at)
    depot = file_demarche(acteur=acteur, demarche_suivie=row, filing=filing(), at=at)
    return {
        "besoin": besoin,
        "demarche_suivie": row,
        "depot": depot,
        "aide": record_aide(acteur=acteur, kind=AideKind.IMPRESSION, at=at),
        "relais": _handed_to(acteur, usager, at),
    }


def _handed_to(acteur: Acteur, usager: Usager, at: datetime) -> Relais:
    """By a colleague already there, or by one who comes for it."""
    assert acteur.structure is not None
    assert acteur.affectation is not None
    others = habilites_of(acteur.structure).exclude(pk=acteur.affectation.pk)
    colleague = acteur_from(others.first() or AffectationFactory.create(structure=acteur.structure))
    besoin = open_besoin(acteur=colleague, words="Passée à l’accueil.", usager=usager, at=at)
    return hand_over(
        acteur=colleague, what=besoin, to=acteur.affectation, reason=RelaisReason.LONGER, at=at
    )
