"""Two files brought together, what moved, and what makes files look alike."""

from django.db import models
from django.db.models import F, Q

from tandem.kernel.fields import EncryptedJSONField
from tandem.kernel.models import PublicIdModel
from tandem.kernel.privacy import Privacy
from tandem.structures.models import Affectation, Structure
from tandem.usagers.models import Usager


class RapprochementQuerySet(models.QuerySet["Rapprochement"]):
    def standing(self) -> "RapprochementQuerySet":
        """Not undone."""
        return self.filter(undone_at=None)


class Rapprochement(PublicIdModel):
    """Two files of one structure are the same person's: one is kept, the other hidden, until they are separated."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="+")
    kept = models.ForeignKey(Usager, on_delete=models.PROTECT, related_name="rapprochements")
    merged = models.ForeignKey(Usager, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Affectation, on_delete=models.PROTECT, related_name="+")
    # (label, primary key) of each row that followed; and of those set aside on the merged file.
    moved = models.JSONField(default=list)
    set_aside = models.JSONField(default=list)
    # What was changed besides: as it stood, and as it was left.
    changes = EncryptedJSONField(default=list)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        Affectation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = RapprochementQuerySet.as_manager()

    privacy = Privacy(
        purpose="Réunir deux dossiers de la même personne, et pouvoir les séparer.",
        retention="mandat",
        personal={"kept", "merged", "made_at", "made_by", "undone_at", "undone_by"},
        sensitive={"changes"},
        none={"structure", "moved", "set_aside"},
    )

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["merged"],
                condition=Q(undone_at=None),
                name="one_standing_rapprochement_per_merged_usager",
            ),
            models.CheckConstraint(
                condition=~Q(kept=F("merged")), name="rapprochement_is_of_two_files"
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="rapprochement_is_undone_by_someone",
            ),
        ]


class Likeness(models.Model):
    """Keyed fingerprint of something two files of one person have in common, under the key of the structure."""

    usager = models.ForeignKey(Usager, on_delete=models.CASCADE, related_name="+")
    token = models.CharField(max_length=64)
    # A name beside a known birthdate: two such names are not enough.
    dated = models.BooleanField()

    privacy = Privacy(
        purpose="Trouver deux dossiers de la même personne sans écrire son nom en clair.",
        retention="mandat",
        personal={"usager"},
        sensitive={"token"},
        none={"dated"},
    )

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["token", "usager"], name="likeness_by_token")]
        constraints = [
            models.UniqueConstraint(
                fields=["usager", "token"], name="one_likeness_per_usager_and_token"
            )
        ]


class Distinction(models.Model):
    """Someone looked: these two files are two persons."""

    # The older row first: a pair is said once.
    first = models.ForeignKey(Usager, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Usager, on_delete=models.CASCADE, related_name="+")
    said_at = models.DateTimeField()
    said_by = models.ForeignKey(Affectation, on_delete=models.PROTECT, related_name="+")

    privacy = Privacy(
        purpose="Ne plus proposer de réunir deux personnes qui se ressemblent.",
        retention="mandat",
        personal={"first", "second", "said_at", "said_by"},
    )

    class Meta:
        ordering = ["-said_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second"], name="two_persons_are_distinguished_once"
            ),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="distinction_names_the_older_row_first"
            ),
        ]
