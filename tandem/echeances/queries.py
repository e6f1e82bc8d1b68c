"""Reads of echeances; every entry point for a view takes the acteur."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from tandem.accompagnements.models import DemarcheSuivie
from tandem.accompagnements.queries import is_followed_before
from tandem.echeances.models import Echeance, EcheanceQuerySet
from tandem.echeances.rules import COUNTED, FORGOTTEN_AFTER, HOME_SHOWN, LOSING, SOON, EcheanceState
from tandem.echeances.words import Words, words_of
from tandem.kernel.gather import gathered
from tandem.kernel.refusals import Refusal
from tandem.referentiels.deadlines import DemarcheDeadlines
from tandem.referentiels.queries import deadlines_of
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager
from tandem.usagers.queries import is_seen_by


class EcheanceUnknown(Refusal):
    """No such date among those the acteur sees."""

    status = 404
    code = "not_found"

    def __init__(self) -> None:
        super().__init__(_("Cette date n’est pas connue dans votre structure."))


class Listed(StrEnum):
    """The three lists."""

    SOON = "bientot"
    LATER = "plus-tard"
    ENDED = "terminees"


@dataclass(frozen=True)
class Shown:
    """One date as a page says it."""

    echeance: Echeance
    words: Words
    state: EcheanceState

    @property
    def person(self) -> Usager | None:
        return self.echeance.person

    @property
    def demarche_name(self) -> str:
        """The démarche it belongs to, or nothing."""
        followed = self.echeance.demarche_suivie
        return "" if followed is None else followed.name


@dataclass(frozen=True)
class Week:
    """What could be lost this week. `count`: how many in all, those not shown included, or that they are very many."""

    rows: list[Shown]
    count: int

    @property
    def is_long(self) -> bool:
        """Nobody counts them."""
        return self.count >= COUNTED


@dataclass(frozen=True)
class DemarcheDates:
    """Everything of time about one démarche: its dates, and what the catalogue knows."""

    followed: DemarcheSuivie
    open: list[Shown]
    ended: list[Shown]
    known: DemarcheDeadlines | None


def echeances_visible_to(acteur: Acteur) -> EcheanceQuerySet:
    """The dates of the acteur's structure, of démarches and people they see, the nearest first (P-10)."""
    if not acteur.may_act:
        return Echeance.objects.none()
    seen = is_followed_before(acteur, "demarche_suivie") | is_seen_by(acteur, "usager")
    return (
        Echeance.objects.filter(seen, structure=acteur.structure)
        .select_related(
            "structure",
            "usager__structure",
            "demarche_suivie__usager__structure",
            "demarche_suivie__demarche",
            "demarche_suivie__structure",
        )
        .order_by("due_on", "pk")
    )


def echeance_visible_to(acteur: Acteur, public_id: UUID) -> Echeance:
    """One date.

    Raises:
        EcheanceUnknown: not visible to this acteur, whatever the reason.
    """
    found = echeances_visible_to(acteur).filter(public_id=public_id).first()
    if found is None:
        raise EcheanceUnknown
    return found


def today_of(acteur: Acteur, at: datetime) -> date:
    """The day of an instant, where the acteur works."""
    zone = at.tzinfo if acteur.structure is None else acteur.structure.zone
    return at.astimezone(zone).date()


def echeances_listed(
    acteur: Acteur, *, listed: Listed, at: datetime, mine: bool = False
) -> EcheanceQuerySet:
    """One list; beside a person, theirs alone (P-28)."""
    today = today_of(acteur, at)
    rows = _on_screen(acteur, echeances_visible_to(acteur))
    if mine:
        rows = rows.held_by(acteur.affectation)
    if listed == Listed.ENDED:
        return rows.ended().order_by("-due_on", "-pk")
    return rows.open().filter(
        Q(due_on__lte=today + SOON) if listed == Listed.SOON else Q(due_on__gt=today + SOON)
    )


def _on_screen(acteur: Acteur, rows: EcheanceQuerySet) -> EcheanceQuerySet:
    """Of everyone, or of the one person who looks at the screen; of nobody when they are not known."""
    if not acteur.beside:
        return rows
    try:
        beside = UUID(acteur.beside)
    except ValueError:
        return rows.none()
    return rows.filter(Q(usager__public_id=beside) | Q(demarche_suivie__usager__public_id=beside))


def shown(rows: Iterable[Echeance], *, today: date) -> list[Shown]:
    """Rows already fetched, in words; no query."""
    return [Shown(row, words_of(row), row.state_on(today)) for row in rows]


def could_be_lost_this_week(
    acteur: Acteur, *, at: datetime, mine: bool = True, limit: int = HOME_SHOWN
) -> Week:
    """For the home: what would cost a right within seven days, or already did for less than two months.

    What only waits for an answer is not there. Two queries.
    """
    today = today_of(acteur, at)
    rows = losing_this_week(acteur, today=today, mine=mine)
    return Week(shown(rows[:limit], today=today), rows[:COUNTED].count())


def losing_this_week(acteur: Acteur, *, today: date, mine: bool = True) -> EcheanceQuerySet:
    """The same rows, still to be fetched."""
    rows = (
        echeances_visible_to(acteur)
        .open()
        .filter(kind__in=LOSING, due_on__lte=today + SOON, due_on__gte=today - FORGOTTEN_AFTER)
    )
    if mine:
        rows = rows.held_by(acteur.affectation)
    return _on_screen(acteur, rows)


def echeances_of(acteur: Acteur, usager: Usager, *, at: datetime) -> list[Shown]:
    """The open dates of one person, the nearest first: for what lists them. One query.

    A date is a person's own, or one of a démarche followed for them: each way has its index.
    """
    rows = echeances_visible_to(acteur).open()
    own, followed = rows.filter(usager=usager), rows.filter(demarche_suivie__usager=usager)
    return nearest(
        gathered({"own": own, "followed": followed}).values(), today=today_of(acteur, at)
    )


def nearest(lists: Iterable[Iterable[Echeance]], *, today: date) -> list[Shown]:
    """Dates already fetched one way or another, each once, the nearest first, in words."""
    rows = {row.pk: row for found in lists for row in found}
    return shown(sorted(rows.values(), key=lambda row: (row.due_on, row.pk)), today=today)


def dates_of(acteur: Acteur, followed: DemarcheSuivie, *, at: datetime) -> DemarcheDates:
    """Everything of time about a démarche already fetched for the acteur. One query."""
    today = today_of(acteur, at)
    rows = shown(echeances_visible_to(acteur).filter(demarche_suivie=followed), today=today)
    over = {EcheanceState.DONE, EcheanceState.DROPPED}
    return DemarcheDates(
        followed=followed,
        open=[row for row in rows if row.state not in over],
        ended=[row for row in rows if row.state in over],
        known=None if followed.demarche is None else deadlines_of(followed.demarche.slug),
    )


def calendar_of(acteur: Acteur) -> list[Echeance]:
    """The open dates this aidant holds, for a calendar file: it says no more than their day and their address."""
    return list(echeances_visible_to(acteur).open().held_by(acteur.affectation))
