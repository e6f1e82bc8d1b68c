"""Plays the owner of the database: guards dropped, every row writable, but no key at hand."""

import random
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tandem.journal.actions import entry_hash, sign_checkpoint
from tandem.journal.models import Checkpoint, Entry, Secret
from tandem.journal.rules import Author
from tandem.journal.tests.cast import AT, MANDAT, ROSE, SIGNED, write
from tandem.journal.tests.guards import drop_guards, sql
from tandem.journal.verification import Report, verify_journal

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
CHAINS = [str(UUID(int=number)) for number in range(1, 5)]
LENGTH = 10


@pytest.fixture
def journal(db: None) -> None:
    """Four chains of ten lines, covered by three checkpoints; the guards are down."""
    for day in range(3):
        for number in range(LENGTH if day == 1 else 0):
            for chain in CHAINS:
                author = Author("aidant", uuid4(), UUID(chain))
                secrets = {"name": "Rose"} if number == 5 else {}
                facts = {"duree": "an", "days": number}
                write(author, SIGNED, about=ROSE, facts=facts, secrets=secrets)
        sign_checkpoint(at=AT + day * DAY)
    drop_guards(connection)


def sentences(report: Report) -> list[tuple[str, int, str]]:
    return [(found.chain, found.seq, found.sentence) for found in report.breaks]


def rewrite_from(chain: str, seq: int) -> None:
    """Make a chain consistent again from a line on: what a careful forger does."""
    previous = "0" * 64
    if seq > 1:
        previous = Entry.objects.get(chain=chain, seq=seq - 1).hash
    for entry in Entry.objects.filter(chain=chain, seq__gte=seq).order_by("seq"):
        entry.previous_hash = previous
        entry.hash = previous = entry_hash(entry)
        entry.save()


def remove(**picked: object) -> None:
    """Remove lines with their secrets."""
    lines = Entry.objects.filter(**picked)
    Secret.objects.filter(entry__in=lines).delete()
    lines.delete()


def shift(chain: str, above: int, by: int) -> None:
    """Renumber the lines above one, in an order that the constraint accepts."""
    order = "-seq" if by > 0 else "seq"
    for entry in Entry.objects.filter(chain=chain, seq__gt=above).order_by(order):
        Entry.objects.filter(pk=entry.pk).update(seq=entry.seq + by)


@pytest.mark.usefixtures("journal")
class TestVerifyJournal:
    def test_accepts_what_was_written(self) -> None:
        report = verify_journal()

        assert report.is_whole
        assert (report.entries, report.chains, report.checkpoints) == (40, 4, 3)

    def test_tells_its_progress(self) -> None:
        seen: list[int] = []

        verify_journal(seen.append)

        assert seen == [40]

    def test_takes_as_many_queries_for_any_number_of_lines(self) -> None:
        with CaptureQueriesContext(connection) as few:
            verify_journal()
        for number in range(20):
            write(Author("aidant", uuid4(), UUID(int=100 + number)))
        with CaptureQueriesContext(connection) as many:
            verify_journal()

        assert len(few) == len(many)

    def test_names_a_changed_line(self) -> None:
        """S-30."""
        sql(
            "UPDATE journal_entry SET event = 'sample.read' WHERE chain = %s AND seq = 4", CHAINS[1]
        )

        assert sentences(verify_journal()) == [(CHAINS[1], 4, "la ligne 4 a été modifiée")]

    def test_names_the_first_break_of_each_chain_only(self) -> None:
        sql("UPDATE journal_entry SET event = 'sample.read' WHERE seq IN (3, 7)")

        assert sentences(verify_journal()) == [
            (chain, 3, "la ligne 3 a été modifiée") for chain in CHAINS
        ]

    def test_names_a_removed_line(self) -> None:
        """S-30."""
        remove(chain=CHAINS[0], seq=4)

        assert sentences(verify_journal()) == [(CHAINS[0], 4, "la ligne 4 manque")]

    def test_names_a_removed_line_hidden_by_a_new_numbering(self) -> None:
        """S-30."""
        remove(chain=CHAINS[0], seq=4)
        shift(CHAINS[0], 4, -1)

        assert sentences(verify_journal()) == [(CHAINS[0], 4, "la ligne 4 a été modifiée")]

    def test_names_a_line_that_follows_another(self) -> None:
        entry = Entry.objects.get(chain=CHAINS[0], seq=4)
        entry.previous_hash = "f" * 64
        entry.hash = entry_hash(entry)
        entry.save()

        expected = (CHAINS[0], 4, "la ligne 4 ne suit pas la précédente")
        assert sentences(verify_journal()) == [expected]

    def test_names_a_cut_tail(self) -> None:
        """S-30: thanks to the last checkpoint."""
        remove(chain=CHAINS[0], seq__gt=7)

        [(chain, seq, sentence)] = sentences(verify_journal())
        assert (chain, seq) == (CHAINS[0], 8)
        assert sentence == (
            "la ligne 8 et les suivantes ont disparu ; le point de contrôle 3 va jusqu’à la ligne 10"
        )

    def test_names_a_removed_chain(self) -> None:
        """S-30."""
        remove(chain=CHAINS[2])

        [(chain, seq, _)] = sentences(verify_journal())
        assert (chain, seq) == (CHAINS[2], 1)

    def test_names_a_removed_journal(self) -> None:
        """S-30."""
        remove()

        assert [found.chain for found in verify_journal().breaks] == CHAINS

    def test_names_a_chain_rewritten_with_good_hashes(self) -> None:
        """S-30: thanks to the last checkpoint."""
        sql(
            "UPDATE journal_entry SET event = 'sample.read' WHERE chain = %s AND seq = 2", CHAINS[0]
        )
        rewrite_from(CHAINS[0], 2)

        [(chain, seq, sentence)] = sentences(verify_journal())
        assert (chain, seq) == (CHAINS[0], 10)
        assert "la chaîne a été réécrite" in sentence

    def test_names_a_line_moved_to_another_chain(self) -> None:
        """S-30: the chain is part of what is hashed."""
        entry = Entry.objects.get(chain=CHAINS[0], seq=10)
        Entry.objects.filter(pk=entry.pk).update(chain="elsewhere", seq=1, previous_hash="0" * 64)

        assert ("elsewhere", 1, "la ligne 1 a été modifiée") in sentences(verify_journal())

    def test_names_a_removed_checkpoint(self) -> None:
        Checkpoint.objects.filter(number=1).delete()

        assert sentences(verify_journal()) == [("checkpoints", 2, "le point de contrôle 1 manque")]

    @pytest.mark.parametrize("column", ["heads", "statement"])
    def test_names_a_changed_checkpoint(self, column: str) -> None:
        Checkpoint.objects.filter(number=2).update(**{column: f"x 1 {'0' * 64}\n"})

        [(chain, seq, _)] = sentences(verify_journal())
        assert (chain, seq) == ("checkpoints", 2)

    @pytest.mark.parametrize("values", [{"at": AT - DAY}, {"day": AT.date() - DAY}])
    def test_names_a_checkpoint_moved_in_time(self, values: dict[str, object]) -> None:
        Checkpoint.objects.filter(number=2).update(**values)

        [(_, seq, sentence)] = sentences(verify_journal())
        assert (seq, sentence) == (2, "le point de contrôle 2 a été modifié")

    def test_names_a_secret_that_is_not_the_one_attested(self) -> None:
        """B.3-3: the clear value is proved by the chain."""
        secret = Entry.objects.get(chain=CHAINS[0], seq=6).secrets.get()
        secret.value = "Mallory"
        secret.save()

        [(chain, seq, sentence)] = sentences(verify_journal())
        assert (chain, seq) == (CHAINS[0], 6)
        assert sentence == "la valeur « name » de la ligne 6 a été modifiée"
        assert "Mallory" not in sentence

    @pytest.mark.skipif(connection.vendor == "postgresql", reason="SQLite keeps anything anywhere")
    @pytest.mark.parametrize("value", [None, "x", 5, b"x"])
    def test_survives_a_column_that_holds_anything(self, value: object) -> None:
        sql("UPDATE journal_entry SET about = %s WHERE chain = %s AND seq = 4", value, CHAINS[0])

        assert sentences(verify_journal()) == [(CHAINS[0], 4, "la ligne 4 a été modifiée")]

    @pytest.mark.skipif(connection.vendor == "postgresql", reason="SQLite keeps anything anywhere")
    def test_survives_an_instant_that_is_none(self) -> None:
        sql("UPDATE journal_entry SET at = 'x' WHERE chain = %s AND seq = 4", CHAINS[0])

        assert sentences(verify_journal()) == [(CHAINS[0], 4, "la ligne 4 a été modifiée")]

    def test_names_a_secret_moved_from_another_line(self) -> None:
        """S-42: the ciphertext of one line does not open in another."""
        sql("UPDATE journal_secret SET value = (SELECT MAX(value) FROM journal_secret)")

        assert [found.seq for found in verify_journal().breaks] == [6, 6, 6]

    @pytest.mark.skipif(connection.vendor == "postgresql", reason="SQLite keeps anything anywhere")
    @pytest.mark.parametrize(
        "damage",
        ["facts_text = CAST(x'ff' AS TEXT)", "at = '2026-13-45 00:00:00'"],
    )
    def test_says_that_the_database_is_damaged(self, damage: str) -> None:
        """R-25: a flipped bit makes bytes that are no text, or an instant that is none."""
        sql(f"UPDATE journal_entry SET {damage} WHERE seq = 4")  # noqa: S608 - constants

        [(_, _, sentence)] = sentences(verify_journal())
        assert sentence == "la base est illisible après la ligne 0"


Tampering = Callable[[random.Random], None]


def _pick(chance: random.Random, lowest: int = 1) -> Entry:
    return Entry.objects.get(chain=chance.choice(CHAINS), seq=chance.randint(lowest, LENGTH))


def _edit(chance: random.Random) -> None:
    entry = _pick(chance)
    forged = {
        "at": entry.at + timedelta(microseconds=chance.choice([-1, 1])),
        "event": "sample.read",
        "author_kind": "referent",
        "author_id": chance.choice([None, uuid4()]),
        "subject_label": MANDAT.label + "x",
        "subject_id": uuid4(),
        "about": chance.choice([None, uuid4()]),
        "facts_text": entry.facts_text.replace("an", "mois"),
        "commitments_text": entry.commitments_text.replace("{", "{ "),
        "previous_hash": "a" * 64,
        "hash": "b" * 64,
    }
    column = chance.choice(sorted(forged))
    Entry.objects.filter(pk=entry.pk).update(**{column: forged[column]})


def _edit_and_hash_again(chance: random.Random) -> None:
    entry = _pick(chance)
    entry.event = "sample.read"
    entry.hash = entry_hash(entry)
    entry.save()


def _rewrite(chance: random.Random) -> None:
    entry = _pick(chance)
    Entry.objects.filter(pk=entry.pk).update(author_id=uuid4())
    rewrite_from(entry.chain, entry.seq)


def _delete(chance: random.Random) -> None:
    entry = _pick(chance)
    remove(pk=entry.pk)


def _delete_and_rewrite(chance: random.Random) -> None:
    entry = _pick(chance)
    chain, seq = entry.chain, entry.seq
    remove(pk=entry.pk)
    shift(chain, seq, -1)
    rewrite_from(chain, seq)


def _cut(chance: random.Random) -> None:
    entry = _pick(chance, 6)
    remove(chain=entry.chain, seq__gte=entry.seq)


def _insert(chance: random.Random) -> None:
    entry = _pick(chance)
    shift(entry.chain, entry.seq - 1, 1)
    entry.pk = None
    entry.about = uuid4()
    entry.save(force_insert=True)
    if chance.random() < 0.5:
        rewrite_from(entry.chain, entry.seq)


def _swap(chance: random.Random) -> None:
    entry = _pick(chance, 2)
    other = Entry.objects.get(chain=entry.chain, seq=chance.randint(1, entry.seq - 1))
    Entry.objects.filter(pk=entry.pk).update(seq=0)
    Entry.objects.filter(pk=other.pk).update(seq=entry.seq)
    Entry.objects.filter(pk=entry.pk).update(seq=other.seq)
    if chance.random() < 0.5:
        rewrite_from(entry.chain, other.seq)


def _swap_chains(chance: random.Random) -> None:
    one, other = chance.sample(CHAINS, 2)
    Entry.objects.filter(chain=one).update(chain="aside")
    Entry.objects.filter(chain=other).update(chain=one)
    Entry.objects.filter(chain="aside").update(chain=other)
    if chance.random() < 0.5:
        rewrite_from(one, 1)
        rewrite_from(other, 1)


def _forge_checkpoint(chance: random.Random) -> None:
    checkpoint = Checkpoint.objects.get(number=chance.randint(1, 3))
    column = chance.choice(["heads", "statement", "signature"])
    text = str(getattr(checkpoint, column)) or "0"
    spot = chance.randrange(len(text))
    forged = text[:spot] + ("1" if text[spot] != "1" else "2") + text[spot + 1 :]
    Checkpoint.objects.filter(pk=checkpoint.pk).update(**{column: forged})


TAMPERINGS: list[Tampering] = [
    _edit,
    _edit_and_hash_again,
    _rewrite,
    _delete,
    _delete_and_rewrite,
    _cut,
    _insert,
    _swap,
    _swap_chains,
    _forge_checkpoint,
]


@pytest.mark.usefixtures("journal")
class TestRandomTampering:
    @pytest.mark.parametrize("tamper", TAMPERINGS)
    def test_by_the_owner_of_the_database_is_always_seen(self, tamper: Tampering) -> None:
        """S-30: 500 random tamperings, 100 % seen, all before the last checkpoint."""
        for seed in range(50):
            with transaction.atomic():
                tamper(random.Random(seed))  # noqa: S311 - the same stories each time
                assert not verify_journal().is_whole, f"{tamper.__name__} {seed} passed unseen"
                transaction.set_rollback(True)

        assert verify_journal().is_whole


@pytest.mark.usefixtures("journal")
class TestOnlyAnOutsideAnchorShows:
    """What the database and its keys cannot show; a checkpoint kept elsewhere does."""

    def test_lines_changed_after_the_last_checkpoint(self) -> None:
        write(Author("aidant", None, UUID(CHAINS[0])))
        entry = Entry.objects.get(chain=CHAINS[0], seq=LENGTH + 1)
        Entry.objects.filter(pk=entry.pk).update(author_id=uuid4())
        rewrite_from(CHAINS[0], entry.seq)

        assert verify_journal().is_whole

    def test_a_tail_cut_after_the_last_checkpoint(self) -> None:
        write(Author("aidant", None, UUID(CHAINS[0])))
        remove(chain=CHAINS[0], seq=LENGTH + 1)

        assert verify_journal().is_whole

    def test_a_line_added_at_the_head(self) -> None:
        head = Entry.objects.get(chain=CHAINS[0], seq=LENGTH)
        head.pk, head.seq, head.previous_hash = None, LENGTH + 1, head.hash
        head.hash = entry_hash(head)
        head.save(force_insert=True)

        assert verify_journal().is_whole

    def test_the_last_checkpoints_removed_with_their_lines(self) -> None:
        """The statement kept outside is no longer among ours: that is what shows it."""
        kept = Checkpoint.objects.get(number=3).statement
        Checkpoint.objects.filter(number__gt=1).delete()
        remove()

        assert verify_journal().is_whole
        assert kept not in Checkpoint.objects.values_list("statement", flat=True)
