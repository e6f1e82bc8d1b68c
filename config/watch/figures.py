"""The figures of /metriques, in the text format of Prometheus: counts of the instance, never of one structure."""

import shutil
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Max, Q

from config.backup import last_backup
from config.watch.counters import BUCKETS, STATUSES
from config.watch.middleware import counters
from tandem.comptes.models import OpenSession
from tandem.envois.models import Message
from tandem.journal.models import Checkpoint
from tandem.kernel.models import PeriodicRun
from tandem.oidc_provider.queries import is_ready

LATE = timedelta(minutes=15)
Figure = tuple[str, str, str, list[tuple[str, float]]]


def text(*, at: datetime) -> str:
    """Every figure at that instant. Whatever cannot be known is left out, and its absence is the alarm."""
    lines = []
    for name, kind, words, values in _figures(at):
        lines += [f"# HELP tandem_{name} {words}", f"# TYPE tandem_{name} {kind}"]
        lines += [f"tandem_{name}{labels} {value:g}" for labels, value in values]
    return "\n".join(lines) + "\n"


def database_answers() -> float:
    """Seconds to ask the database one word; DatabaseError when it does not answer."""
    start = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return time.monotonic() - start


def _figures(at: datetime) -> Iterator[Figure]:
    yield _one("info", "gauge", "Version de Tandem.", 1, f'{{version="{_version()}"}}')
    yield _one("database_seconds", "gauge", "Temps de réponse de la base.", database_answers())
    yield from _work(at)
    yield from _requests()
    yield from _machine(at)


def _work(at: datetime) -> Iterator[Figure]:
    runs = PeriodicRun.objects.aggregate(
        last=Max("last_run_at"), copied=Max("last_run_at", filter=Q(name="journal.outside"))
    )
    yield from _age("worker_age_seconds", "Depuis le dernier travail régulier.", runs["last"], at)
    yield from _age(
        "journal_copy_age_seconds", "Depuis la dernière copie du journal.", runs["copied"], at
    )
    failed = PeriodicRun.objects.filter(last_state="failed").count()
    yield _one("jobs_failed", "gauge", "Travaux réguliers en échec.", failed)
    waiting = Message.objects.waiting()
    yield _one("messages_waiting", "gauge", "Messages en attente.", waiting.count())
    late = waiting.filter(created_at__lte=at - LATE).count()
    yield _one("messages_late", "gauge", "Messages en attente depuis plus de 15 minutes.", late)
    sealed = Checkpoint.objects.aggregate(last=Max("at"))["last"]
    yield from _age("checkpoint_age_seconds", "Depuis le dernier sceau du journal.", sealed, at)
    yield _one("sessions_open", "gauge", "Sessions ouvertes.", OpenSession.objects.count())
    yield _one("provider_ready", "gauge", "Une identité peut être signée.", is_ready(at))


def _requests() -> Iterator[Figure]:
    total = counters.total()
    by_status = [(f'{{status="{name}"}}', total[n]) for n, name in enumerate(STATUSES)]
    yield "requests_total", "counter", "Requêtes servies.", list(by_status)
    counts = total[len(STATUSES) : -1]
    limits = [*(f"{limit:g}" for limit in BUCKETS), "+Inf"]
    lines: list[tuple[str, float]] = [
        (f'_bucket{{le="{limit}"}}', sum(counts[: n + 1])) for n, limit in enumerate(limits)
    ]
    lines += [("_sum", total[-1] / 1_000_000), ("_count", sum(counts))]
    yield "request_seconds", "histogram", "Durée des requêtes.", list(lines)


def _machine(at: datetime) -> Iterator[Figure]:
    usage = shutil.disk_usage(Path(settings.TANDEM_DATA_DIR))
    yield _one("disk_free_bytes", "gauge", "Place libre sous les données.", usage.free)
    yield _one("disk_total_bytes", "gauge", "Place en tout sous les données.", usage.total)
    last = last_backup()
    if last is not None:
        yield from _age(
            "backup_age_seconds",
            "Depuis la dernière sauvegarde.",
            datetime.fromisoformat(last["at"]),
            at,
        )
        yield _one(
            "backup_bytes", "gauge", "Taille de la dernière sauvegarde.", float(last["size"])
        )


def _one(name: str, kind: str, words: str, value: float, labels: str = "") -> Figure:
    return name, kind, words, [(labels, value)]


def _age(name: str, words: str, since: datetime | None, at: datetime) -> Iterator[Figure]:
    if since is not None:
        yield _one(name, "gauge", words, (at - since).total_seconds())


def _version() -> str:
    try:
        return version("tandem")
    except PackageNotFoundError:
        return "source"
