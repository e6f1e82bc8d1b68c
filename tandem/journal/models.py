"""The lines of the journal, the secrets that may be erased, the signed checkpoints.

`Entry` and `Checkpoint` are append-only in the database itself (guards.py). Nothing here holds a
foreign key to another room: the journal neither blocks nor follows the life of the data.
"""

import json
from typing import Any, ClassVar

from django.db import models

from tandem.journal.rules import EVENTS
from tandem.kernel.fields import EncryptedTextField
from tandem.kernel.models import PublicIdModel
from tandem.kernel.privacy import Privacy


class Entry(models.Model):
    """One line of one chain. Its hash is its public identifier."""

    privacy: ClassVar[Privacy] = Privacy(
        purpose="Prouver qui a fait quoi, quand, pour qui, sans aucune valeur personnelle.",
        retention="journal",
        personal={"author_id", "about", "subject_id"},
        none={
            "chain",
            "seq",
            "at",
            "event",
            "author_kind",
            "subject_label",
            "facts_text",
            "commitments_text",
            "previous_hash",
            "hash",
        },
    )

    chain = models.CharField(max_length=36)
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    event = models.CharField(max_length=80)
    author_kind = models.CharField(max_length=20)
    author_id = models.UUIDField(null=True)
    subject_label = models.CharField(max_length=120)
    subject_id = models.UUIDField()
    about = models.UUIDField(null=True)
    # The exact text that was hashed; a JSON column would rewrite it.
    facts_text = models.TextField()
    commitments_text = models.TextField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("-at", "-pk")
        verbose_name = "ligne de journal"
        constraints = [
            models.UniqueConstraint(fields=("chain", "seq"), name="one_entry_per_chain_and_number"),
        ]
        indexes = [
            models.Index(fields=("about", "-at"), name="journal_entry_about"),
            models.Index(fields=("subject_id", "-at"), name="journal_entry_subject"),
            models.Index(fields=("chain", "-at"), name="journal_entry_chain_at"),
        ]

    @property
    def facts(self) -> dict[str, Any]:
        """The facts of the line."""
        facts: dict[str, Any] = json.loads(self.facts_text)
        return facts

    @property
    def commitments(self) -> dict[str, str]:
        """The commitments to its secrets, by name."""
        commitments: dict[str, str] = json.loads(self.commitments_text)
        return commitments

    @property
    def label(self) -> str:
        """The line in plain French."""
        event = EVENTS.get(self.event)
        return str(event.label) if event else self.event


class Secret(PublicIdModel):
    """The clear value behind a commitment, with its salt: erased, the commitment says nothing."""

    privacy: ClassVar[Privacy] = Privacy(
        purpose="Garder la valeur qu'une ligne du journal atteste, jusqu'à son effacement.",
        retention="journal",
        personal={"about", "salt", "value"},
        none={"entry", "name", "erased_at"},
    )

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="secrets")
    name = models.CharField(max_length=80)
    about = models.UUIDField(null=True, db_index=True)
    # Encrypted too: with the salt in clear, a name could be guessed from a stolen table.
    salt = EncryptedTextField(blank=True)
    value = EncryptedTextField(blank=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        verbose_name = "valeur attestée"
        constraints = [
            models.UniqueConstraint(fields=("entry", "name"), name="one_secret_per_entry_and_name"),
        ]


class CheckpointKey(PublicIdModel):
    """An Ed25519 key that signs checkpoints. The newest that is not retired signs."""

    privacy: ClassVar[Privacy] = Privacy(
        purpose="Signer chaque jour la tête des chaînes du journal.",
        retention="journal",
        none={"public_key", "private_key", "created_at", "retired_at"},
    )

    public_key = models.CharField(max_length=64, unique=True)
    private_key = EncryptedTextField()
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        verbose_name = "clé de signature du journal"


class Checkpoint(models.Model):
    """The signed heads of all chains at one instant; each names the one before."""

    privacy: ClassVar[Privacy] = Privacy(
        purpose="Montrer qu'une chaîne a été raccourcie ou réécrite.",
        retention="journal",
        none={"number", "at", "day", "heads", "statement", "signature", "key"},
    )

    number = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    # In UTC: one a day.
    day = models.DateField(unique=True)
    # One line per chain: its name, its last number, its last hash.
    heads = models.TextField()
    # The short text that is signed: it holds the SHA-256 of the heads.
    statement = models.TextField()
    signature = models.CharField(max_length=128)
    key = models.ForeignKey(CheckpointKey, on_delete=models.PROTECT, related_name="checkpoints")

    class Meta:
        ordering = ("-number",)
        verbose_name = "point de contrôle"
