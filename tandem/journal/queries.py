"""Reads of the journal."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db.models import F, QuerySet

from tandem.journal.models import Checkpoint, CheckpointKey, Entry, Secret
from tandem.journal.rules import Subject, commitment, instant_text
from tandem.kernel.crypto import DecryptionError

_CHUNK = 2_000


class JournalBrokenError(Exception):
    """The journal holds something that it did not write."""


def entries_about(*usagers: UUID) -> QuerySet[Entry]:
    """Every line about a person, in all structures, the latest first; about each of their files."""
    return Entry.objects.filter(about__in=usagers)


def entries_of_subject(subject: Subject) -> QuerySet[Entry]:
    """Every line about one object, the latest first."""
    return Entry.objects.filter(subject_label=subject.label, subject_id=subject.id)


def last_entries(structure_public_id: UUID) -> QuerySet[Entry]:
    """The lines of one structure, the latest first."""
    return Entry.objects.filter(chain=str(structure_public_id)).order_by("-seq")


def clear_values(entry: Entry) -> dict[str, str | None]:
    """The clear values of a line, by name; None once erased.

    Raises:
        JournalBrokenError: a value is not the one that the chain attests.
    """
    values: dict[str, str | None] = {}
    for secret in entry.secrets.all():
        if secret.erased_at is None and not attests(secret):
            raise JournalBrokenError(f"the value {secret.name} is not the one of the chain")
        values[secret.name] = secret.value if secret.erased_at is None else None
    return values


def attests(secret: Secret) -> bool:
    """Is this clear value the one that its line committed to?"""
    try:
        return commitment(secret.salt, secret.value) == secret.entry.commitments.get(secret.name)
    except (DecryptionError, ValueError):
        return False


def public_keys() -> QuerySet[CheckpointKey]:
    """The keys that sign or signed checkpoints, the current one first: theirs to publish."""
    return CheckpointKey.objects.order_by(F("retired_at").desc(nulls_first=True), "-pk")


def private_key(key: CheckpointKey) -> Ed25519PrivateKey:
    """The signing half.

    Raises:
        JournalBrokenError: the row was not made by this installation: its two halves differ, or
            the private one does not open.
    """
    try:
        private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key.private_key))
    except (DecryptionError, ValueError) as error:
        raise JournalBrokenError("the private half of a signing key does not open") from error
    if private.public_key().public_bytes_raw().hex() != key.public_key:
        raise JournalBrokenError("the two halves of a signing key differ")
    return private


def is_signed(checkpoint: Checkpoint) -> bool:
    """Does its signature hold, by a key of this installation?

    The private half is opened first: the owner of the database can add a key of their own, but
    cannot encrypt it.
    """
    try:
        public = private_key(checkpoint.key).public_key()
        public.verify(bytes.fromhex(checkpoint.signature), checkpoint.statement.encode())
    except (InvalidSignature, JournalBrokenError, ValueError):
        return False
    return True


def line_of(entry: Entry) -> dict[str, Any]:
    """A line as verifier.py reads it: no clear value."""
    return {
        "chain": entry.chain,
        "seq": entry.seq,
        "at": instant_text(entry.at),
        "event": entry.event,
        "author_kind": entry.author_kind,
        "author_id": entry.author_id.hex if entry.author_id else "",
        "subject_label": entry.subject_label,
        "subject_id": entry.subject_id.hex,
        "about": entry.about.hex if entry.about else "",
        "facts": entry.facts_text,
        "commitments": entry.commitments_text,
        "previous_hash": entry.previous_hash,
        "hash": entry.hash,
    }


def export_lines(chain: str | None = None) -> Iterator[dict[str, Any]]:
    """The lines in order, then the checkpoints, as verifier.py reads them: no clear value."""
    entries = Entry.objects.order_by("chain", "seq")
    for entry in (entries.filter(chain=chain) if chain else entries).iterator(_CHUNK):
        yield line_of(entry)
    for checkpoint in Checkpoint.objects.select_related("key").order_by("number").iterator(100):
        yield {
            "checkpoint": checkpoint.number,
            "statement": checkpoint.statement,
            "heads": checkpoint.heads,
            "key": checkpoint.key.public_key,
            "signature": checkpoint.signature,
        }
