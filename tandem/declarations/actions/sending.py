"""A declaration leaves: read back, agreed to, filed with its receipt; the next one is there, with its day."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.accompagnements.actions import file_demarche
from tandem.accompagnements.models import DemarcheSuivie
from tandem.accompagnements.rules import Filing
from tandem.declarations import events
from tandem.declarations.actions.doors import (
    DeclarationChanged,
    DeclarationRefused,
    asked,
    at_work_on,
    locked,
    require_changeable,
    trace,
)
from tandem.declarations.models import Declaration
from tandem.declarations.queries import next_due
from tandem.declarations.rules import AssentHow, State
from tandem.echeances.actions import add_echeance, change_echeance, finish_echeance
from tandem.echeances.models import Echeance
from tandem.echeances.rules import EcheanceKind, Noted
from tandem.referentiels.deadlines import Recurrence
from tandem.referentiels.queries import deadlines_of
from tandem.structures.models import Acteur

_AGREED: Final = frozenset({State.AGREED})


@transaction.atomic
def record_assent(
    *, acteur: Acteur, declaration: Declaration, how: AssentHow, number: int, at: datetime
) -> Declaration:
    """The declaration was read back, and the person agrees (P-17, A-16). `number`: what was read.

    Raises:
        DeclarationChanged: it is not what is there any more.
        DeclarationRefused: sent already; nothing is said; a value does not say where it comes from; the death of
            the person is known (P-37).
    """
    row = locked(acteur, declaration)
    if row.filed_at is not None:
        raise DeclarationRefused(_("Cette déclaration est déjà envoyée."))
    if row.usager.died_known_at is not None:
        raise DeclarationRefused(
            _("Le décès est enregistré : plus rien ne part au nom de la personne.")
        )
    if number != row.number:
        raise DeclarationChanged
    if row.unsourced:
        raise DeclarationRefused(_("Dites d’abord d’où vient chaque valeur."))
    if not row.number:
        raise DeclarationRefused(
            _(
                "Rien n’est rempli. Même « rien à déclarer » se dit : enregistrez la page des valeurs."
            )
        )
    row.assented_at, row.assent_how = at, how
    row.assented_by = at_work_on(acteur, row.demarche_suivie)
    row.save(update_fields=["assented_at", "assent_how", "assented_by"])
    trace(events.ASSENTED, acteur, row, at, how=str(how))
    return row


@transaction.atomic
def file_declaration(
    *,
    acteur: Acteur,
    declaration: Declaration,
    filing: Filing,
    at: datetime,
    key: UUID | None = None,
    next_on: date | None = None,
    overridden: Sequence[str] = (),
) -> Declaration:
    """It is sent, with its receipt or why there is none; then the next one is there, with its day.

    `next_on`: the day the site gives for the next one, when it gives one. Sent twice, it is sent once (S-24).

    Raises:
        DeclarationRefused: the person has not agreed to what is there (P-17), or the filing is refused.
    """
    row = locked(acteur, declaration)
    if row.filed_at is not None:
        return row
    if row.state not in _AGREED:
        raise DeclarationRefused(
            _("La personne n’a pas encore dit oui à ce qui est écrit. Relisez avec elle.")
        )
    followed = row.demarche_suivie
    if row.corrects is None:
        _finish_dates(acteur, row, at)
    depot = asked(
        lambda: file_demarche(
            acteur=acteur, demarche_suivie=followed, filing=filing, key=key, overridden=overridden, at=at
        )
    )  # fmt: skip
    row.depot, row.filed_at = depot, at
    row.save(update_fields=["depot", "filed_at"])
    if row.corrects is None:
        _plan_next(acteur, row, at)
    if next_on is not None:
        _date_next(acteur, followed, next_on, at)
    trace(
        events.FILED, acteur, row, at,
        demarche=row.form.slug, correction=row.corrects is not None, receipt=filing.receipt is not None,
    )  # fmt: skip
    return row


@transaction.atomic
def note_sent_alone(*, acteur: Acteur, declaration: Declaration, at: datetime) -> Declaration:
    """The person sent it without us: what the site shows is copied here, then corrected if it is wrong.

    Raises:
        DeclarationRefused: it is sent already, or it is a correction.
    """
    row = locked(acteur, declaration)
    if row.sent_alone:
        return row
    require_changeable(row)
    if row.corrects is not None:
        raise DeclarationRefused(_("Une correction s’envoie d’ici."))
    _finish_dates(acteur, row, at)
    row.filed_at, row.sent_alone = at, True
    row.save(update_fields=["filed_at", "sent_alone"])
    _plan_next(acteur, row, at)
    again = _recurrence(row)
    if next_due(row.demarche_suivie) is None and again is not None:
        noted = Noted(
            kind=EcheanceKind.DECLARATION,
            title=row.demarche_suivie.name,
            due_on=again.next_after(row.usager.local_date(at)),
            missed=again.missed,
        )
        asked(lambda: add_echeance(acteur=acteur, owner=row.demarche_suivie, noted=noted, at=at))
    trace(events.FILED, acteur, row, at, demarche=row.form.slug, correction=False, receipt=False)
    return row


def _recurrence(row: Declaration) -> Recurrence | None:
    known = deadlines_of(row.form.slug)
    return None if known is None else known.recurrence


def _finish_dates(acteur: Acteur, row: Declaration, at: datetime) -> None:
    """The day of this one is done; that of the next one stays."""
    again = _recurrence(row)
    if again is None:
        return
    following = again.next_after(row.usager.local_date(at))
    done = Echeance.objects.open().filter(
        demarche_suivie=row.demarche_suivie, kind=EcheanceKind.DECLARATION, due_on__lt=following
    )
    for echeance in done:
        finish_echeance(acteur=acteur, echeance=echeance, at=at)


def _plan_next(acteur: Acteur, row: Declaration, at: datetime) -> None:
    """The declaration of the période after, with the same people; its day follows from the démarche."""
    _row, created = Declaration.objects.get_or_create(
        demarche_suivie=row.demarche_suivie,
        period_start=row.next_start(),
        corrects=None,
        defaults={"values": [], "people": list(row.people), "created_at": at},
    )
    if created:
        trace(events.NEXT_PLANNED, acteur, _row, at)


def _date_next(acteur: Acteur, followed: DemarcheSuivie, day: date, at: datetime) -> None:
    due = next_due(followed)
    if due is not None and due.due_on != day:
        asked(lambda: change_echeance(acteur=acteur, echeance=due, due_on=day, at=at))
