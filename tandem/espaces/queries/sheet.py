"""What a visit leaves on paper: what was done that day, what comes, what to bring."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from tandem.acces.models import Acces
from tandem.acces.queries import acces_of
from tandem.accompagnements.models import DemarcheSuivie, Etape, Piece
from tandem.accompagnements.queries import demarches_of
from tandem.accompagnements.rules import PieceState
from tandem.echeances.queries import Shown, echeances_of
from tandem.echeances.rules import EcheanceKind
from tandem.mandats.models import Mandat, Usage
from tandem.mandats.queries import mandats_visible_to, usages_visible_to
from tandem.mandats.rules import State
from tandem.referentiels.queries import ScopeDescription, describe_scopes, recurrence
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager
from tandem.usagers.queries import usager_visible_to

LINES = 30


@dataclass(frozen=True)
class Visit:
    """Everything the sheet says of one day and of what follows."""

    usager: Usager
    etapes: list[Etape]
    usages: list[tuple[Usage, ScopeDescription]]
    signed: list[Mandat]
    acces: list[Acces]
    demarches: list[DemarcheSuivie]
    # The next declaration of each démarche that has one, the nearest first; then the other dates.
    declarations: list[Shown]
    dates: list[Shown]
    pieces: list[Piece]
    live: list[Mandat]


def visit_of(acteur: Acteur, public_id: UUID, *, at: datetime) -> Visit:
    """The day of a person, where the structure is; a fixed number of queries.

    Raises:
        UsagerUnknown: not visible to this acteur.
    """
    usager = usager_visible_to(acteur, public_id)
    start = datetime.combine(usager.local_date(at), time(), tzinfo=usager.structure.zone)
    end = start + timedelta(days=1)
    followed = demarches_of(acteur, usager)
    etapes = (
        Etape.objects.filter(demarche_suivie__in=followed.order_by(), at__gte=start, at__lt=end)
        .select_related("demarche_suivie__demarche")
        .order_by("at", "pk")
    )
    waiting = list(followed.filter(closed_at=None)[:LINES])
    pieces = (
        Piece.objects.filter(demarche_suivie__in=waiting, state=PieceState.MISSING)
        .select_related("demarche_suivie__demarche")
        .order_by("pk")
    )
    dates = echeances_of(acteur, usager, at=at)[:LINES]
    declarations = _next_declarations(dates)
    mandats = list(mandats_visible_to(acteur).filter(usager=usager)[:LINES])
    return Visit(
        usager=usager,
        etapes=list(etapes[:LINES]),
        usages=_usages(acteur, usager, start, end),
        signed=[mandat for mandat in mandats if start <= mandat.signed_at < end],
        acces=list(
            acces_of(acteur, usager).filter(opened_at__gte=start, opened_at__lt=end)[:LINES]
        ),
        demarches=waiting,
        declarations=declarations,
        dates=[row for row in dates if row not in declarations],
        pieces=list(pieces[:LINES]),
        live=[mandat for mandat in mandats if mandat.state(at=at) is not State.ENDED],
    )


def _next_declarations(dates: list[Shown]) -> list[Shown]:
    """As `declarations.queries.next_due` reads them, of every démarche at once; a renewal is none."""
    found: dict[int, Shown] = {}
    for row in dates:
        echeance = row.echeance
        declared = not echeance.rule or recurrence(echeance.rule) is not None
        if echeance.kind == EcheanceKind.DECLARATION and declared:
            found.setdefault(echeance.demarche_suivie_id or -echeance.pk, row)
    return list(found.values())


def _usages(
    acteur: Acteur, usager: Usager, start: datetime, end: datetime
) -> list[tuple[Usage, ScopeDescription]]:
    rows = list(
        usages_visible_to(acteur)
        .filter(autorisation__usager=usager, used_at__gte=start, used_at__lt=end)
        .order_by("used_at", "pk")[:LINES]
    )
    scopes = sorted({row.autorisation.scope for row in rows})
    words = {found.scope: found for found in describe_scopes(scopes)}
    return [(row, words[row.autorisation.scope]) for row in rows]
