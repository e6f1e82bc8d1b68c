import hashlib
import uuid
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from tandem.envois.actions import (
    EnvoiRefused,
    erase_messages,
    purge_messages,
    queue_email,
    queue_sms,
    send_due,
)
from tandem.envois.models import Message
from tandem.envois.tests.factories import an_email, an_sms

pytestmark = pytest.mark.django_db


class TestQueueEmail:
    def test_writes_one_row_and_sends_nothing(self, at: datetime) -> None:
        """R-15: the act never waits for a provider."""
        about = uuid.uuid4()

        message = an_email(about=about, at=at)

        assert mail.outbox == []
        assert Message.objects.due(at=at).get() == message
        assert (message.about, message.created_at) == (about, at)

    def test_follows_the_fate_of_the_act(self, at: datetime) -> None:
        class ActRefused(Exception):  # noqa: N818
            pass

        @transaction.atomic
        def act() -> None:
            an_email(at=at)
            raise ActRefused

        with pytest.raises(ActRefused):
            act()

        assert not Message.objects.exists()

    def test_says_once_what_has_one_key(self, at: datetime) -> None:
        """S-24: the same key gives the same row."""
        first = an_email(key="mandat.signed:1", at=at)
        second = an_email(key="mandat.signed:1", body="autre", at=at + timedelta(days=1))

        assert first == second
        assert send_due(at=at, worker="w") == 1
        assert an_email(key="mandat.signed:1", at=at).sent_at == at
        assert send_due(at=at, worker="w") == 0
        assert len(mail.outbox) == 1

    def test_cannot_hold_a_key_twice_even_by_force(self, at: datetime) -> None:
        message = an_email(at=at)

        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.create(
                kind="email", key=message.key, content_hash="", created_at=at, next_attempt_at=at
            )

    @pytest.mark.parametrize(
        ("to", "subject"),
        [
            ("rose@example.org\nBcc: other@example.org", "Bonjour"),
            ("rose@example.org", "Bonjour\r\nBcc: other@example.org"),
            ("rose@example.org", "Bonjour\u2028"),
            ("rose", "Bonjour"),
        ],
    )
    def test_refuses_a_header_that_would_become_two(
        self, to: str, subject: str, at: datetime
    ) -> None:
        """ASVS 1.3.11: no line break in the headers of a mail."""
        with pytest.raises(EnvoiRefused):
            queue_email(to=to, subject=subject, body="x", key="k", at=at)

        assert not Message.objects.exists()

    @given(extra=st.text(min_size=1))
    def test_never_lets_a_line_break_through(self, extra: str) -> None:
        at = datetime.fromisoformat("2026-11-02T09:00:00+00:00")
        try:
            message = an_email(subject=f"Bonjour {extra}", at=at)
        except EnvoiRefused:
            return
        assert len(str(message.subject).splitlines()) == 1
        message.delete()

    def test_keeps_the_words_encrypted(self, at: datetime) -> None:
        """S-42: neither the address nor the words stand in the database."""
        message = an_email(at=at)

        with connection.cursor() as cursor:
            cursor.execute("SELECT recipient, subject, body FROM envois_message")
            stored = " ".join(cursor.fetchone())

        assert "rose" not in stored
        assert "démarche" not in stored
        assert message.recipient == "rose@example.org"


class TestQueueSms:
    @pytest.mark.parametrize("to", ["0612345678", "+33 6 12 34 56 78", "+33x", "", "+3"])
    def test_wants_an_international_number(self, to: str, at: datetime) -> None:
        with pytest.raises(EnvoiRefused):
            queue_sms(to=to, body="x", key="k", at=at)

        assert an_sms(at=at).kind == "sms"


class TestPurgeMessages:
    def test_forgets_the_words_at_once_and_the_row_after_thirty_days(self, at: datetime) -> None:
        """P-20: the day before it is there, the day after it is gone."""
        message = an_email(at=at)
        waiting = an_email(at=at + timedelta(days=40))
        send_due(at=at, worker="w")

        message.refresh_from_db()
        assert (message.recipient, message.subject, message.body) == (None, None, None)
        words = "25:Une information pour vousVotre aidante a fait une démarche avec vous."
        assert message.content_hash == hashlib.sha256(words.encode()).hexdigest()

        assert purge_messages(at=at + timedelta(days=29)) == 0
        assert purge_messages(at=at + timedelta(days=30)) == 1
        assert Message.objects.get() == waiting

    def test_keeps_no_words_of_an_ended_message_even_by_force(self, at: datetime) -> None:
        message = an_email(at=at)

        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.filter(pk=message.pk).update(sent_at=at)


class TestEraseMessages:
    def test_forgets_what_was_said_about_one_person_and_nothing_else(self, at: datetime) -> None:
        """P-22: what waits is not sent, what left leaves no trace of whom it was about."""
        rose = uuid.uuid4()
        an_email(about=rose, at=at)
        send_due(at=at, worker="w")
        an_sms(about=rose, at=at)
        others = [an_email(about=uuid.uuid4(), at=at), an_email(at=at)]

        assert erase_messages(about=rose) == 2

        assert list(Message.objects.order_by("pk")) == others
        assert send_due(at=at, worker="w") == 2
        assert len(mail.outbox) == 3
