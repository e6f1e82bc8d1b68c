from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.transaction import TransactionManagementError
from pytest_django import DjangoAssertNumQueries

from tandem.journal.actions import entry_hash, forget, record, record_all
from tandem.journal.models import Entry, Secret
from tandem.journal.queries import clear_values
from tandem.journal.rules import FIRST_PREVIOUS_HASH, SYSTEM, Author, Line, commitment
from tandem.journal.tests.cast import (
    ALICE,
    AT,
    BY_ALICE,
    BY_CHARLIE,
    CCAS,
    MAIRIE,
    MANDAT,
    READ,
    ROSE,
    SIGNED,
    write,
)
from tandem.journal.verification import verify_journal
from tandem.kernel.models import PeriodicRun

pytestmark = pytest.mark.django_db


class TestRecord:
    def test_writes_who_what_when_for_whom(self, signed: Entry) -> None:
        """B.3, P-11."""
        [entry] = Entry.objects.all()

        assert entry == signed
        assert (entry.event, entry.label, entry.at) == ("sample.signed", "Mandat signé", AT)
        assert (entry.author_kind, entry.author_id, entry.chain) == ("aidant", ALICE, str(CCAS))
        assert (entry.subject_label, entry.subject_id, entry.about) == (*MANDAT, ROSE)
        assert entry.facts == {
            "days": 365,
            "duree": "an",
            "paper": False,
            "scopes": ["theme:argent"],
        }

    def test_chains_each_structure_apart(self) -> None:
        """B.3-2: one chain per structure and one for the instance, numbered without gap."""
        lines = [write(), write(BY_CHARLIE), write(), write(SYSTEM), write()]

        places = [(line.chain, line.seq) for line in lines]
        ccas, mairie = str(CCAS), str(MAIRIE)
        assert places == [(ccas, 1), (mairie, 1), (ccas, 2), ("instance", 1), (ccas, 3)]
        assert lines[0].previous_hash == FIRST_PREVIOUS_HASH
        assert lines[2].previous_hash == lines[0].hash
        assert lines[4].previous_hash == lines[2].hash

    def test_writes_the_lines_of_an_act_in_one_statement(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        """The head of the chain, then every line; PostgreSQL takes the lock of the chain first."""
        lines = [Line(READ, BY_ALICE, MANDAT, AT) for _number in range(9)]
        with django_assert_num_queries(3 if connection.vendor == "postgresql" else 2):
            entries = record_all(lines)

        assert [entry.seq for entry in entries] == list(range(1, 10))
        assert [entry.previous_hash for entry in entries[1:]] == [e.hash for e in entries[:-1]]
        assert verify_journal().is_whole

    def test_hashes_what_it_wrote(self, signed: Entry) -> None:
        found = Entry.objects.get()

        assert found.hash == signed.hash == entry_hash(found)

    def test_refuses_to_write_apart_from_an_act(self, transactional_db: None) -> None:
        """B.3-1: one act, one transaction, one trace."""
        with pytest.raises(TransactionManagementError, match="with its act"):
            record(READ, author=BY_ALICE, subject=MANDAT, at=AT)

        assert not Entry.objects.exists()

    def test_leaves_nothing_when_the_act_fails(self) -> None:
        """B.3-1: no trace of what did not happen, and no gap."""

        def act() -> None:
            with transaction.atomic():
                record(READ, author=BY_ALICE, subject=MANDAT, at=AT)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            act()

        assert write().seq == 1

    def test_that_cannot_be_written_stops_the_act(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """R-31, B.3-1: never a silent act."""
        monkeypatch.setattr("tandem.journal.actions.FIRST_PREVIOUS_HASH", "f" * 64)

        def act() -> None:
            with transaction.atomic():
                PeriodicRun.objects.create(name="the act")
                record(READ, author=BY_ALICE, subject=MANDAT, at=AT)

        with pytest.raises(DatabaseError, match="suit la tête"):
            act()

        assert not PeriodicRun.objects.exists()

    def test_keeps_the_order_of_writing_when_the_clock_goes_back(self) -> None:
        """R-18: order by sequence, whatever the clock says."""
        write(at=AT)
        write(at=AT - timedelta(hours=1))

        assert [e.at for e in Entry.objects.order_by("seq")] == [AT, AT - timedelta(hours=1)]
        assert verify_journal().is_whole

    def test_writes_several_lines_in_order(self) -> None:
        lines = [Line(READ, author, MANDAT, AT) for author in (BY_ALICE, BY_CHARLIE, BY_ALICE)]

        with transaction.atomic():
            entries = record_all(lines)

        assert [(e.chain, e.seq) for e in entries] == [
            (str(CCAS), 1),
            (str(MAIRIE), 1),
            (str(CCAS), 2),
        ]
        assert verify_journal().is_whole


class TestSecrets:
    def test_leave_a_commitment_in_the_chain_and_nothing_else(self, signed: Entry) -> None:
        """B.3-3: no personal value inside the chain."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM journal_entry")
            row = str(cursor.fetchall())
            cursor.execute("SELECT * FROM journal_secret")
            row += str(cursor.fetchall())

        assert not any(word in row for word in ("Rose", "Martin", "Lyon"))
        secret = signed.secrets.get(name="name")
        assert signed.commitments["name"] == commitment(secret.salt, "Rose Martin")

    def test_are_read_while_they_are_kept(self, signed: Entry) -> None:
        assert clear_values(signed) == {"name": "Rose Martin", "town": "Lyon"}

    def test_have_a_salt_each(self, signed: Entry) -> None:
        salts = {secret.salt for secret in Secret.objects.all()}

        assert len(salts) == 2
        assert all(len(salt) == 64 for salt in salts)


class TestForget:
    def test_erases_the_values_and_keeps_the_chain_whole(self, signed: Entry) -> None:
        """P-22, B.3-3: what remains are commitments that nobody can open."""
        write(event=SIGNED, about=uuid4(), secrets={"name": "Andrei"})

        assert forget(about=ROSE, at=AT) == 2

        assert clear_values(signed) == {"name": None, "town": None}
        with connection.cursor() as cursor:
            cursor.execute("SELECT salt, value FROM journal_secret WHERE erased_at IS NOT NULL")
            assert cursor.fetchall() == [("", ""), ("", "")]
        assert Secret.objects.filter(erased_at=None).count() == 1
        assert verify_journal().is_whole

    def test_does_nothing_twice(self, signed: Entry) -> None:
        forget(about=ROSE, at=AT)

        assert forget(about=ROSE, at=AT + timedelta(days=1)) == 0


@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="the in-memory database has one writer at a time"
)
@pytest.mark.django_db(transaction=True)
class TestParallelRecords:
    def test_leave_no_gap(self) -> None:
        """B.3-2, R-10: the lock of the chain is taken before its head is read."""
        structures = [uuid4(), uuid4()]

        def act(number: int) -> None:
            one, other = (Author("aidant", None, s) for s in structures[:: 1 - 2 * (number % 2)])
            try:
                with transaction.atomic():
                    record_all([Line(READ, one, MANDAT, AT), Line(READ, other, MANDAT, AT)])
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            for future in [pool.submit(act, number) for number in range(80)]:
                future.result()

        for structure in structures:
            chain = Entry.objects.filter(chain=str(structure)).order_by("seq")
            assert [entry.seq for entry in chain] == list(range(1, 81))
        assert verify_journal().is_whole
