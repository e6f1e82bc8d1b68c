"""Démarches at the point where their dates run."""

from datetime import date, datetime

from tandem.accompagnements import actions
from tandem.accompagnements.actions.demarches import Wanted
from tandem.accompagnements.models import DemarcheSuivie
from tandem.accompagnements.rules import (
    EtapeKind,
    Filing,
    FilingMeans,
    Next,
    NextMove,
    NoReceipt,
    Outcome,
    Step,
    Way,
)
from tandem.echeances.actions import add_echeance
from tandem.echeances.models import Echeance
from tandem.echeances.rules import EcheanceKind, Noted
from tandem.referentiels.models import Demarche
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager


def followed(
    acteur: Acteur,
    usager: Usager | None,
    *,
    at: datetime,
    slug: str = "caf-rsa-demande",
    asked_by_on: date | None = None,
) -> DemarcheSuivie:
    """A démarche of the catalogue, opened."""
    wanted = Wanted(demarche=Demarche.objects.get(slug=slug), asked_by_on=asked_by_on)
    return actions.follow_demarche(acteur=acteur, wanted=wanted, usager=usager, at=at)


def filed(acteur: Acteur, row: DemarcheSuivie, *, at: datetime) -> DemarcheSuivie:
    """Sent online, without any proof."""
    filing = Filing(
        means=FilingMeans.ONLINE, way=Way(), no_receipt_reason=NoReceipt.FAILED, agreed=True
    )
    actions.file_demarche(acteur=acteur, demarche_suivie=row, filing=filing, at=at)
    row.refresh_from_db()
    return row


def answered(acteur: Acteur, row: DemarcheSuivie, *, at: datetime) -> None:
    """The decision of the administration came."""
    actions.add_step(
        acteur=acteur,
        demarche_suivie=row,
        step=Step(EtapeKind.DECIDED),
        then=Next(NextMove.AIDANT),
        at=at,
    )


def closed(acteur: Acteur, row: DemarcheSuivie, outcome: Outcome, *, at: datetime) -> None:
    actions.close_demarche(acteur=acteur, demarche_suivie=row, outcome=outcome, at=at)


def noted(
    acteur: Acteur,
    owner: DemarcheSuivie | Usager,
    due_on: date,
    *,
    at: datetime,
    kind: EcheanceKind = EcheanceKind.TO_DO,
    title: str = "Envoyer le certificat",
) -> Echeance:
    """A date typed by an aidant."""
    return add_echeance(
        acteur=acteur,
        owner=owner,
        noted=Noted(kind=kind, title=title, due_on=due_on, missed="Le dossier est clos."),
        at=at,
    )


def open_dates(row: DemarcheSuivie) -> dict[str, date]:
    """Rule and day of what stands."""
    return dict(row.echeances.open().order_by("due_on", "pk").values_list("rule", "due_on"))
