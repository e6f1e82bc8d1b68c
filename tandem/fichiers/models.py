"""Files kept encrypted in a folder; their names and keys here."""

from typing import ClassVar

from django.db import models

from tandem.kernel.fields import EncryptedTextField
from tandem.kernel.models import PublicIdModel
from tandem.kernel.privacy import Privacy


class StoredFile(PublicIdModel):
    """One encrypted file, with its own key: once the key is erased, nobody opens it again."""

    privacy: ClassVar[Privacy] = Privacy(
        purpose="Garder un document chiffré pour ce qui l'a produit ou reçu.",
        retention="mandat",
        personal={"owner_id", "name", "data_key"},
        none={"owner_label", "media_type", "size", "sha256", "created_at", "erased_at"},
    )

    # What the file belongs to, in a room above: a label and a random identifier, no foreign key.
    owner_label = models.CharField(max_length=120)
    owner_id = models.UUIDField()
    name = EncryptedTextField(blank=True)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    # Of the plain content; erased with the key, for it would recognise a known document.
    sha256 = models.CharField(max_length=64, blank=True)
    # The key of this file alone, in base64, wrapped by the key of the installation.
    data_key = EncryptedTextField(blank=True)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        verbose_name = "fichier"
        indexes = [models.Index(fields=("owner_label", "owner_id"), name="fichier_owner")]
