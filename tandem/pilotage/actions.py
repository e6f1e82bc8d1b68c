"""Writes of pilotage: a month is closed once; an export leaves a line in the journal."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.journal.actions import record
from tandem.journal.rules import Subject
from tandem.kernel.refusals import Refusal
from tandem.pilotage import events, queries, rules
from tandem.pilotage.models import ClosedMonth, MonthCount
from tandem.structures.models import Acteur, Structure


class ExportRefused(Refusal):
    """There is nothing to export, or not for this acteur."""


def close_due_months(*, at: datetime) -> int:
    """Count every month that is over and not counted yet; returns how many.

    Each month is one transaction: stopped half-way, it goes on where it was (resumable).
    """
    done = set(ClosedMonth.objects.values_list("structure_id", "month"))
    closed = 0
    # What is practised is counted nowhere.
    for structure in Structure.objects.true().order_by("pk").iterator():
        for first in rules.closed_months(structure.created_at, at, structure.zone):
            if (structure.pk, first) not in done:
                closed += close_month(structure=structure, first=first, at=at)
    return closed


@transaction.atomic
def close_month(*, structure: Structure, first: date, at: datetime) -> bool:
    """Count one month, once: False when it was already closed."""
    # Two workers: the second waits for this row, then leaves the figures alone.
    Structure.objects.select_for_update().get(pk=structure.pk)
    _row, created = ClosedMonth.objects.get_or_create(
        structure=structure, month=first, defaults={"counted_at": at}
    )
    if not created:
        return False
    MonthCount.objects.bulk_create(
        MonthCount(structure=structure, month=first, table=table, line=line, value=value)
        for table, lines in queries.count_month(structure, first).items()
        for line, value in sorted(lines.items())
        if value
    )
    return True


@transaction.atomic
def export_year(*, acteur: Acteur, year: int, at: datetime) -> list[list[str]]:
    """The rows of a year, to be written in a file; the journal says who took them (S-28).

    Raises:
        ExportRefused: not a référent, or no closed month in that year.
    """
    structure = acteur.structure
    if not acteur.may_manage or structure is None:
        raise ExportRefused(_("Seul un référent de la structure exporte les statistiques."))
    rows = queries.export_rows(acteur, year=year)
    if not rows:
        raise ExportRefused(_("Aucun mois de cette année n’est encore compté."))
    record(
        events.EXPORTED,
        author=acteur.author,
        subject=Subject("structure", structure.public_id),
        at=at,
        facts={"year": year, "rows": len(rows)},
    )
    return rows
