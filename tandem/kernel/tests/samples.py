"""Tables that exist in the tests of the kernel only, in a registry of their own."""

from typing import ClassVar

from django.apps.registry import Apps
from django.db import models

from tandem.kernel.fields import EncryptedJSONField, EncryptedTextField
from tandem.kernel.models import PublicIdModel

registry = Apps()


class Card(PublicIdModel):
    """A row with things to hide."""

    title = models.CharField(max_length=20, default="carte")
    name = EncryptedTextField(blank=True)
    nickname = EncryptedTextField(null=True)
    details = EncryptedJSONField(null=True)

    # Outside the global registry, the plugin of mypy does not add it.
    objects: ClassVar[models.Manager["Card"]] = models.Manager()

    class Meta:
        app_label = "kernel"
        apps = registry


class Bare(models.Model):
    """A table that the field must refuse: it has no public identifier."""

    name = EncryptedTextField()

    class Meta:
        app_label = "kernel"
        apps = registry


class Indexed(PublicIdModel):
    """A table that the field must refuse: an index on a ciphertext is of no use."""

    name = EncryptedTextField(unique=True)

    class Meta:
        app_label = "kernel"
        apps = registry
