"""Reads of declarations. As the démarche is seen, so is what was declared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tandem.accompagnements.models import DemarcheSuivie
from tandem.accompagnements.queries import (
    covering_autorisations,
    demarches_visible_to,
    is_followed_before,
)
from tandem.declarations.models import Declaration, DeclarationQuerySet
from tandem.declarations.rules import Change, Group, Places, changes, grouped, placed
from tandem.echeances.models import Echeance
from tandem.echeances.rules import EcheanceKind
from tandem.fiches.queries import sheet_of
from tandem.kernel.refusals import Refusal
from tandem.mandats.models import Autorisation
from tandem.referentiels.models import Demarche
from tandem.referentiels.queries import deadlines_of, declared_slugs, demarches
from tandem.structures.models import Acteur
from tandem.ui.rules import last_day
from tandem.usagers.models import Usager

# What the page of a person shows of what was sent.
SENT_SHOWN = 6


class DeclarationUnknown(Refusal):
    """No such declaration among those the acteur sees: a stranger learns nothing more."""

    status = 404
    code = "not_found"

    def __init__(self) -> None:
        super().__init__(_("Cette déclaration n’est pas suivie dans votre structure."))


def declarations_visible_to(acteur: Acteur) -> DeclarationQuerySet:
    """Those of the démarches that the acteur sees, for someone who has a name; the latest période first."""
    seen = is_followed_before(acteur, "demarche_suivie")
    return (
        Declaration.objects.filter(seen, demarche_suivie__usager__isnull=False)
        .select_related(
            "demarche_suivie__structure",
            "demarche_suivie__usager__structure",
            "demarche_suivie__demarche",
            "demarche_suivie__theme",
            "depot__receipt",
            "assented_by__compte",
            "corrects",
        )
        .order_by("-period_start", "-pk")
    )


def declaration_visible_to(acteur: Acteur, public_id: UUID) -> Declaration:
    """One declaration.

    Raises:
        DeclarationUnknown: not visible to this acteur, whatever the reason.
    """
    found = declarations_visible_to(acteur).filter(public_id=public_id).first()
    if found is None:
        raise DeclarationUnknown
    return found


def declarations_of(acteur: Acteur, usager: Usager) -> DeclarationQuerySet:
    """Those of one person."""
    return declarations_visible_to(acteur).filter(demarche_suivie__usager=usager)


def former_of(row: Declaration) -> Declaration | None:
    """What stands beside: what a correction corrects; else what was last sent for the période before, corrected or not.

    Whatever the démarche it was sent in: the same person, the same declaration.
    """
    if row.corrects is not None:
        return row.corrects
    followed = row.demarche_suivie
    return (
        Declaration.objects.sent()
        .filter(
            demarche_suivie__usager=followed.usager_id,
            demarche_suivie__demarche=followed.demarche_id,
            demarche_suivie__structure=followed.structure_id,
            period_start__lt=row.period_start,
        )
        .order_by("-period_start", "-filed_at", "-pk")
        .first()
    )


def standing_of(row: Declaration) -> Declaration:
    """What the service has of this période: the last correction sent, or the declaration itself."""
    first = row.corrects or row
    return first.corrections.sent().order_by("-filed_at", "-pk").first() or first


def open_correction_of(row: Declaration) -> Declaration | None:
    """The correction being prepared."""
    return (row.corrects or row).corrections.open().first()


@dataclass(frozen=True)
class Sheet:
    """What the pages of one declaration show."""

    row: Declaration
    former: Declaration | None
    groups: Sequence[Group]

    @property
    def said(self) -> list[Group]:
        """The lines that say something, and those left to the person."""
        return [group for group in self.groups if group.is_said or group.refused]

    @property
    def changes(self) -> list[Change]:
        """What a correction changes."""
        return [] if self.row.corrects is None else changes(self.groups)


def sheet_of_declaration(row: Declaration) -> Sheet:
    """Its lines, person by person, the former ones beside. Two queries at most."""
    former = former_of(row)
    before: Places = {} if former is None else placed(former.says)
    now = placed(row.says)
    groups = grouped(row.period, row.household, now, before, row.left_lines)
    return Sheet(row, former, groups)


def next_due(followed: DemarcheSuivie) -> Echeance | None:
    """The day of the next declaration, as the list of dates has it."""
    return (
        Echeance.objects.open()
        .filter(demarche_suivie=followed, kind=EcheanceKind.DECLARATION)
        .order_by("due_on", "pk")
        .first()
    )


@dataclass(frozen=True)
class EndsBefore:
    """A line of a mandat that ends before the next declaration: to be renewed while the person is there."""

    line: Autorisation
    due_on: date


def ends_before_next(row: Declaration, *, at: datetime) -> EndsBefore | None:
    """The warning, if a mandat covers this démarche now, and no longer the day of the next one."""
    # The one that lasts: another may end before, and nothing is lost.
    lines = covering_autorisations(row.demarche_suivie, at=at)
    line = max(lines, key=lambda one: one.ends_at, default=None)
    due = next_due(row.demarche_suivie)
    day = None if due is None else due.due_on
    if day is None:
        known = deadlines_of(row.form.slug)
        again = None if known is None else known.recurrence
        day = None if again is None else again.next_after(row.usager.local_date(at))
    if line is None or day is None:
        return None
    end = last_day(line.ends_at.astimezone(row.usager.structure.zone))
    return EndsBefore(line, day) if end < day else None


def correspondents_of(acteur: Acteur, row: Declaration) -> str:
    """Whom colleagues say to call, in the sheet of this démarche; empty when nobody wrote it."""
    return sheet_of(acteur, row.form.slug).texts.correspondents


@dataclass(frozen=True)
class PersonDeclarations:
    """What the page of a person shows."""

    open: Sequence[Declaration]
    sent: Sequence[Declaration]
    # Followed, with no declaration open.
    ready: Sequence[DemarcheSuivie]


def declarations_for_person(
    acteur: Acteur, usager: Usager, *, with_sent: bool = False
) -> PersonDeclarations:
    """Those open, the démarches for which one may be prepared, what was sent last: one query each."""
    sent = declarations_of(acteur, usager).sent()[:SENT_SHOWN] if with_sent else ()
    return person_declarations(
        started_for(acteur, usager), declared_for(acteur, usager), sent=list(sent)
    )


def started_for(acteur: Acteur, usager: Usager) -> DeclarationQuerySet:
    """Those of one person that are not sent."""
    return declarations_of(acteur, usager).open().order_by("period_start", "pk")


def declared_for(acteur: Acteur, usager: Usager) -> QuerySet[DemarcheSuivie]:
    """The démarches of one person that are declarations."""
    followed = demarches_visible_to(acteur).filter(
        usager=usager, closed_at=None, demarche__slug__in=declared_slugs()
    )
    return followed.order_by("opened_at", "pk")


def person_declarations(
    started: Iterable[Declaration],
    followed: Iterable[DemarcheSuivie],
    *,
    sent: Sequence[Declaration] = (),
) -> PersonDeclarations:
    """What the page of a person shows, of rows already fetched."""
    opened = list(started)
    held = {row.demarche_suivie_id for row in opened if row.corrects_id is None}
    return PersonDeclarations(
        open=opened, sent=sent, ready=[row for row in followed if row.pk not in held]
    )


def declarable(known: Iterable[DemarcheSuivie | Declaration] = ()) -> list[Demarche]:
    """The declarations of the catalogue, without those already there."""
    there = {
        row.demarche_id if isinstance(row, DemarcheSuivie) else row.demarche_suivie.demarche_id
        for row in known
    }
    rows = demarches().filter(slug__in=declared_slugs())
    return [row for row in rows if row.pk not in there]
