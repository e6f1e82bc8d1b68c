"""One row per journey to FranceConnect: what left, for whom, and that it came back once."""

from django.db import models
from django.db.models import Q

from tandem.kernel.models import PublicIdModel
from tandem.kernel.privacy import Privacy
from tandem.oidc_client.rules import Reason


class Attempt(PublicIdModel):
    """One departure to FranceConnect. Secrets stand here by their hash alone; no token ever does."""

    purpose = models.CharField("usage", max_length=40)
    # What the caller identifies somebody for (a draft of mandat): an identifier without foreign key.
    reference = models.UUIDField("référence")
    state_hash = models.CharField("empreinte du state", max_length=64, unique=True)
    nonce_hash = models.CharField("empreinte du nonce", max_length=64)
    binding_hash = models.CharField("empreinte du navigateur", max_length=64)
    logout_state_hash = models.CharField("empreinte du retour", max_length=64, blank=True)
    redirect_uri = models.CharField("adresse de retour", max_length=500)
    post_logout_uri = models.CharField("adresse après déconnexion", max_length=500)
    started_at = models.DateTimeField("départ")
    expires_at = models.DateTimeField("fin de validité")
    consumed_at = models.DateTimeField("retour", null=True, blank=True)
    # Empty: identity received. Otherwise why not.
    refused_for = models.CharField(
        "motif de refus",
        max_length=40,
        blank=True,
        choices=[(reason.value, reason.value) for reason in Reason],
    )
    # The browser came back from FranceConnect's logout.
    logged_out_at = models.DateTimeField("déconnexion", null=True, blank=True)

    privacy = Privacy(
        purpose="Relier un retour de FranceConnect au navigateur et à l'acte qui l'ont demandé.",
        retention="transaction_oidc",
        personal=frozenset(),
        sensitive=frozenset(),
        none={
            "purpose", "reference", "state_hash", "nonce_hash", "binding_hash", "logout_state_hash",
            "redirect_uri", "post_logout_uri", "started_at", "expires_at", "consumed_at", "refused_for",
            "logged_out_at",
        },
    )  # fmt: skip

    class Meta:
        verbose_name = "départ vers FranceConnect"
        verbose_name_plural = "départs vers FranceConnect"
        constraints = [
            models.CheckConstraint(
                condition=Q(refused_for="") | Q(consumed_at__isnull=False),
                name="attempt_is_refused_only_once_back",
            ),
            models.CheckConstraint(
                condition=Q(logged_out_at=None) | Q(consumed_at__isnull=False),
                name="attempt_logs_out_only_once_back",
            ),
            models.UniqueConstraint(
                fields=["logout_state_hash"],
                condition=~Q(logout_state_hash=""),
                name="attempt_has_its_own_logout_state",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="attempt_expires_at")]
