from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import CharField, DateTimeField, F
from pytest_django import DjangoAssertNumQueries

from tandem.kernel.models import LimitCounter
from tandem.kernel.prepared import Prepared

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)

LATER = Prepared(
    lambda ends_at: (
        LimitCounter.objects.filter(ends_at__gt=ends_at)
        .annotate(twice=F("count") * 2)
        .order_by("key_hash")
    ),
    DateTimeField(),
)
NAMED = Prepared(
    lambda key: LimitCounter.objects.filter(key_hash=key, count__gte=1).order_by(), CharField()
)


@pytest.fixture
def counters() -> list[LimitCounter]:
    return [
        LimitCounter.objects.create(
            key_hash=letter * 64, count=number, ends_at=NOON + timedelta(hours=number)
        )
        for number, letter in enumerate("abc", 1)
    ]


class TestPrepared:
    def test_gives_what_the_queryset_gives(self, counters: list[LimitCounter]) -> None:
        found = LATER.all(NOON + timedelta(hours=1))

        assert found == counters[1:]
        assert [row.twice for row in found] == [4, 6]  # type: ignore[attr-defined]  # annotated
        assert [row.ends_at for row in found] == [row.ends_at for row in counters[1:]]

    def test_asks_the_database_each_time(
        self, counters: list[LimitCounter], django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        """S-02: nothing of an answer is kept."""
        for number in range(8):  # far enough for PostgreSQL to keep its plan
            LimitCounter.objects.update(count=number + 1)
            with django_assert_num_queries(1):
                row = NAMED.first("b" * 64)
            assert row is not None
            assert row.count == number + 1
        counters[1].delete()

        assert NAMED.first("b" * 64) is None

    def test_keeps_values_apart_from_the_sql(self, counters: list[LimitCounter]) -> None:
        assert NAMED.all("' OR 1=1 --") == []
        assert NAMED.all("%s") == []
        assert NAMED.first("c" * 64) == counters[2]

    def test_can_be_saved_again(self, counters: list[LimitCounter]) -> None:
        row = NAMED.first("a" * 64)
        assert row is not None
        row.count = 41
        row.save()

        counters[0].refresh_from_db()
        assert counters[0].count == 41
        assert not row._state.adding
        assert row._state.db == connection.alias

    def test_refuses_a_missing_value(self) -> None:
        """« = NULL » would find nobody, silently."""
        with pytest.raises(TypeError, match="None"):
            NAMED.all(None)
        with pytest.raises(TypeError, match="each slot"):
            NAMED.all()

    def test_sees_its_own_transaction(self, counters: list[LimitCounter]) -> None:
        with transaction.atomic():
            LimitCounter.objects.filter(pk=counters[0].pk).update(count=9)
            row = NAMED.first("a" * 64)

        assert row is not None
        assert row.count == 9
