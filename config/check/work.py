"""What must go on by itself: the worker, its jobs, the messages, the backups, the identity provider."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.db.models import Max

from config.backup import last_backup
from config.check.findings import Finding, error, good, warning
from tandem.envois.queries import count_waiting_since
from tandem.kernel.models import PeriodicRun
from tandem.oidc_provider.queries import is_ready

SILENT_WORKER = timedelta(minutes=10)
LATE_MESSAGE = timedelta(minutes=15)
OLD_BACKUP = timedelta(hours=26)


def worker(at: datetime) -> Iterator[Finding]:
    """The worker is alive: a job of every minute ran lately."""
    last = PeriodicRun.objects.aggregate(last=Max("last_run_at"))["last"]
    if last is None:
        yield error(
            "travail de fond", "« tandem worker » n'a jamais tourné : aucun message ne part."
        )
    elif at - last > SILENT_WORKER:
        yield error(
            "travail de fond",
            f"« tandem worker » ne tourne plus depuis {_spoken(at - last)} : aucun message ne part.",
        )
    else:
        yield good("travail de fond", "Il tourne.")


def jobs(_at: datetime) -> Iterator[Finding]:
    """No periodic job broke at its last turn."""
    for name in PeriodicRun.objects.filter(last_state="failed").values_list("name", flat=True):
        yield error(
            "travail de fond", f"Le travail « {name} » a échoué : lisez les journaux du service."
        )


def messages(at: datetime) -> Iterator[Finding]:
    """Nobody waits for a message."""
    late = count_waiting_since(LATE_MESSAGE, at=at)
    if late:
        yield warning(
            "messages", f"{late} message(s) attendent depuis plus de {_spoken(LATE_MESSAGE)}."
        )
    else:
        yield good("messages", "Aucun n'attend.")


def backups(at: datetime) -> Iterator[Finding]:
    """The last backup is of today and still there (R-23)."""
    last = last_backup()
    if last is None:
        yield error(
            "sauvegarde", "Aucune n'a été faite ici : « tandem backup --folder … », chaque jour."
        )
        return
    age = at - datetime.fromisoformat(last["at"])
    if age > OLD_BACKUP:
        yield error("sauvegarde", f"La dernière a {_spoken(age)}.")
    elif not Path(last["file"]).exists():
        yield warning("sauvegarde", "La dernière n'est plus là où elle a été écrite.")
    else:
        yield good("sauvegarde", f"La dernière a {_spoken(age)}.")


def provider(at: datetime) -> Iterator[Finding]:
    """Whoever asks us for an identity can be answered (FI-24)."""
    if not is_ready(at):
        yield error(
            "fournisseur d'identité", "Une clé de signature manque : lancez « tandem keys rotate »."
        )


def _spoken(age: timedelta) -> str:
    minutes = int(age.total_seconds()) // 60
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} heures" if minutes < 2880 else f"{minutes // 1440} jours"
