"""Writes: one line with the act it tells, checkpoints, erasure of what may be erased."""

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connections, router, transaction
from django.db.models import CharField, Max

from tandem.journal.models import Checkpoint, CheckpointKey, Entry, Secret
from tandem.journal.queries import private_key
from tandem.journal.rules import (
    CHECKPOINT_KEY_ROTATED,
    FIRST_PREVIOUS_HASH,
    FORMAT,
    SYSTEM,
    Author,
    Event,
    Fact,
    Line,
    Subject,
    canonical_json,
    commitment,
    instant_text,
    line_hash,
    statement_of,
)
from tandem.kernel.prepared import Prepared

_SALT_BYTES = 32


def record(
    event: Event,
    *,
    author: Author,
    subject: Subject,
    at: datetime,
    about: UUID | None = None,
    facts: Mapping[str, Fact] | None = None,
    secrets: Mapping[str, str] | None = None,
) -> Entry:
    """Write the line of an act, inside its transaction and last in it.

    The chain stays locked until the commit: what comes after the line makes everybody wait.
    `about` is the public identifier of the usager concerned. `secrets` leave a commitment in the
    chain, and their clear value aside, encrypted, until `forget`.

    Raises:
        ValueError: a fact or a secret that the event does not declare, or free text.
        TransactionManagementError: there is no transaction to be part of.
    """
    return record_all([Line(event, author, subject, at, about, facts or {}, secrets or {})])[0]


def record_all(lines: Sequence[Line]) -> list[Entry]:
    """Write several lines of one act, in order. The same promises as `record`."""
    using = router.db_for_write(Entry)
    connection = connections[using]
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "a line is written with its act, or not at all"
        )
    heads = {}
    # Always in the same order, so that two acts on the same chains never wait for each other.
    for chain in sorted({line.author.chain for line in lines}):
        _lock(chain, using)
        head = _HEAD.first(chain)
        heads[chain] = (0, FIRST_PREVIOUS_HASH) if head is None else (head.seq, head.hash)
    entries, opened = [], []
    for line in lines:
        salts = {name: os.urandom(_SALT_BYTES).hex() for name in line.secrets}
        entry = _entry(line, salts, *heads[line.author.chain])
        heads[line.author.chain] = (entry.seq, entry.hash)
        entries.append(entry)
        opened += [
            Secret(entry=entry, name=name, about=line.about, salt=salts[name], value=value)
            for name, value in line.secrets.items()
        ]
    # One statement, row after row: the guard of the table looks at each.
    Entry.objects.bulk_create(entries)
    if opened:
        Secret.objects.bulk_create(opened)
    return entries


_HEAD = Prepared(lambda chain: Entry.objects.filter(chain=chain).order_by("-seq")[:1], CharField())


def _lock(chain: str, using: str) -> None:
    """Keep the chain to this transaction. On SQLite the transaction already keeps the database."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"journal:{chain}"]
            )


def _entry(line: Line, salts: Mapping[str, str], seq: int, previous_hash: str) -> Entry:
    """The row that follows the head of its chain, not written yet."""
    entry = Entry(
        chain=line.author.chain,
        seq=seq + 1,
        at=line.at,
        event=line.event.name,
        author_kind=line.author.kind,
        author_id=line.author.id,
        subject_label=line.subject.label,
        subject_id=line.subject.id,
        about=line.about,
        facts_text=canonical_json(line.facts),
        commitments_text=canonical_json(
            {n: commitment(salts[n], v) for n, v in line.secrets.items()}
        ),
        previous_hash=previous_hash,
    )
    entry.hash = entry_hash(entry)
    return entry


def entry_hash(entry: Entry) -> str:
    """The hash that a line must have."""
    return line_hash(
        (
            FORMAT,
            entry.chain,
            str(entry.seq),
            instant_text(entry.at),
            entry.event,
            entry.author_kind,
            entry.author_id.hex if entry.author_id else "",
            entry.subject_label,
            entry.subject_id.hex,
            entry.about.hex if entry.about else "",
            entry.facts_text,
            entry.commitments_text,
            entry.previous_hash,
        )
    )


def forget(*, about: UUID, at: datetime) -> int:
    """Erase the salts and clear values of a person; returns how many. The chains still verify."""
    return Secret.objects.filter(about=about, erased_at=None).update(
        salt="", value="", erased_at=at
    )


def sign_checkpoint(*, at: datetime) -> Checkpoint:
    """Sign the heads of all chains; the same checkpoint again when the day has one already.

    Its statement and signature are worth what is kept of them outside the database.
    """
    with transaction.atomic():
        _lock("checkpoint", router.db_for_write(Checkpoint))
        day = at.astimezone(UTC).date()
        done = Checkpoint.objects.filter(day=day).first()
        if done:
            return done
        before = Checkpoint.objects.order_by("-number").first()
        number = before.number + 1 if before else 1
        heads = _heads()
        statement = statement_of(
            number=number, at=at, previous=before.statement if before else "", heads=heads
        )
        key = CheckpointKey.objects.filter(retired_at=None).first() or _new_key(at)
        signature = private_key(key).sign(statement.encode()).hex()
        return Checkpoint.objects.create(
            number=number,
            at=at,
            day=day,
            heads=heads,
            statement=statement,
            signature=signature,
            key=key,
        )


def _heads() -> str:
    """One line per chain: its name, its last number, its last hash."""
    lasts = Entry.objects.order_by("chain").values_list("chain").annotate(Max("seq"))
    heads = [Entry.objects.get(chain=chain, seq=seq) for chain, seq in lasts]
    return "".join(f"{head.chain} {head.seq} {head.hash}\n" for head in heads)


def rotate_checkpoint_key(*, at: datetime) -> CheckpointKey:
    """Sign with a new key from now on; the former one still verifies what it signed."""
    with transaction.atomic():
        CheckpointKey.objects.filter(retired_at=None).update(retired_at=at)
        key = _new_key(at)
        subject = Subject("journal.checkpoint_key", key.public_id)
        record(CHECKPOINT_KEY_ROTATED, author=SYSTEM, subject=subject, at=at)
        return key


def _new_key(at: datetime) -> CheckpointKey:
    private = Ed25519PrivateKey.generate()
    return CheckpointKey.objects.create(
        public_key=private.public_key().public_bytes_raw().hex(),
        private_key=private.private_bytes_raw().hex(),
        created_at=at,
    )
