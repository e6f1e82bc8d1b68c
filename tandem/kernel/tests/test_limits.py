from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from tandem.kernel.jobs import purge
from tandem.kernel.limits import hit, purge_limits
from tandem.kernel.models import LimitCounter

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


class TestHit:
    def test_allows_up_to_the_limit(self) -> None:
        """S-16: at most so many checks per minute."""
        with time_machine.travel(NOON, tick=False):
            answers = [hit("login:alice", limit=3, window=60) for _ in range(5)]

        assert answers == [True, True, True, False, False]

    def test_never_locks_out_for_good(self) -> None:
        """S-16: after 10,000 tries, the legitimate user enters within 60 s."""
        with time_machine.travel(NOON, tick=False) as clock:
            allowed = sum(hit("login:alice", limit=10, window=60) for _ in range(1_000))
            clock.shift(timedelta(seconds=60))
            again = hit("login:alice", limit=10, window=60)

        assert (allowed, again) == (10, True)

    def test_counts_each_key_apart(self) -> None:
        assert hit("login:alice", limit=1, window=60)
        assert hit("login:bob", limit=1, window=60)

    def test_counts_the_cost(self) -> None:
        with time_machine.travel(NOON, tick=False):
            answers = [hit("sms", limit=5, window=60, cost=cost) for cost in (3, 3, 2, 1, 6)]

        assert answers == [True, False, True, False, False]
        assert not hit("other", limit=5, window=60, cost=6)

    def test_keeps_no_key_in_clear(self) -> None:
        hit("login:alice@example.org", limit=1, window=60)

        [counter] = LimitCounter.objects.values()
        assert "alice" not in str(counter)

    def test_costs_one_query_once_the_window_is_open(
        self, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        with time_machine.travel(NOON, tick=False):
            hit("login:alice", limit=5, window=60)
            with django_assert_max_num_queries(1):
                hit("login:alice", limit=5, window=60)


class TestPurgeLimits:
    def test_drops_only_the_windows_that_are_over(self) -> None:
        with time_machine.travel(NOON, tick=False):
            hit("short", limit=1, window=60)
            hit("long", limit=1, window=3600)

        assert purge_limits(at=NOON + timedelta(minutes=5)) == 1
        assert LimitCounter.objects.count() == 1
        assert purge(NOON + timedelta(hours=2)) == "1 windows"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="the in-memory database has one writer at a time"
)
class TestParallelHits:
    def test_never_pass_the_limit(self) -> None:
        """S-16: parallel tries do not slip through."""

        def tries() -> int:
            try:
                return sum(hit("parallel", limit=20, window=86_400) for _ in range(10))
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            futures = [pool.submit(tries) for _ in range(4)]

        assert sum(future.result() for future in futures) == 20
