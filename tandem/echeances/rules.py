"""What a date is, when it is told, which dates a démarche makes run: no database, no clock."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tandem.referentiels.deadlines import (
    DemarcheDeadlines,
    PlannedDate,
    RuleKind,
    planned_when_decided,
    planned_when_filed,
)

LIST_PAGE: Final = 25
# What the home shows: a week, and what is already late.
SOON: Final = timedelta(days=7)
HOME_SHOWN: Final = 5
# Past this number the home no longer counts: it says « toutes ».
COUNTED: Final = 100
TITLE_MAX: Final = 120
MISSED_MAX: Final = 400
# An open date past for so long is history: nobody is reminded of it any more.
FORGOTTEN_AFTER: Final = timedelta(days=60)
# Done or dropped, it is kept as long as a follow-up (CNIL 2023-095).
ENDED_KEPT: Final = timedelta(days=730)
# Nobody types a date farther than this by mistake.
FARTHEST: Final = timedelta(days=366 * 10)


class EcheanceKind(TextChoices):
    """What happens that day."""

    TO_DO = "a_faire", _("À faire")
    ANSWER = "reponse_attendue", _("Réponse attendue")
    SILENCE = "silence", _("Sans réponse")
    APPEAL = "recours", _("Dernier jour pour contester")
    PIECE = "piece", _("Document à donner")
    APPOINTMENT = "rendez_vous", _("Rendez-vous")
    DECLARATION = "declaration", _("Déclaration à faire")


# Nothing is lost that day by itself: the aidant looks, the person has nothing to do.
WAITING: Final = frozenset({EcheanceKind.ANSWER, EcheanceKind.SILENCE})
LOSING: Final = tuple(kind for kind in EcheanceKind if kind not in WAITING)
# What an aidant writes by hand.
TYPED: Final = (
    EcheanceKind.TO_DO, EcheanceKind.PIECE, EcheanceKind.APPOINTMENT, EcheanceKind.DECLARATION,
    EcheanceKind.APPEAL, EcheanceKind.ANSWER,
)  # fmt: skip

_KINDS: Final = {
    RuleKind.ANSWER: EcheanceKind.ANSWER,
    RuleKind.SILENCE: EcheanceKind.SILENCE,
    RuleKind.APPEAL: EcheanceKind.APPEAL,
    RuleKind.JUDGE: EcheanceKind.APPEAL,
    RuleKind.RENEWAL: EcheanceKind.DECLARATION,
    RuleKind.DELAY: EcheanceKind.TO_DO,
}
# The rule of what the démarche itself asks for, by its day.
ASKED: Final = "demande"

# How many days before: the aidant, then the person. A letter of appeal takes time to write.
_AIDANT_STEPS: Final = {EcheanceKind.APPEAL: (30, 7, 2, 0)}
_PERSON_STEPS: Final = {EcheanceKind.APPEAL: (15, 5), EcheanceKind.APPOINTMENT: (2,)}


class EcheanceState(StrEnum):
    """Computed from the instants and the day, never stored."""

    LATE = "late"
    SOON = "soon"
    LATER = "later"
    DONE = "done"
    DROPPED = "dropped"


def state_of(*, due_on: date, done: bool, dropped: bool, today: date) -> EcheanceState:
    """Done and dropped hide the day."""
    if done or dropped:
        return EcheanceState.DONE if done else EcheanceState.DROPPED
    if due_on < today:
        return EcheanceState.LATE
    return EcheanceState.SOON if due_on <= today + SOON else EcheanceState.LATER


def aidant_steps(kind: str) -> tuple[int, ...]:
    """Days before the date at which the aidant is told."""
    return _AIDANT_STEPS.get(EcheanceKind(kind), (7, 2, 0))


def person_steps(kind: str) -> tuple[int, ...]:
    """Days before the date at which the person is told; of what only waits, the day itself."""
    found = EcheanceKind(kind)
    return (0,) if found in WAITING else _PERSON_STEPS.get(found, (7, 2))


def step_reached(steps: tuple[int, ...], *, days_left: int, told: int | None) -> int | None:
    """The step to tell now: the nearest one reached, unless it or a nearer one was told."""
    reached = [step for step in steps if days_left <= step]
    if not reached or (told is not None and told <= min(reached)):
        return None
    return min(reached)


@dataclass(frozen=True)
class Noted:
    """What an aidant notes of a date. `overridden`: kinds of secrets they said are none (S-23)."""

    kind: EcheanceKind
    title: str
    due_on: date
    missed: str = ""
    overridden: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """One date that must stand for a démarche."""

    rule: str
    kind: EcheanceKind
    due_on: date


@dataclass(frozen=True)
class Followed:
    """What is known of a démarche when its dates are computed; days are those of the structure."""

    asked_by_on: date | None = None
    filed_on: date | None = None
    answered_on: date | None = None
    closed_on: date | None = None
    refused: bool = False
    # The person gave up, or another structure follows.
    left: bool = False


def wanted_dates(known: DemarcheDeadlines | None, followed: Followed) -> list[Wanted]:
    """Every date a démarche makes run now, one per rule."""
    wanted = _asked(followed)
    if known is not None:
        wanted += [
            Wanted(row.rule, _KINDS[row.kind], row.due_on) for row in _of_law(known, followed)
        ]
        again = known.recurrence
        if again is not None and followed.filed_on is not None and not followed.left:
            due = again.next_after(followed.filed_on)
            wanted.append(Wanted(again.key, EcheanceKind.DECLARATION, due))
    return list({row.rule: row for row in wanted}.values())


def _asked(followed: Followed) -> list[Wanted]:
    day = followed.asked_by_on
    if day is None or followed.closed_on is not None:
        return []
    if followed.filed_on is None:
        return [Wanted(ASKED, EcheanceKind.TO_DO, day)]
    # Asked after the filing: the service wants something more.
    return [Wanted(ASKED, EcheanceKind.PIECE, day)] if day >= followed.filed_on else []


def _of_law(known: DemarcheDeadlines, followed: Followed) -> list[PlannedDate]:
    if followed.filed_on is None or followed.left:
        return []
    if followed.closed_on is not None:
        decided = followed.answered_on or followed.closed_on
        return planned_when_decided(known, decided) if followed.refused else []
    if followed.answered_on is not None:
        return planned_when_decided(known, followed.answered_on)
    return planned_when_filed(known, followed.filed_on)
