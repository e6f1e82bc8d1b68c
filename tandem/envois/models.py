"""The outbox: one row per message, written in the transaction of the act that causes it."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from tandem.envois.rules import Failure, Kind
from tandem.kernel.fields import EncryptedTextField
from tandem.kernel.models import PublicIdModel
from tandem.kernel.privacy import Privacy


class MessageQuerySet(models.QuerySet["Message"]):
    def waiting(self) -> "MessageQuerySet":
        return self.filter(sent_at=None, failed_at=None)

    def ended(self) -> "MessageQuerySet":
        return self.exclude(sent_at=None, failed_at=None)

    def due(self, *, at: datetime) -> "MessageQuerySet":
        """Waiting, its hour come, and held by no living worker."""
        free = Q(leased_until=None) | Q(leased_until__lte=at)
        return self.waiting().filter(free, next_attempt_at__lte=at)


class Message(PublicIdModel):
    """An e-mail or an SMS. Its end is an instant: sent_at or failed_at; neither means waiting."""

    kind = models.CharField(max_length=5, choices=Kind.choices)
    recipient = EncryptedTextField(null=True)
    subject = EncryptedTextField(null=True)
    body = EncryptedTextField(null=True)
    # SHA-256 of what was sent; stays when the words are gone.
    content_hash = models.CharField(max_length=64)
    # Idempotency: the act that speaks names its message, so that it is said once.
    key = models.CharField(max_length=200, unique=True)
    # The usager concerned (public_id), when there is one.
    about = models.UUIDField(null=True, db_index=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    leased_by = models.CharField(max_length=40, blank=True)
    leased_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=20, blank=True, choices=Failure.choices)

    objects = MessageQuerySet.as_manager()

    privacy = Privacy(
        purpose="Prévenir la personne de ce qui est fait en son nom.",
        retention="envoi",
        personal={"recipient", "about"},
        sensitive={"subject", "body"},
        none={
            "kind", "content_hash", "key", "created_at", "expires_at", "attempts", "next_attempt_at",
            "leased_by", "leased_until", "sent_at", "failed_at", "failure",
        },
    )  # fmt: skip

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(sent_at=None, failed_at=None),
                name="envois_message_waiting",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(failed_at=None),
                name="message_has_one_final_state_at_most",
            ),
            models.CheckConstraint(
                condition=Q(failed_at=None) | ~Q(failure=""),
                name="failed_message_says_why",
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None, failed_at=None)
                | Q(recipient__isnull=True, subject__isnull=True, body__isnull=True),
                name="ended_message_keeps_no_words",
            ),
        ]
