"""The owner of the database against the journal: guards dropped, any statement, every table of it (S-29, S-30).

Whatever is done is either seen by `journal verify`, or named below among what nothing inside the database can show:
lines after the last checkpoint, the last checkpoints themselves — a copy kept outside shows these — and what looks
like the erasure of a value, which is allowed.
"""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from tandem.journal import verification
from tandem.journal.actions import entry_hash, sign_checkpoint
from tandem.journal.models import Checkpoint, CheckpointKey, Entry, Secret
from tandem.journal.queries import export_lines
from tandem.journal.rules import Author
from tandem.journal.tests.cast import AT, READ, ROSE, SIGNED, write
from tandem.journal.tests.guards import drop_guards
from tandem.journal.verification import verify_journal

pytestmark = pytest.mark.django_db
CHAINS = [str(UUID(int=number)) for number in range(1, 4)]
LENGTH, COVERED = 8, 6
# What nothing inside shows, and whether a copy of the lines and checkpoints kept outside does.
AFTER, CHECKPOINTS, ERASED, DATES = (
    "lines after the last checkpoint",
    "the last checkpoints",
    "a value erased",
    "the dates of a signing key",
)
SHOWN_OUTSIDE = {AFTER, CHECKPOINTS}

Tampering = Callable[[random.Random], str]


@pytest.fixture
def journal(db: None) -> None:
    """Three chains of eight lines, the first six of each under two checkpoints; no guard is left."""
    for number in range(1, LENGTH + 1):
        if number in {4, COVERED + 1}:
            sign_checkpoint(at=AT + timedelta(days=number))
        for chain in CHAINS:
            secrets = {"name": "Rose", "town": "Lyon"} if number in {3, LENGTH} else {}
            event = SIGNED if secrets else READ
            facts = {"duree": "an"} if secrets else {}
            author = Author("aidant", uuid4(), UUID(chain))
            write(author, event, about=ROSE, facts=facts, secrets=secrets)
    drop_guards(connection)


def a_line(chance: random.Random) -> Entry:
    return Entry.objects.get(chain=chance.choice(CHAINS), seq=chance.randint(1, LENGTH))


def change_a_line(chance: random.Random) -> str:
    """One column, the hash left as it is."""
    line = a_line(chance)
    forged: dict[str, Any] = {
        "chain": "instance",
        "seq": LENGTH + 5,
        "at": line.at + timedelta(microseconds=1),
        "event": "sample.other",
        "author_kind": "system",
        "author_id": uuid4(),
        "subject_label": "mandats.other",
        "subject_id": uuid4(),
        "about": None,
        "facts_text": '{"duree":"jour"}',
        "commitments_text": '{"name":"00"}',
        "previous_hash": "c" * 64,
        "hash": "d" * 64,
    }
    column = chance.choice(sorted(forged))
    Entry.objects.filter(pk=line.pk).update(**{column: forged[column]})
    return ""


def rewrite(chain: str, first: int) -> None:
    """Good hashes again from a line on."""
    lines = list(Entry.objects.filter(chain=chain, seq__gte=first).order_by("seq"))
    previous = "0" * 64 if first == 1 else Entry.objects.get(chain=chain, seq=first - 1).hash
    for line in lines:
        line.previous_hash = previous
        line.hash = previous = entry_hash(line)
        line.save()


def forge_a_line(chance: random.Random) -> str:
    """One line says something else, and all that follow are hashed again."""
    line = a_line(chance)
    line.subject_id = uuid4()
    line.save()
    rewrite(line.chain, line.seq)
    return AFTER if line.seq > COVERED else ""


def remove_lines(chance: random.Random) -> str:
    """Some lines of a chain, their values with them; what follows renumbered and hashed again, or not."""
    line = a_line(chance)
    last = min(LENGTH, line.seq + chance.randint(0, 2))
    gone = Entry.objects.filter(chain=line.chain, seq__range=(line.seq, last))
    Secret.objects.filter(entry__in=gone).delete()
    gone.delete()
    careful = chance.random() < 0.5
    if careful:
        for entry in Entry.objects.filter(chain=line.chain, seq__gt=last).order_by("seq"):
            Entry.objects.filter(pk=entry.pk).update(seq=entry.seq - (last - line.seq + 1))
        rewrite(line.chain, line.seq)
    return AFTER if line.seq > COVERED and (careful or last == LENGTH) else ""


def add_a_line(chance: random.Random) -> str:
    """At the head of a chain, with its good hash; or of a chain that never was."""
    line = Entry.objects.get(chain=chance.choice(CHAINS), seq=LENGTH)
    line.pk = None
    if chance.random() < 0.5:
        line.chain, line.seq, line.previous_hash = str(uuid4()), 1, "0" * 64
    else:
        line.seq, line.previous_hash = LENGTH + 1, line.hash
    line.hash = entry_hash(line)
    line.save(force_insert=True)
    return AFTER


def change_a_value(chance: random.Random) -> str:
    """A value that a line attests: another one, another line's, another name; or erased."""
    held = chance.choice(list(Secret.objects.order_by("pk")))
    other = chance.choice(list(Secret.objects.exclude(pk=held.pk).order_by("pk")))
    how = chance.choice(["value", "salt", "moved", "name", "erased", "removed"])
    if how in {"value", "salt"}:
        setattr(held, how, "Mallory" if how == "value" else "ab" * 32)
        held.save()
    elif how == "moved":
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE journal_secret SET value = (SELECT value FROM journal_secret WHERE id = %s)"
                " WHERE id = %s",
                [other.pk, held.pk],
            )
    elif how == "name":
        Secret.objects.filter(pk=held.pk).update(name="other")
    elif how == "erased":
        Secret.objects.filter(pk=held.pk).update(value="", salt="", erased_at=AT)
        return ERASED
    else:
        held.delete()
        return ERASED
    return ""


def change_a_checkpoint(chance: random.Random) -> str:
    """A text, an instant or a number of one; one removed; one added without the key."""
    row = chance.choice(list(Checkpoint.objects.order_by("number")))
    is_last = not Checkpoint.objects.filter(number__gt=row.number).exists()
    if chance.random() < 0.3:
        row.delete()
        return CHECKPOINTS if is_last else ""
    if chance.random() < 0.3:
        row.pk, row.number, row.day = None, row.number + 2, row.day - timedelta(days=90)
        row.save(force_insert=True)
        return ""
    forged: dict[str, Any] = {
        "at": row.at + timedelta(seconds=1),
        "day": row.day + timedelta(days=40),
        "number": row.number + 10,
        "heads": row.heads.replace("a", "b", 1) + " ",
        "statement": row.statement.replace("entries", "entrees"),
        "signature": ("0" if row.signature[0] != "0" else "1") + row.signature[1:],
    }
    column = chance.choice(sorted(forged))
    Checkpoint.objects.filter(pk=row.pk).update(**{column: forged[column]})
    return ""


def change_the_key(chance: random.Random) -> str:
    """A key of the owner's in the place of ours; its dates."""
    key = CheckpointKey.objects.get()
    how = chance.choice(["public_key", "private_key", "created_at", "retired_at"])
    if how == "public_key":
        key.public_key = "e" * 64
    elif how == "private_key":
        key.private_key = "f" * 64
    else:
        setattr(key, how, AT - timedelta(days=chance.randint(1, 900)))
    key.save()
    return DATES if how.endswith("_at") else ""


TAMPERINGS: tuple[Tampering, ...] = (
    change_a_line, forge_a_line, remove_lines, add_a_line, change_a_value, change_a_checkpoint, change_the_key,
)  # fmt: skip


def attack(seeds: range) -> tuple[Counter[str], list[str]]:
    """How each tampering ended; those that nobody saw and that have no name."""
    told, unseen = Counter[str](), []
    kept = list(export_lines())
    for seed in seeds:
        chance = random.Random(seed)  # noqa: S311 — the same stories each time
        tamper = chance.choice(TAMPERINGS)
        with transaction.atomic():
            only_outside = tamper(chance)
            seen = not verify_journal().is_whole
            if not seen and not only_outside:
                unseen.append(f"{tamper.__name__} {seed}")
            if not seen and only_outside in SHOWN_OUTSIDE:
                # What was kept elsewhere is the beginning of what is there, or something was changed.
                assert list(export_lines()) != kept, f"{tamper.__name__} {seed}"
            told["seen" if seen else only_outside] += 1
            transaction.set_rollback(True)
    return told, unseen


@pytest.mark.usefixtures("journal")
class TestTheOwnerOfTheDatabase:
    def test_is_seen_or_does_what_is_named(self) -> None:
        """S-30."""
        told, unseen = attack(range(60))

        assert unseen == []
        assert told["seen"] >= 30
        assert verify_journal().is_whole

    @pytest.mark.trust
    def test_is_seen_or_does_what_is_named_five_hundred_times(self, record_property: Any) -> None:
        """S-30: 500 random tamperings."""
        told, unseen = attack(range(1_000, 1_500))

        record_property("tamperings", dict(told))
        assert unseen == []
        assert set(told) <= {"seen", AFTER, CHECKPOINTS, ERASED, DATES}

    @pytest.mark.parametrize(
        ("check", "blind"),
        [("_hash_of", lambda row: row[12]), ("attests", lambda _secret: True), ("is_signed", lambda _row: True)],
    )  # fmt: skip
    def test_would_pass_without_each_check(
        self, monkeypatch: pytest.MonkeyPatch, check: str, blind: Any
    ) -> None:
        """A-23."""
        monkeypatch.setattr(verification, check, blind)

        _told, unseen = attack(range(60))
        assert unseen != []
