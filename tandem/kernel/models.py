"""Bases of the models, and the two small tables that the kernel itself needs."""

import uuid
from typing import ClassVar

from django.db import models

from tandem.kernel.privacy import Privacy


class PublicIdModel(models.Model):
    """A row with a random public identifier: the only one that URLs, forms and journals show."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


class PeriodicRun(models.Model):
    """When a periodic job last ran, and which worker holds it now."""

    privacy: ClassVar[Privacy] = Privacy(
        purpose="Faire tourner chaque tâche périodique une seule fois à la fois.",
        retention="technique",
        none={"name", "last_run_at", "last_state", "lease_by", "lease_until"},
    )

    name = models.CharField(max_length=80, unique=True)
    last_run_at = models.DateTimeField(null=True)
    last_state = models.CharField(max_length=200, blank=True)
    lease_by = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ("name",)


class LimitCounter(models.Model):
    """How much of a limit was used in one window; the key is hashed, the window ends by itself."""

    privacy: ClassVar[Privacy] = Privacy(
        purpose="Ralentir les essais répétés.",
        retention="technique",
        none={"key_hash", "count", "ends_at"},
    )

    key_hash = models.CharField(max_length=64, unique=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("ends_at", "pk")
