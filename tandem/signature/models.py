"""The table of what is being prepared."""

from django.db import models
from django.db.models import F, Q

from tandem.kernel.fields import EncryptedJSONField
from tandem.kernel.models import PublicIdModel
from tandem.kernel.privacy import Privacy


class Draft(PublicIdModel):
    """A mandat being prepared: one owner, one structure frozen at its start, gone after a day."""

    affectation = models.ForeignKey(
        "structures.Affectation", on_delete=models.CASCADE, related_name="+"
    )
    usager = models.ForeignKey(
        "usagers.Usager", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    # Answers, then the identity received: rules.Answers says what is in it. Emptied at signature.
    content = EncryptedJSONField(default=dict)
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # When FranceConnect's answer (or the person's code) was received: worth ten minutes, once.
    identified_at = models.DateTimeField(null=True, blank=True)
    # Set while one request signs, so that a second one waits for its result.
    signing_at = models.DateTimeField(null=True, blank=True)
    mandat = models.OneToOneField(
        "mandats.Mandat", on_delete=models.CASCADE, null=True, blank=True, related_name="draft"
    )
    renews = models.ForeignKey(
        "mandats.Mandat", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    transferred_from = models.ForeignKey(
        "mandats.Mandat", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )

    privacy = Privacy(
        purpose="Préparer un mandat avec la personne, et pouvoir reprendre.",
        retention="transaction_oidc",
        personal={"affectation", "usager", "content"},
        none={
            "started_at", "expires_at", "identified_at", "signing_at", "mandat", "renews",
            "transferred_from",
        },
    )  # fmt: skip

    class Meta:
        # Its name before this room opened: what is encrypted is bound to it (kernel.fields).
        db_table = "mandats_draft"
        ordering = ["-started_at", "-id"]
        indexes = [models.Index(fields=["affectation", "expires_at"], name="draft_owner_expires")]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("started_at")), name="draft_expires_after_it_starts"
            ),
        ]
