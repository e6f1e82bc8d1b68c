"""Periodic jobs: a registry, and one row each so that two workers never run one twice.

A room declares a job in its `jobs.py` (or beside an action):

    @periodic("journal.checkpoint", every=timedelta(hours=1))
    def checkpoint(at: datetime) -> str: ...

It returns one short line for the operator, without any personal value.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from django.db.models import Q
from django.utils.module_loading import autodiscover_modules

from tandem.kernel.models import PeriodicRun

JobFunction = Callable[[datetime], str]


@dataclass(frozen=True)
class Job:
    """One periodic job. `lease` is longer than it can last: then another worker may take it."""

    name: str
    every: timedelta
    lease: timedelta
    run: JobFunction


@dataclass(frozen=True)
class Ran:
    """A job that ran, and its line."""

    name: str
    summary: str


_NEVER = datetime.min.replace(tzinfo=UTC)
_JOBS: dict[str, Job] = {}


def periodic(
    name: str, *, every: timedelta, lease: timedelta = timedelta(minutes=10)
) -> Callable[[JobFunction], JobFunction]:
    """Register a job under a name of its own; ValueError when the name is taken."""

    def register(run: JobFunction) -> JobFunction:
        if name in _JOBS and _JOBS[name].run is not run:
            raise ValueError(f"two periodic jobs are named {name}")
        _JOBS[name] = Job(name, every, lease, run)
        return run

    return register


def jobs() -> dict[str, Job]:
    """Every job of every room, by name."""
    _discover()
    return dict(_JOBS)


@cache
def _discover() -> None:
    autodiscover_modules("jobs", "actions")


def run_due(*, at: datetime, worker: str) -> list[Ran]:
    """Run the jobs that are due and that no other worker holds, the longest waiting first.

    A job that breaks is marked so, waits for its next turn, and its error travels on: the
    worker reports it and calls again.
    """
    known = jobs()
    seen = dict(PeriodicRun.objects.filter(name__in=known).values_list("name", "last_run_at"))
    new = [PeriodicRun(name=name) for name in known if name not in seen]
    if new:
        PeriodicRun.objects.bulk_create(new, ignore_conflicts=True)
    due = [job for job in known.values() if (seen.get(job.name) or _NEVER) <= at - job.every]
    due.sort(key=lambda job: seen.get(job.name) or _NEVER)
    return [_run(job, at, worker) for job in due if _take(job, at, worker)]


def _take(job: Job, at: datetime, worker: str) -> bool:
    """Hold the job, unless another worker has just taken or run it."""
    due = Q(last_run_at=None) | Q(last_run_at__lte=at - job.every)
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    row = PeriodicRun.objects.filter(due, free, name=job.name)
    return bool(row.update(lease_by=worker, lease_until=at + job.lease))


def _run(job: Job, at: datetime, worker: str) -> Ran:
    state = "failed"
    summary = ""
    try:
        summary = job.run(at)
        state = f"done: {summary}"[:200]
    finally:
        PeriodicRun.objects.filter(name=job.name, lease_by=worker).update(
            last_run_at=at, last_state=state, lease_by="", lease_until=None
        )
    return Ran(job.name, summary)
