"""A call from one aidant to the others of their structure."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from tandem.entraide.rules import APPEL_LIFETIME, PATH_MAX
from tandem.kernel.models import PublicIdModel
from tandem.kernel.privacy import Privacy
from tandem.structures.models import Affectation, Structure


class AppelQuerySet(models.QuerySet["Appel"]):
    def live(self, *, at: datetime) -> "AppelQuerySet":
        """Not over, and not too old to be true."""
        return self.filter(ended_at=None, called_at__gt=at - APPEL_LIFETIME)


class Appel(PublicIdModel):
    """Someone needs a colleague, on this page, now."""

    structure = models.ForeignKey(Structure, on_delete=models.CASCADE, related_name="+")
    called_by = models.ForeignKey(Affectation, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=PATH_MAX)
    called_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        Affectation, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AppelQuerySet.as_manager()

    privacy = Privacy(
        purpose="Faire venir un collègue sur la page où l’on est.",
        retention="technique",
        personal={"called_by", "answered_by"},
        none={"structure", "path", "called_at", "answered_at", "ended_at"},
    )

    class Meta:
        ordering = ["called_at", "pk"]
        indexes = [models.Index(fields=["structure", "ended_at"], name="appel_by_structure")]
        constraints = [
            models.UniqueConstraint(
                fields=["called_by"],
                condition=Q(ended_at=None),
                name="one_open_appel_per_affectation",
            ),
            models.CheckConstraint(
                condition=Q(answered_by=None, answered_at=None)
                | Q(answered_by__isnull=False, answered_at__isnull=False),
                name="answered_appel_says_by_whom_and_when",
            ),
        ]
