"""The worker's side: leases, retries, ends. R-13 with a provider that can be broken on purpose."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections

from tandem.envois import actions, rules
from tandem.envois.actions import send_due, send_next
from tandem.envois.backends import Undelivered
from tandem.envois.models import Message
from tandem.envois.rules import LEASE, Failure
from tandem.envois.signals import message_failed
from tandem.envois.tests.factories import an_email, an_sms
from tandem.kernel.crypto import UnknownKeyError

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """What kill -9 looks like from inside: nothing after it runs."""


class Provider:
    """Takes messages, and counts how often each one came."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def send(self, *, to: str, subject: str, body: str, key: str) -> None:
        self.taken.append(key)
        self.meanwhile()

    @property
    def twice(self) -> list[str]:
        return [key for key, times in Counter(self.taken).items() if times > 1]


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    provider = Provider()
    monkeypatch.setattr(actions, "email_backend", lambda: provider)
    return provider


def breaks(failure: Failure = Failure.UNAVAILABLE, *, final: bool = False) -> Callable[[], None]:
    def meanwhile() -> None:
        raise Undelivered(failure, final=final)

    return meanwhile


class TestSendDue:
    def test_sends_the_oldest_first_and_no_more_than_asked(
        self, provider: Provider, at: datetime
    ) -> None:
        messages = [an_email(at=at + timedelta(seconds=n)) for n in (0, 1, 2)]

        assert send_due(at=at + timedelta(minutes=1), worker="w", limit=2) == 2

        assert provider.taken == [message.public_id.hex for message in messages[:2]]

    def test_waits_longer_after_each_failure_then_sends(
        self, provider: Provider, at: datetime
    ) -> None:
        """R-13: a provider down for ten minutes loses nothing; all leave within 15 of its return."""
        message = an_email(at=at)
        provider.meanwhile = breaks()
        now, back = at, at + timedelta(minutes=10)
        while now < back:
            send_due(at=now, worker="w")
            now += timedelta(seconds=5)

        provider.meanwhile = lambda: None
        while not (message := Message.objects.get()).sent_at:
            now += timedelta(seconds=5)
            send_due(at=now, worker="w")

        assert message.sent_at is not None
        assert message.sent_at - back < timedelta(minutes=15)
        assert len(provider.taken) < 10
        assert message.failure == ""

    def test_ends_at_once_what_is_refused_for_good_and_says_it(
        self, provider: Provider, at: datetime
    ) -> None:
        heard: list[tuple[str, object]] = []

        def hear(message: Message, at: datetime, **_kwargs: Any) -> None:
            heard.append((message.recipient, at))

        message_failed.connect(hear)
        provider.meanwhile = breaks(Failure.REFUSED, final=True)
        an_email(at=at)
        send_due(at=at, worker="w")
        message_failed.disconnect(hear)

        row = Message.objects.get()
        assert (row.failed_at, row.failure, row.recipient) == (at, Failure.REFUSED, None)
        assert heard == [("rose@example.org", at)]
        assert send_due(at=at + timedelta(days=2), worker="w") == 0

    def test_gives_up_after_a_day(self, provider: Provider, at: datetime) -> None:
        provider.meanwhile = breaks()
        an_email(at=at)

        send_due(at=at + timedelta(hours=23), worker="w")
        assert Message.objects.get().failed_at is None
        send_due(at=at + timedelta(hours=24), worker="w")

        assert Message.objects.get().failure == Failure.GIVEN_UP

    def test_does_not_send_a_code_that_comes_too_late(
        self, provider: Provider, at: datetime
    ) -> None:
        """R-16: a code after its hour would only confuse."""
        an_email(at=at, expires_at=at + timedelta(minutes=10))

        send_due(at=at + timedelta(minutes=10), worker="w")

        assert provider.taken == []
        assert Message.objects.get().failure == Failure.TOO_LATE

    def test_says_when_no_sms_can_leave(self, settings: Any, at: datetime) -> None:
        settings.TANDEM_SMS_URL = ""
        an_sms(at=at)

        send_due(at=at, worker="w")

        assert Message.objects.get().failure == Failure.NO_PROVIDER

    def test_ends_a_message_that_does_not_open_any_more(
        self, provider: Provider, at: datetime
    ) -> None:
        other = an_email(at=at)
        message = an_email(at=at)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE envois_message SET body = (SELECT body FROM envois_message WHERE id = %s)"
                " WHERE id = %s",
                [other.pk, message.pk],
            )

        send_due(at=at, worker="w")

        message.refresh_from_db()
        assert message.failure == Failure.UNREADABLE
        assert provider.taken == [other.public_id.hex]

    def test_waits_for_a_key_that_is_missing(
        self, monkeypatch: pytest.MonkeyPatch, at: datetime
    ) -> None:
        def hand_over(*_args: object) -> None:
            raise UnknownKeyError("key")

        monkeypatch.setattr(actions, "_hand_over", hand_over)
        an_email(at=at)

        send_due(at=at, worker="w")

        assert Message.objects.get().failed_at is None


class TestLeases:
    def two_workers_at_once(self, provider: Provider, at: datetime) -> None:
        """The second worker looks while the first is still talking to the provider."""
        an_email(at=at)

        def meanwhile() -> None:
            provider.meanwhile = lambda: None
            send_due(at=at, worker="second")

        provider.meanwhile = meanwhile
        send_due(at=at, worker="first")

    def test_give_a_message_to_one_worker_only(self, provider: Provider, at: datetime) -> None:
        self.two_workers_at_once(provider, at)

        assert (len(provider.taken), provider.twice) == (1, [])

    def test_are_what_prevents_the_second_sending(
        self, provider: Provider, at: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Negative control: without the lease, two workers send twice."""
        monkeypatch.setattr(actions, "LEASE", timedelta(0))

        self.two_workers_at_once(provider, at)

        assert len(provider.taken) == 2
        assert provider.twice

    def test_free_what_a_killed_worker_held_with_the_same_key(
        self, provider: Provider, at: datetime
    ) -> None:
        """R-03: killed between the sending and the mark: sent again, under the same key."""

        def killed() -> None:
            raise Killed

        message = an_email(at=at)
        provider.meanwhile = killed
        with pytest.raises(Killed):
            send_next(at=at, worker="first")

        provider.meanwhile = lambda: None
        assert send_due(at=at + LEASE - timedelta(seconds=1), worker="second") == 0
        assert send_due(at=at + LEASE, worker="second") == 1

        message.refresh_from_db()
        assert provider.taken == [message.public_id.hex] * 2
        assert (message.sent_at, message.attempts) == (at + LEASE, 2)

    def test_cover_a_whole_conversation_with_a_slow_provider(self) -> None:
        """An SMTP session has nine steps at most, each cut after STEP_SECONDS."""
        from tandem.envois.backends import STEP_SECONDS

        assert timedelta(seconds=9 * STEP_SECONDS) < rules.LEASE


@pytest.fixture
def closing() -> Iterator[list[threading.Thread]]:
    threads: list[threading.Thread] = []
    yield threads
    for thread in threads:
        thread.join(30)


@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="in-memory SQLite has one writer; see test_worker"
)
@pytest.mark.django_db(transaction=True)
class TestManyWorkers:
    def test_share_the_work_without_sending_twice(
        self, provider: Provider, at: datetime, closing: list[threading.Thread]
    ) -> None:
        for _ in range(60):
            an_email(at=at)

        def work(name: str) -> None:
            send_due(at=at, worker=name, limit=100)
            connections.close_all()

        closing += [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join(30)
        send_due(at=at, worker="last", limit=100)

        assert len(provider.taken) == 60
        assert provider.twice == []
        assert Message.objects.waiting().count() == 0
