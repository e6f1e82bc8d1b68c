"""A declaration before it leaves: begun, filled as the last time, changed, its lines left to the person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.accompagnements.actions import Wanted, follow_demarche
from tandem.accompagnements.models import DemarcheSuivie
from tandem.accompagnements.queries import demarches_of
from tandem.declarations import events
from tandem.declarations.actions.doors import (
    DeclarationChanged,
    DeclarationRefused,
    asked,
    at_work_on,
    locked,
    locked_followed,
    require_changeable,
    trace,
)
from tandem.declarations.models import Declaration
from tandem.declarations.queries import former_of
from tandem.declarations.rules import (
    LABEL_MAX,
    PEOPLE_MAX,
    Value,
    placed,
    repeated,
    sourced,
    unsourced,
)
from tandem.journal.rules import Fact
from tandem.kernel.text import clean_line
from tandem.referentiels.models import Demarche
from tandem.referentiels.queries import declared_form
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager


@dataclass(frozen=True)
class Typed:
    """What the page of values says. `chosen`: where values come from, by line and person; `("", 0)`: all of them."""

    values: Sequence[Value]
    chosen: Mapping[tuple[str, int], tuple[str, str]]
    period_start: date
    based_on: int
    added_person: str = ""
    overridden: tuple[str, ...] = ()


@transaction.atomic
def begin_for(
    *, acteur: Acteur, usager: Usager, demarche: Demarche, at: datetime, key: UUID | None = None
) -> Declaration:
    """Prepare a declaration for someone: in the démarche already followed for them, or in a new one.

    Raises:
        DeclarationRefused: the catalogue has no such declaration, or the thème is not allowed here.
    """
    known = demarches_of(acteur, usager).filter(demarche=demarche, closed_at=None).first()
    if known is None:
        known = asked(
            lambda: follow_demarche(
                acteur=acteur, wanted=Wanted(demarche=demarche), usager=usager, key=key, at=at
            )
        )
    return prepare(acteur=acteur, demarche_suivie=known, at=at)


@transaction.atomic
def prepare(*, acteur: Acteur, demarche_suivie: DemarcheSuivie, at: datetime) -> Declaration:
    """The declaration to send now: the one waiting, or one for the période declared today. Twice is once.

    Raises:
        DeclarationRefused: nobody is named yet, it ended, or the catalogue asks nothing of this démarche.
    """
    row = locked_followed(acteur, demarche_suivie)
    form = None if row.demarche is None else declared_form(row.demarche.slug)
    if row.usager is None or form is None:
        raise DeclarationRefused(_("Dites d’abord de qui il s’agit, et quelle déclaration."))
    if row.closed_at is not None:
        raise DeclarationRefused(_("Cette démarche est terminée. Rouvrez-la pour la reprendre."))
    waiting = row.declarations.open().filter(corrects=None).order_by("period_start").first()
    if waiting is not None:
        return waiting
    last = row.declarations.sent().filter(corrects=None).order_by("-period_start").first()
    first = form.first_month(row.usager.local_date(at), None if last is None else last.period_start)
    return _begin(acteur, row, first, at)


def _begin(acteur: Acteur, followed: DemarcheSuivie, first: date, at: datetime) -> Declaration:
    row = Declaration.objects.create(
        demarche_suivie=followed,
        period_start=first,
        values=[],
        people=[""],
        created_at=at,
        created_by=at_work_on(acteur, followed),
    )
    trace(events.BEGUN, acteur, row, at, demarche=row.form.slug, kind="declaration")
    return row


@transaction.atomic
def copy_former(*, acteur: Acteur, declaration: Declaration, at: datetime) -> Declaration:
    """« Tout est comme la dernière fois », said again by the person: one gesture, and each value says so (P-17).

    Raises:
        DeclarationRefused: it is sent, or nothing was sent before.
    """
    row = locked(acteur, declaration)
    require_changeable(row)
    former = former_of(row)
    if former is None or row.corrects is not None:
        raise DeclarationRefused(_("Il n’y a pas de déclaration d’avant à reprendre."))
    values = [value for value in repeated(former.says) if value.line not in row.left_lines]
    # Sent again, it is there already.
    if row.values == [value.packed() for value in values] and row.people == former.people:
        return row
    row.people = list(former.people)
    _keep(row, values)
    trace(events.COPIED, acteur, row, at, count=len(values))
    return row


def _keep(row: Declaration, values: Sequence[Value]) -> bool:
    """Save values: what was agreed to is not what is there any more. Was it to be read again?"""
    again = row.assented_at is not None
    row.values = [value.packed() for value in values]
    row.unsourced = unsourced(values)
    row.number += 1
    row.assented_at, row.assent_how, row.assented_by = None, "", None
    row.save()
    return again


@transaction.atomic
def save_values(
    *, acteur: Acteur, declaration: Declaration, typed: Typed, at: datetime
) -> Declaration:
    """Keep what was typed. An agreement given before is taken back: what is there was not read (A-16).

    Raises:
        DeclarationChanged: other values were saved since the page was shown.
        DeclarationRefused: it is sent; the période has a declaration already; too many people.
    """
    row = locked(acteur, declaration)
    require_changeable(row)
    if typed.based_on != row.number:
        raise DeclarationChanged
    _move(row, typed.period_start)
    label = clean_line(typed.added_person)[:LABEL_MAX]
    if label:
        if len(row.people) >= PEOPLE_MAX:
            raise DeclarationRefused(_("Il y a déjà %(count)s personnes.") % {"count": PEOPLE_MAX})
        row.people = [*row.people, label]
    known = placed(row.says)
    values = sourced(typed.values, known, typed.chosen)
    again = _keep(row, [value for value in values if value.line not in row.left_lines])
    facts: dict[str, Fact] = {"count": len(values), "unsourced": row.unsourced, "read_again": again}
    if typed.overridden:
        facts["secret_override"] = list(typed.overridden)
    trace(events.VALUES_SAVED, acteur, row, at, **facts)
    return row


def _move(row: Declaration, first: date) -> None:
    """The site asks other months than those of the catalogue: before it is sent, and not for a correction."""
    if first == row.period_start or row.corrects is not None or row.filed_at is not None:
        return
    taken = row.demarche_suivie.declarations.filter(corrects=None, period_start=first)
    if taken.exists():
        raise DeclarationRefused(_("Cette période a déjà sa déclaration."))
    row.period_start = first


@transaction.atomic
def leave_line(*, acteur: Acteur, declaration: Declaration, line: str, at: datetime) -> Declaration:
    """The aidant does not enter this line: no reason asked, none kept; the person may (P-18).

    Raises:
        DeclarationRefused: it is sent, or asks no such line.
    """
    row = locked(acteur, declaration)
    require_changeable(row)
    if row.form.line(line) is None:
        raise DeclarationRefused(_("Cette ligne n’est pas dans la déclaration."))
    if line in row.left_lines:
        return row
    row.left_lines = [*row.left_lines, line]
    _keep(row, [value for value in row.says if value.line != line])
    trace(events.ENTRY_REFUSED, acteur, row, at)
    return row


@transaction.atomic
def resume_line(
    *, acteur: Acteur, declaration: Declaration, line: str, at: datetime
) -> Declaration:
    """The line is entered here after all. Twice is once."""
    row = locked(acteur, declaration)
    require_changeable(row)
    if line not in row.left_lines:
        return row
    row.left_lines = [key for key in row.left_lines if key != line]
    _keep(row, row.says)
    trace(events.ENTRY_RESUMED, acteur, row, at)
    return row
