"""Practice sheets of the whole instance: nothing in them is about a person helped."""

from django.db import models
from django.db.models import F, Q

from tandem.comptes.models import Compte
from tandem.fiches.rules import PART_LENGTH, REPORT_LENGTH, HiddenBy, HideReason
from tandem.kernel.models import PublicIdModel
from tandem.kernel.privacy import Privacy
from tandem.referentiels.models import Demarche
from tandem.structures.models import Affectation, Structure

_TOGETHER = Q(hidden_at=None, hide_reason="") | (Q(hidden_at__isnull=False) & ~Q(hide_reason=""))


class Fiche(PublicIdModel):
    """The sheet of one démarche."""

    demarche = models.OneToOneField(Demarche, on_delete=models.PROTECT, related_name="fiche")
    opened_at = models.DateTimeField()

    privacy = Privacy(
        purpose="Partager entre aidants ce qu’il faut savoir d’une démarche.",
        retention="catalogue",
        none={"demarche", "opened_at"},
    )

    class Meta:
        ordering = ["demarche__theme__order", "demarche__name", "pk"]


class VersionQuerySet(models.QuerySet["Version"]):
    def shown(self) -> "VersionQuerySet":
        """Not taken away by moderation."""
        return self.filter(hidden_at=None)

    def hidden(self) -> "VersionQuerySet":
        """Taken away: nobody reads it, moderation may show it again."""
        return self.filter(hidden_at__isnull=False)


class Version(PublicIdModel):
    """What a sheet says from one day on; never changed, hidden at most."""

    fiche = models.ForeignKey(Fiche, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    traps = models.TextField(max_length=PART_LENGTH, blank=True)
    limits = models.TextField(max_length=PART_LENGTH, blank=True)
    correspondents = models.TextField(max_length=PART_LENGTH, blank=True)
    # Shown under the text; the author never is, and is forgotten some months after they left.
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(
        Affectation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True, blank=True)
    hide_reason = models.CharField(max_length=8, choices=HideReason.choices, blank=True)
    # Empty while it is shown, and for what was hidden before this was written: then the operator answers.
    hidden_by = models.CharField(
        max_length=8, choices=HiddenBy.choices, blank=True, default="", db_default=""
    )

    objects = VersionQuerySet.as_manager()

    privacy = Privacy(
        purpose="Savoir ce qu’une fiche disait, quelle structure l’a écrit, et qui en répond.",
        retention="compte",
        personal={"author"},
        none={
            "fiche", "number", "traps", "limits", "correspondents", "structure", "at", "hidden_at",
            "hide_reason", "hidden_by",
        },
    )  # fmt: skip

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["fiche", "number"], name="one_version_per_fiche_and_number"
            ),
            models.CheckConstraint(
                condition=~Q(traps="") | ~Q(limits="") | ~Q(correspondents=""),
                name="version_says_something",
            ),
            models.CheckConstraint(condition=_TOGETHER, name="hidden_version_has_a_reason"),
        ]


class Thanks(PublicIdModel):
    """An aidant found the sheet useful: counted, never shown by name."""

    fiche = models.ForeignKey(Fiche, on_delete=models.CASCADE, related_name="thanks")
    # The person, wherever they work: one thank-you each.
    compte = models.ForeignKey(Compte, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    privacy = Privacy(
        purpose="Compter les mercis, un par aidant.",
        retention="compte",
        personal={"compte", "at"},
        none={"fiche"},
    )

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["fiche", "compte"], name="one_thanks_per_fiche_and_compte"
            )
        ]


class ChangeQuerySet(models.QuerySet["Change"]):
    def standing(self) -> "ChangeQuerySet":
        """Neither answered by a version nor hidden."""
        return self.filter(resolved_at=None, hidden_at=None)

    def hidden(self) -> "ChangeQuerySet":
        """Taken away: nobody reads it, moderation may show it again."""
        return self.filter(hidden_at__isnull=False)


class Change(PublicIdModel):
    """« Ça a changé »: what an aidant saw, shown until a new version says it."""

    demarche = models.ForeignKey(Demarche, on_delete=models.PROTECT, related_name="changes")
    words = models.TextField(max_length=REPORT_LENGTH)
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(
        Affectation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hide_reason = models.CharField(max_length=8, choices=HideReason.choices, blank=True)
    # Empty while it is shown, and for what was hidden before this was written: then the operator answers.
    hidden_by = models.CharField(
        max_length=8, choices=HiddenBy.choices, blank=True, default="", db_default=""
    )

    objects = ChangeQuerySet.as_manager()

    privacy = Privacy(
        purpose="Prévenir les aidants qu’une démarche a changé.",
        retention="compte",
        personal={"author"},
        none={
            "demarche", "words", "structure", "at", "resolved_at", "hidden_at", "hide_reason",
            "hidden_by",
        },
    )  # fmt: skip

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["demarche", "-at"], name="fiches_changes_of_a_demarche")]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="change_says_something"),
            models.CheckConstraint(condition=_TOGETHER, name="hidden_change_has_a_reason"),
            models.CheckConstraint(
                condition=Q(resolved_at=None) | Q(resolved_at__gte=F("at")),
                name="change_is_resolved_after_it_is_said",
            ),
        ]
