"""The table of declarations: of one démarche that is followed, for one période."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from tandem.accompagnements.models import DemarcheSuivie, Depot
from tandem.courriers.models import Lettre
from tandem.declarations.rules import AssentHow, Period, State, Value, unpacked
from tandem.kernel.fields import EncryptedJSONField
from tandem.kernel.models import PublicIdModel
from tandem.kernel.privacy import Privacy
from tandem.referentiels.declared import DeclaredForm
from tandem.referentiels.public_days import add_months
from tandem.referentiels.queries import declared_form
from tandem.structures.models import Affectation
from tandem.usagers.models import Usager


class DeclarationQuerySet(models.QuerySet["Declaration"]):
    def open(self) -> "DeclarationQuerySet":
        """Not sent yet."""
        return self.filter(filed_at=None)

    def sent(self) -> "DeclarationQuerySet":
        return self.filter(filed_at__isnull=False)


class Declaration(PublicIdModel):
    """What is declared for one période; a correction holds what is declared instead.

    It goes with its démarche: the same clock, the same erasure.
    """

    demarche_suivie = models.ForeignKey(
        DemarcheSuivie, on_delete=models.CASCADE, related_name="declarations"
    )
    corrects = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="corrections"
    )
    period_start = models.DateField()
    # rules.Value, packed. The first of the people is the person: said by their name, kept empty.
    values = EncryptedJSONField()
    people = EncryptedJSONField()
    # Changes at each save: what was on the page is what is saved, or read, or agreed.
    number = models.PositiveIntegerField(default=0)
    # How many values do not say where they come from (P-17).
    unsourced = models.PositiveSmallIntegerField(default=0)
    # Lines that the aidant leaves to the person, without a reason (P-18).
    left_lines = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()
    # None: made by the machine when the one before was sent.
    created_by = models.ForeignKey(
        Affectation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    assented_at = models.DateTimeField(null=True, blank=True)
    assent_how = models.CharField(max_length=10, choices=AssentHow, blank=True)
    assented_by = models.ForeignKey(
        Affectation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    filed_at = models.DateTimeField(null=True, blank=True)
    # Never erased without its démarche, and then with it.
    depot = models.OneToOneField(
        Depot, on_delete=models.RESTRICT, null=True, blank=True, related_name="declaration"
    )
    # The person sent it without us: what it says is what the site shows.
    sent_alone = models.BooleanField(default=False)
    lettre = models.ForeignKey(
        Lettre, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = DeclarationQuerySet.as_manager()

    privacy = Privacy(
        purpose="Ne pas redemander ce qui a été dit la dernière fois, et pouvoir corriger ce qui a été envoyé.",
        retention="suivi",
        personal={
            "demarche_suivie", "corrects", "period_start", "values", "people", "left_lines", "created_by",
            "assented_by", "depot", "lettre",
        },
        none={
            "number", "unsourced", "created_at", "assented_at", "assent_how", "filed_at", "sent_alone",
        },
    )  # fmt: skip

    class Meta:
        ordering = ["-period_start", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["demarche_suivie", "period_start"],
                condition=Q(corrects=None),
                name="one_declaration_per_demarche_and_period",
            ),
            models.UniqueConstraint(
                fields=["corrects"],
                condition=Q(filed_at=None),
                name="one_correction_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(assented_at=None, assent_how="", assented_by=None)
                | Q(
                    assented_at__isnull=False,
                    assent_how__in=AssentHow.values,
                    assented_by__isnull=False,
                ),
                name="declaration_assent_says_how_and_to_whom",
            ),
            models.CheckConstraint(
                condition=Q(assented_at=None) | Q(unsourced=0, number__gte=1),
                name="declaration_agreed_says_where_each_value_comes_from",
            ),
            models.CheckConstraint(
                condition=Q(filed_at=None, depot=None)
                | Q(filed_at__isnull=False, sent_alone=True, depot=None)
                | Q(
                    filed_at__gte=F("assented_at"),
                    assented_at__isnull=False,
                    depot__isnull=False,
                    sent_alone=False,
                ),
                name="declaration_sent_was_agreed_and_has_its_depot",
            ),
        ]

    @property
    def form(self) -> DeclaredForm:
        """What the catalogue asks. A démarche that the catalogue forgot cannot be declared any more."""
        demarche = self.demarche_suivie.demarche
        found = None if demarche is None else declared_form(demarche.slug)
        assert found is not None  # noqa: S101 - asked when it is begun
        return found

    @property
    def period(self) -> Period:
        return Period(self.form, self.period_start)

    @property
    def usager(self) -> Usager:
        usager = self.demarche_suivie.usager
        assert usager is not None  # noqa: S101 - asked when it is begun
        return usager

    @property
    def household(self) -> list[str]:
        """The person by their name, then those of their household whose resources count."""
        return [self.usager.display_name, *self.people[1:]]

    @property
    def says(self) -> list[Value]:
        """Its values."""
        return unpacked(self.values)

    @property
    def state(self) -> State:
        if self.filed_at is not None:
            return State.ALONE if self.sent_alone else State.FILED
        if self.assented_at is not None:
            return State.AGREED
        return State.DRAFT if self.number else State.TO_COME

    def next_start(self) -> date:
        """The first month of the one after."""
        return add_months(self.period_start, self.form.months)

    def get_absolute_url(self) -> str:
        return reverse("declarations:detail", args=[self.public_id])
