"""What aidants write about a person, each text encrypted, with who may read it."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from tandem.kernel.fields import EncryptedTextField
from tandem.kernel.models import PublicIdModel
from tandem.kernel.privacy import Privacy
from tandem.notes.rules import Kind
from tandem.structures.models import Affectation
from tandem.usagers.models import Usager


class NoteQuerySet(models.QuerySet["Note"]):
    def standing(self, at: datetime) -> "NoteQuerySet":
        """Not past their clock, whether or not the purge has run."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=at))


class Note(PublicIdModel):
    """One note on one person. Its kind never changes: what was written for oneself is not shared later."""

    usager = models.ForeignKey(Usager, on_delete=models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    text = EncryptedTextField()
    # What the law protects more, and why it is written all the same (P-15); empty: nothing of the kind.
    category = EncryptedTextField(blank=True)
    reason = EncryptedTextField(blank=True)
    author = models.ForeignKey(Affectation, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    corrected_at = models.DateTimeField(null=True, blank=True)
    # Working notes only: they end by themselves (A.3).
    expires_at = models.DateTimeField(null=True, blank=True)
    # The démarche suivie a working note serves, by its public id: it ends with it.
    demarche_suivie = models.UUIDField(null=True, blank=True)

    objects = NoteQuerySet.as_manager()

    privacy = Privacy(
        purpose="Se souvenir de ce qui est utile à la personne, et que chacun ne lise que sa part.",
        retention="suivi",
        personal={"usager", "text", "author", "at", "corrected_at", "demarche_suivie"},
        sensitive={"kind", "category", "reason"},
        none={"expires_at"},
    )

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["usager", "-at"], name="notes_of_a_person"),
            models.Index(fields=["expires_at"], name="notes_by_end"),
            models.Index(fields=["demarche_suivie"], name="notes_by_demarche_suivie"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="note_kind_is_known"),
            models.CheckConstraint(condition=~Q(text=""), name="note_says_something"),
            models.CheckConstraint(
                condition=Q(kind=Kind.WORKING, expires_at__isnull=False, expires_at__gt=F("at"))
                | ~Q(kind=Kind.WORKING) & Q(expires_at=None, demarche_suivie=None),
                name="working_note_has_an_end_and_no_other_has",
            ),
            models.CheckConstraint(
                condition=Q(category="", reason="") | (~Q(category="") & ~Q(reason="")),
                name="sensitive_note_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(corrected_at=None) | Q(corrected_at__gte=F("at")),
                name="note_is_corrected_after_it_is_written",
            ),
        ]


class NoteVersion(PublicIdModel):
    """What a note said before a correction: read by whoever reads the note, gone with it."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="versions")
    text = EncryptedTextField()
    # When this text was written; until the next version, or until the note's correction.
    at = models.DateTimeField()

    privacy = Privacy(
        purpose="Montrer ce qu’une note disait avant d’être corrigée.",
        retention="suivi",
        personal={"note", "text", "at"},
    )

    class Meta:
        ordering = ["-at", "-pk"]
