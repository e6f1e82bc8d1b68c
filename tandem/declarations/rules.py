"""What a declaration holds, how amounts are read, what may be done: no database, no clock, no request."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tandem.referentiels.declared import AskedLine, DeclaredForm, LineKind
from tandem.referentiels.public_days import add_months
from tandem.ui.rules import month_words

LIST_PAGE: Final = 25
# The person, and those of their household whose resources count.
PEOPLE_MAX: Final = 6
LABEL_MAX: Final = 60
NAMED_MAX: Final = 120
TEXT_MAX: Final = 600
# A household does not declare more than this in one month by mistake.
LARGEST_CENTS: Final = 99_999_999
LARGEST_NUMBER: Final = 9_999
_NBSP: Final = "\N{NO-BREAK SPACE}"
_MINUS: Final = re.compile(r"[-\N{MINUS SIGN}\N{EN DASH}]")
_AMOUNT: Final = re.compile(r"(\d{1,3}(?: \d{3})+|\d{1,9})(?:[.,](\d{1,2}))?")


class Provenance(TextChoices):
    """Where a value comes from (P-17)."""

    SAID = "dit", gettext_lazy("dit par la personne")
    DOCUMENT = "document", gettext_lazy("lu sur un document")
    GIVEN = "service", gettext_lazy("déjà rempli par le service")
    COMPUTED = "calcul", gettext_lazy("calculé")
    AIDANT = "aidant", gettext_lazy("choisi par l’aidant")


class AssentHow(TextChoices):
    """How the person said yes to what was read to them (P-17, A-16)."""

    PRESENT = "present", gettext_lazy("de vive voix, présente")
    TELEPHONE = "telephone", gettext_lazy("au téléphone")
    PAPER = "papier", gettext_lazy("en signant la feuille")


class State(StrEnum):
    """What a declaration is: computed from its instants, never stored."""

    TO_COME = "to_come"
    DRAFT = "draft"
    AGREED = "agreed"
    FILED = "filed"
    ALONE = "alone"


class AmountRefused(ValueError):  # noqa: N818 - a form says it beside its field
    """What was typed is no amount; the message says why, in French."""


@dataclass(frozen=True)
class Value:
    """One value of a declaration. `month`: None, or its rank in the période; `who`: rank among the people.

    Money is in cents, hours in hundredths, « oui » and « non » are texts.
    """

    line: str
    who: int = 0
    month: int | None = None
    number: int | None = None
    text: str = ""
    provenance: str = ""
    # The document, when it was read on one; else what more is to know.
    named: str = ""

    @property
    def place(self) -> tuple[str, int, int | None]:
        """Where it stands, in any declaration of the same kind."""
        return (self.line, self.who, self.month)

    def says_as(self, other: "Value | None") -> bool:
        """The same content, wherever it comes from."""
        return other is not None and (self.number, self.text) == (other.number, other.text)

    def packed(self) -> dict[str, Any]:
        """As it is kept, encrypted."""
        return dict(vars(self))


Places = Mapping[tuple[str, int, int | None], Value]


def unpacked(rows: Iterable[Mapping[str, Any]]) -> list[Value]:
    """What was kept."""
    return [Value(**row) for row in rows]


def placed(values: Iterable[Value]) -> Places:
    """Each value by its place."""
    return {value.place: value for value in values}


def unsourced(values: Iterable[Value]) -> int:
    """How many do not say where they come from (P-17)."""
    return sum(value.provenance not in Provenance.values for value in values)


def repeated(values: Iterable[Value]) -> list[Value]:
    """The values of the former one, said again by the person today: what they were read on then proves nothing now."""
    words = _("comme la dernière fois")
    return [replace(value, provenance=Provenance.SAID, named=words) for value in values]


def sourced(
    typed: Iterable[Value], known: Places, chosen: Mapping[tuple[str, int], tuple[str, str]]
) -> list[Value]:
    """Values just typed, with where they come from.

    What did not change keeps its origin, unless another was chosen for its line; what changed takes the origin
    chosen for its line, else the one chosen for all, under `("", 0)`; else none.
    """
    general = chosen.get(("", 0), ("", ""))
    found = []
    for value in typed:
        former = known.get(value.place)
        own = chosen.get((value.line, value.who), ("", ""))
        if own[0]:
            origin = own
        elif former is not None and value.says_as(former) and former.provenance:
            origin = (former.provenance, former.named)
        else:
            origin = general
        found.append(replace(value, provenance=origin[0], named=origin[1]))
    return found


def read_amount(text: str) -> int | None:
    """Cents of what people type: « 1 234,50 € », « 1234.5 », « 0 »; None when nothing was typed.

    Raises:
        AmountRefused: below zero, too large, or not an amount; nothing is guessed.
    """
    words = " ".join(text.replace("€", " ").split())
    if not words:
        return None
    if _MINUS.match(words):
        raise AmountRefused(_("Un montant ne descend pas sous 0. S’il est négatif, écrivez 0."))
    found = _AMOUNT.fullmatch(words)
    if found is None:
        raise AmountRefused(_("Écrivez un montant comme 412 ou 412,50."))
    cents = int(found[1].replace(" ", "")) * 100 + int((found[2] or "0").ljust(2, "0"))
    if cents > LARGEST_CENTS:
        raise AmountRefused(_("Ce montant est trop grand. Vérifiez la virgule."))
    return cents


def read_number(text: str) -> int | None:
    """Hundredths of hours or days; None when nothing was typed.

    Raises:
        AmountRefused: below zero, too large, or not a number.
    """
    if "€" in text:
        raise AmountRefused(_("Ici on écrit un nombre, pas un montant."))
    found = read_amount(text)
    if found is not None and found > LARGEST_NUMBER * 100:
        raise AmountRefused(_("Ce nombre est trop grand."))
    return found


def number_words(hundredths: int) -> str:
    """« 1 234,50 », « 412 »."""
    whole, rest = divmod(hundredths, 100)
    words = f"{whole:,}".replace(",", _NBSP)
    return f"{words},{rest:02d}" if rest else words


def value_words(value: Value | None, kind: LineKind) -> str:
    """A value as it is read, and read aloud; empty when there is none."""
    if value is None:
        return ""
    if value.number is None:
        return value.text
    words = number_words(value.number)
    return f"{words}{_NBSP}€" if kind == LineKind.MONEY else words


def origin_words(value: Value) -> str:
    """« lu sur un document : fiche de paie de mai »."""
    if value.provenance not in Provenance.values:
        return _("origine à dire")
    words = str(Provenance(value.provenance).label)
    return f"{words}{_NBSP}: {value.named}" if value.named else words


def period_words(first: date, months: int) -> str:
    """« mai 2026 », « de mai à juillet 2026 », « année 2025 »."""
    if months == 1:
        return month_words(first)
    last = add_months(first, months - 1)
    if months == 12 and first.month == 1:
        return _("année %(year)s") % {"year": first.year}
    start = month_words(first)
    if first.year == last.year:
        start = start.rsplit(" ", 1)[0]
    return _("de %(start)s à %(end)s") % {"start": start, "end": month_words(last)}


def months_of(months: int, line: AskedLine) -> Sequence[int | None]:
    """The ranks of the months of one line; a line that is said once has one, None."""
    return range(months) if line.by_month else (None,)


@dataclass(frozen=True)
class Group:
    """One line for one person: what was asked, what is said, what was said before."""

    line: AskedLine
    who: int
    label: str
    # Month in words (empty: no month), now, before.
    rows: tuple[tuple[str, Value | None, Value | None], ...]
    refused: bool = False

    @property
    def is_used(self) -> bool:
        return any(now or before for _month, now, before in self.rows)

    @property
    def is_said(self) -> bool:
        return any(now for _month, now, _before in self.rows)

    @property
    def title(self) -> str:
        """« Salaires – Elena »."""
        return f"{self.line.title} – {self.label}" if self.label else self.line.title


@dataclass(frozen=True)
class Period:
    """What is declared, and of when."""

    form: DeclaredForm
    first: date

    @property
    def words(self) -> str:
        return period_words(self.first, self.form.months)

    def month(self, rank: int | None) -> str:
        return "" if rank is None else month_words(add_months(self.first, rank))


def grouped(
    period: Period, people: Sequence[str], now: Places, before: Places, refused: Iterable[str] = ()
) -> list[Group]:
    """Every line of a declaration, person by person, month by month."""
    stopped = set(refused)
    return [
        Group(
            line,
            who,
            label if len(people) > 1 and line.by_person else "",
            tuple(
                (period.month(rank), now.get((line.key, who, rank)), before.get((line.key, who, rank)))
                for rank in months_of(period.form.months, line)
            ),
            refused=line.key in stopped,
        )
        for line in period.form.lines
        for who, label in enumerate(people if line.by_person else people[:1])
    ]  # fmt: skip


@dataclass(frozen=True)
class Change:
    """What a correction changes: one value, before and after, in words."""

    title: str
    month: str
    before: str
    after: str


def changes(groups: Iterable[Group]) -> list[Change]:
    """Each value that is not what it was."""
    return [
        Change(
            group.title,
            month,
            value_words(before, group.line.kind),
            value_words(now, group.line.kind),
        )
        for group in groups
        for month, now, before in group.rows
        if not _same(now, before)
    ]


def _same(now: Value | None, before: Value | None) -> bool:
    return now is before if now is None or before is None else now.says_as(before)
