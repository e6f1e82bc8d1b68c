"""Deadlines and silences of démarches: what the sourced catalogue says, and the dates it gives. No database, no clock.

A date is prudent: between two readings of a text, the earlier one is kept (`delay` counts no « délai franc »).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tandem.referentiels.public_days import (
    add_months,
    add_working_days,
    in_month,
    next_working_day,
    previous_working_day,
)


class RuleKind(StrEnum):
    """What a rule speaks of."""

    ANSWER = "reponse"
    SILENCE = "silence"
    APPEAL = "recours"
    JUDGE = "juge"
    RENEWAL = "renouvellement"
    DELAY = "delai"


class CountedFrom(StrEnum):
    """The day a delay is counted from."""

    FILING = "depot"
    DECISION = "decision"
    SILENCE = "silence"
    APPEAL = "recours"
    END = "fin"
    EVENT = "evenement"


class Meaning(StrEnum):
    """What the silence of an administration means."""

    ACCEPTED = "accord"
    REFUSED = "refus"
    NOTHING = "rien"


@dataclass(frozen=True)
class Source:
    """Where a statement comes from, the day it was read, and whether it could be."""

    text: str
    checked_on: date
    sure: bool


@dataclass(frozen=True)
class Delay:
    """One delay, in one unit: `months`, `days`, `working_days`, or the 31 December `year_ends` years later."""

    months: int = 0
    days: int = 0
    working_days: int = 0
    year_ends: int = 0
    before: bool = False
    extends: bool = False

    def end(self, start: date) -> date:
        """The last useful day of a delay that starts that day; before it, when the delay is counted backwards."""
        sign = -1 if self.before else 1
        if self.year_ends:
            return date(start.year + self.year_ends, 12, 31)
        if self.working_days:
            return add_working_days(start, self.working_days)
        day = add_months(start, sign * self.months) + timedelta(days=sign * self.days)
        if not self.extends:
            return day
        return previous_working_day(day) if self.before else next_working_day(day)


@dataclass(frozen=True)
class DeadlineRule:
    """A delay of law or of an administration, in plain words, with its source."""

    key: str
    kind: RuleKind
    counted_from: CountedFrom
    delay: Delay
    meaning: Meaning | None
    to: str
    words: str
    missed: str
    source: Source


@dataclass(frozen=True)
class Recurrence:
    """What comes back every so many `months`, on `day` (31: end of the month, 0: same day) of `month` if fixed."""

    key: str
    months: int
    day: int
    month: int
    opens: int
    words: str
    missed: str
    source: Source

    def next_after(self, done_on: date) -> date:
        """The last useful day of the next one, when one was done that day.

        Done inside its window, the next is a whole period later; done outside, the window to come is the next.
        """
        if not self.day:
            return add_months(done_on, self.months)
        if not self.month and self.months > 1:
            return self._in_month_of(add_months(done_on.replace(day=1), self.months))
        due = self._first_from(done_on)
        if due - timedelta(days=self.opens) <= done_on:
            return self._in_month_of(add_months(due.replace(day=1), self.months))
        return due

    def _first_from(self, day: date) -> date:
        month = day.replace(day=1, month=self.month or day.month)
        due = self._in_month_of(month)
        return due if due >= day else self._in_month_of(add_months(month, self.months))

    def _in_month_of(self, day: date) -> date:
        return in_month(day.year, day.month, self.day)


@dataclass(frozen=True)
class DemarcheDeadlines:
    """Everything the catalogue knows of the time of one démarche."""

    slug: str
    rules: tuple[DeadlineRule, ...]
    recurrence: Recurrence | None
    facts: tuple[str, ...]
    write_next: str
    source: Source

    def rule(self, kind: RuleKind) -> DeadlineRule | None:
        """The first rule of that kind."""
        return next((rule for rule in self.rules if rule.kind == kind), None)

    @property
    def is_sure(self) -> bool:
        """Every statement could be read in its source."""
        said = [self.source, *(rule.source for rule in self.rules)]
        return all(source.sure for source in said) and (
            self.recurrence is None or self.recurrence.source.sure
        )


@dataclass(frozen=True)
class PlannedDate:
    """One date that filing a démarche, or a decision on it, makes run."""

    rule: str
    kind: RuleKind
    due_on: date
    words: str
    missed: str
    to: str
    sure: bool


def planned_when_filed(known: DemarcheDeadlines, filed_on: date) -> list[PlannedDate]:
    """What runs from the day of filing: answer expected, meaning of silence, appeal against a silent refusal."""
    dates = [
        _planned(rule, filed_on) for rule in known.rules if rule.counted_from == CountedFrom.FILING
    ]
    silence = known.rule(RuleKind.SILENCE)
    recours = known.rule(RuleKind.APPEAL)
    if silence is not None and silence.meaning == Meaning.REFUSED and recours is not None:
        dates.append(_planned(recours, silence.delay.end(filed_on)))
    return dates


def planned_when_decided(known: DemarcheDeadlines, decided_on: date) -> list[PlannedDate]:
    """What runs from the day a decision is received: the first appeal."""
    return [
        _planned(rule, decided_on)
        for rule in known.rules
        if rule.counted_from == CountedFrom.DECISION
    ]


def _planned(rule: DeadlineRule, start: date) -> PlannedDate:
    return PlannedDate(
        rule=rule.key,
        kind=rule.kind,
        due_on=rule.delay.end(start),
        words=rule.words,
        missed=rule.missed,
        to=rule.to,
        sure=rule.source.sure,
    )
