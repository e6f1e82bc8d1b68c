"""The table of dates: of a démarche that is followed, or of a person."""

from datetime import date, datetime

from django.db import models
from django.db.models import Q
from django.urls import reverse

from tandem.accompagnements.models import DemarcheSuivie
from tandem.echeances.rules import EcheanceKind, EcheanceState, state_of
from tandem.kernel.fields import EncryptedTextField
from tandem.kernel.models import PublicIdModel
from tandem.kernel.privacy import Privacy
from tandem.structures.models import Affectation, Structure
from tandem.usagers.models import Usager


class EcheanceQuerySet(models.QuerySet["Echeance"]):
    def open(self) -> "EcheanceQuerySet":
        """Neither done nor dropped."""
        return self.filter(done_at=None, dropped_at=None)

    def ended(self) -> "EcheanceQuerySet":
        return self.exclude(done_at=None, dropped_at=None)

    def held_by(self, affectation: Affectation | None) -> "EcheanceQuerySet":
        """Those this aidant holds: through the démarche, or theirs when there is none."""
        of_demarche = Q(demarche_suivie__held_by=affectation)
        return self.filter(of_demarche | Q(demarche_suivie=None, held_by=affectation))


class Echeance(PublicIdModel):
    """A last useful day, and what is lost after it."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="+")
    demarche_suivie = models.ForeignKey(
        DemarcheSuivie, on_delete=models.CASCADE, null=True, blank=True, related_name="echeances"
    )
    # Only when no démarche says whose it is.
    usager = models.ForeignKey(
        Usager, on_delete=models.PROTECT, null=True, blank=True, related_name="echeances"
    )
    kind = models.CharField(max_length=16, choices=EcheanceKind)
    # The rule of the catalogue that gave the day; else what was typed.
    rule = models.CharField(max_length=60, blank=True)
    title = EncryptedTextField(blank=True)
    missed = EncryptedTextField(blank=True)
    due_on = models.DateField()
    # The day an aidant typed stays: the catalogue moves it no more.
    typed_day = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    # None: the machine, from the catalogue.
    created_by = models.ForeignKey(
        Affectation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    held_by = models.ForeignKey(
        Affectation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    # Who did or dropped it; None: the machine, when the démarche made it vain.
    ended_by = models.ForeignKey(
        Affectation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The nearest reminder told, in days before the date.
    aidant_step = models.PositiveSmallIntegerField(null=True, blank=True)
    person_step = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = EcheanceQuerySet.as_manager()

    privacy = Privacy(
        purpose="Ne pas laisser passer une date qui ferait perdre un droit.",
        retention="suivi",
        personal={
            "demarche_suivie", "usager", "kind", "rule", "title", "missed", "due_on", "created_by", "held_by",
            "ended_by",
        },
        none={
            "structure", "typed_day", "created_at", "done_at", "dropped_at", "aidant_step", "person_step",
        },
    )  # fmt: skip

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(
                fields=["structure", "due_on"],
                condition=Q(done_at=None, dropped_at=None),
                name="echeance_open_by_day",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(demarche_suivie__isnull=False, usager=None)
                | Q(demarche_suivie=None, usager__isnull=False, held_by__isnull=False),
                name="echeance_is_of_a_demarche_or_of_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(rule="") & Q(demarche_suivie__isnull=False, title="")
                | Q(rule="") & ~Q(title=""),
                name="echeance_comes_from_a_rule_or_is_typed",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(dropped_at=None),
                name="echeance_is_done_or_dropped_not_both",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=EcheanceKind.values), name="echeance_is_of_a_known_kind"
            ),
            models.UniqueConstraint(
                fields=["demarche_suivie", "rule"],
                condition=Q(done_at=None, dropped_at=None) & ~Q(rule=""),
                name="one_open_echeance_per_demarche_and_rule",
            ),
        ]

    @property
    def person(self) -> Usager | None:
        """Whose date it is; None while nobody was named."""
        return self.usager if self.demarche_suivie is None else self.demarche_suivie.usager

    def state_on(self, today: date) -> EcheanceState:
        return state_of(
            due_on=self.due_on,
            done=self.done_at is not None,
            dropped=self.dropped_at is not None,
            today=today,
        )

    def local_date(self, at: datetime) -> date:
        """The day of an instant, in the structure's time zone."""
        return at.astimezone(self.structure.zone).date()

    def get_absolute_url(self) -> str:
        return reverse("echeances:detail", args=[self.public_id])
