from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from tandem.kernel import periodic as module
from tandem.kernel.models import PeriodicRun
from tandem.kernel.periodic import Ran, jobs, periodic, run_due

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
Calls = list[datetime]


@pytest.fixture(autouse=True)
def _empty_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_JOBS", {})
    monkeypatch.setattr(module, "_discover", lambda: None)


@pytest.fixture
def calls() -> Calls:
    """What the job `sweep`, hourly, was called with."""
    calls: Calls = []

    @periodic("sweep", every=HOUR)
    def sweep(at: datetime) -> str:
        calls.append(at)
        return "3 lines"

    return calls


class TestRunDue:
    def test_runs_a_job_and_keeps_its_line(self, calls: Calls) -> None:
        assert run_due(at=NOON, worker="w1") == [Ran("sweep", "3 lines")]

        [row] = PeriodicRun.objects.all()
        assert calls == [NOON]
        assert (row.last_run_at, row.last_state) == (NOON, "done: 3 lines")
        assert (row.lease_by, row.lease_until) == ("", None)

    def test_waits_for_the_next_turn(self, calls: Calls) -> None:
        for minutes in (0, 59, 60, 61):
            run_due(at=NOON + timedelta(minutes=minutes), worker="w1")

        assert calls == [NOON, NOON + HOUR]

    def test_costs_one_query_when_nothing_is_due(
        self, calls: Calls, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        run_due(at=NOON, worker="w1")

        with django_assert_num_queries(1):
            run_due(at=NOON + timedelta(minutes=1), worker="w1")

    def test_leaves_what_another_has_just_run(self, calls: Calls) -> None:
        run_due(at=NOON, worker="w1")
        PeriodicRun.objects.update(last_run_at=NOON + HOUR)
        late = NOON + HOUR + timedelta(minutes=1)

        assert not module._take(jobs()["sweep"], late, "w2")

    def test_leaves_what_another_worker_holds(self, calls: Calls) -> None:
        PeriodicRun.objects.create(
            name="sweep", lease_by="w2", lease_until=NOON + timedelta(minutes=5)
        )

        assert run_due(at=NOON, worker="w1") == []
        assert calls == []

    def test_takes_over_from_a_dead_worker(self, calls: Calls) -> None:
        PeriodicRun.objects.create(name="sweep", lease_by="dead", lease_until=NOON)

        assert run_due(at=NOON, worker="w1") == [Ran("sweep", "3 lines")]

    def test_does_not_run_inside_itself(self) -> None:
        inner: list[list[Ran]] = []

        @periodic("slow", every=HOUR)
        def slow(at: datetime) -> str:
            inner.append(run_due(at=at + timedelta(minutes=5), worker="w2"))
            return "ok"

        assert run_due(at=NOON, worker="w1") == [Ran("slow", "ok")]
        assert inner == [[]]

    def test_marks_a_broken_job_and_lets_the_error_travel(self) -> None:
        @periodic("broken", every=HOUR)
        def broken(at: datetime) -> str:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            run_due(at=NOON, worker="w1")

        [row] = PeriodicRun.objects.all()
        assert (row.last_state, row.last_run_at, row.lease_until) == ("failed", NOON, None)
        assert run_due(at=NOON + timedelta(minutes=1), worker="w1") == []

    def test_does_not_let_a_broken_job_starve_the_others(self, calls: Calls) -> None:
        @periodic("broken", every=HOUR)
        def broken(at: datetime) -> str:
            raise ZeroDivisionError

        for _ in range(2):
            try:
                run_due(at=NOON, worker="w1")
            except ZeroDivisionError:
                continue

        assert calls == [NOON]


class TestRegistry:
    def test_refuses_two_jobs_of_one_name(self, calls: Calls) -> None:
        with pytest.raises(ValueError, match="sweep"):
            periodic("sweep", every=HOUR)(str)

        assert list(jobs()) == ["sweep"]


class TestDiscovery:
    def test_finds_the_jobs_of_the_rooms(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.undo()

        assert "kernel.purge_limits" in jobs()
