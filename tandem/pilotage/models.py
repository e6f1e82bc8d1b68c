"""Tables of pilotage: figures, and nothing that leads to someone."""

from django.db import models
from django.db.models import Q

from tandem.kernel.privacy import Privacy
from tandem.pilotage.rules import Table
from tandem.structures.models import Structure


class MonthCount(models.Model):
    """One figure of one closed month of one structure. There is no column for an aidant nor for a person (P-19)."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    table = models.CharField(max_length=10, choices=Table)
    line = models.CharField(max_length=20)
    value = models.PositiveIntegerField()

    privacy = Privacy(
        purpose="Rendre compte aux financeurs, sans compter personne à part.",
        retention="structure",
        none={"structure", "month", "table", "line", "value"},
    )

    class Meta:
        ordering = ["month", "table", "line"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "month", "table", "line"],
                name="one_count_per_structure_month_and_line",
            ),
            models.CheckConstraint(
                condition=Q(table__in=Table.values), name="count_table_is_known"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="count_begins_with_a_month"),
        ]


class ClosedMonth(models.Model):
    """A month that was counted, even when nothing happened in it: it is never counted again."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    counted_at = models.DateTimeField()

    privacy = Privacy(
        purpose="Ne compter un mois qu’une fois.",
        retention="structure",
        none={"structure", "month", "counted_at"},
    )

    class Meta:
        ordering = ["month", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "month"], name="one_closing_per_structure_and_month"
            )
        ]
