from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.db import connection

from tandem.journal.actions import rotate_checkpoint_key, sign_checkpoint
from tandem.journal.jobs import checkpoint as checkpoint_job
from tandem.journal.models import Checkpoint, CheckpointKey, Entry
from tandem.journal.queries import JournalBrokenError, is_signed, private_key, public_keys
from tandem.journal.tests.cast import AT, BY_CHARLIE, CCAS, MAIRIE, write
from tandem.journal.tests.guards import drop_guards
from tandem.journal.verification import verify_journal
from tandem.kernel.periodic import jobs

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


class TestSignCheckpoint:
    def test_signs_the_heads_of_all_chains(self) -> None:
        """B.3-5: one checkpoint signs all heads."""
        write()
        ccas, mairie = write(), write(BY_CHARLIE)

        checkpoint = sign_checkpoint(at=AT)

        heads = {f"{CCAS} 2 {ccas.hash}", f"{MAIRIE} 1 {mairie.hash}"}
        assert set(checkpoint.heads.splitlines()) == heads
        assert "chains: 2\nentries: 3\n" in checkpoint.statement
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_keys()[0].public_key))
        public.verify(bytes.fromhex(checkpoint.signature), checkpoint.statement.encode())

    def test_signs_once_a_day(self) -> None:
        first = sign_checkpoint(at=AT)
        write()

        assert sign_checkpoint(at=AT + timedelta(hours=14, minutes=59)) == first
        assert sign_checkpoint(at=AT + timedelta(hours=15)).number == 2
        assert Checkpoint.objects.count() == 2

    def test_names_the_one_before(self) -> None:
        write()
        sign_checkpoint(at=AT)
        second = sign_checkpoint(at=AT + DAY)

        assert "previous: " + "0" * 64 not in second.statement
        assert verify_journal().is_whole

    def test_signs_an_empty_journal(self) -> None:
        assert "chains: 0\nentries: 0\n" in sign_checkpoint(at=AT).statement
        assert verify_journal().is_whole

    def test_keeps_the_private_key_encrypted(self) -> None:
        """A8: what signs is not readable in a stolen database."""
        sign_checkpoint(at=AT)

        key = CheckpointKey.objects.get()
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM journal_checkpointkey")
            assert key.private_key not in str(cursor.fetchall())

    def test_runs_as_a_periodic_job(self) -> None:
        assert checkpoint_job(AT) == "checkpoint 1"
        assert checkpoint_job(AT + timedelta(hours=1)) == "checkpoint 1"
        assert jobs()["journal.checkpoint"].every <= DAY


class TestRotateCheckpointKey:
    def test_signs_with_the_new_key_and_trusts_the_former(self) -> None:
        """R-27."""
        first = sign_checkpoint(at=AT)
        key = rotate_checkpoint_key(at=AT)
        second = sign_checkpoint(at=AT + DAY)

        assert (second.key, first.key == key) == (key, False)
        assert is_signed(first)
        assert is_signed(second)
        assert [k.pk for k in public_keys()] == [key.pk, first.key.pk]
        assert verify_journal().is_whole

    def test_leaves_a_trace(self) -> None:
        key = rotate_checkpoint_key(at=AT)

        [entry] = Entry.objects.all()
        assert (entry.event, entry.chain) == ("journal.checkpoint_key_rotated", "instance")
        assert entry.subject_id == key.public_id


class TestForgedKey:
    """The owner of the database has no key of the installation: what they sign does not pass."""

    def test_added_beside_does_not_sign(self) -> None:
        """S-30."""
        checkpoint = sign_checkpoint(at=AT)
        owner = Ed25519PrivateKey.generate()
        own_key = CheckpointKey(
            public_key=owner.public_key().public_bytes_raw().hex(), created_at=AT
        )
        own_key.save()
        with connection.cursor() as cursor:
            # The best they can do: copy a ciphertext they cannot make.
            cursor.execute(
                "UPDATE journal_checkpointkey SET private_key = (SELECT MAX(private_key) FROM journal_checkpointkey)"
            )
            drop_guards(connection)
            cursor.execute(
                "UPDATE journal_checkpoint SET key_id = %s, signature = %s",
                [own_key.pk, owner.sign(checkpoint.statement.encode()).hex()],
            )

        [found] = verify_journal().breaks
        assert found.sentence == "la signature du point de contrôle 1 n’est pas la nôtre"

    def test_put_in_the_place_of_ours_does_not_sign(self) -> None:
        """S-30."""
        sign_checkpoint(at=AT)
        other = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
        CheckpointKey.objects.update(public_key=other)

        with pytest.raises(JournalBrokenError, match="differ"):
            private_key(CheckpointKey.objects.get())
        assert not is_signed(Checkpoint.objects.get())

    def test_that_does_not_open_stops_the_signature(self) -> None:
        sign_checkpoint(at=AT)
        CheckpointKey.objects.update(private_key="")

        with pytest.raises(JournalBrokenError):
            sign_checkpoint(at=AT + DAY)
