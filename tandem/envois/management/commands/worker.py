"""The worker: sends what waits, runs the periodic jobs, stops when asked."""

import logging
import signal
from argparse import ArgumentParser
from threading import Event
from typing import Any
from uuid import uuid4

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from tandem.envois.actions import send_next
from tandem.kernel import clock, periodic

logger = logging.getLogger(__name__)
IDLE_SECONDS = 1.0
# After a surprise (the database is away): long enough not to fill the log, short enough to come back soon.
PAUSE_SECONDS = 5.0


class Command(BaseCommand):
    help = "Envoie les courriels et SMS en attente et fait tourner les tâches périodiques."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="un seul tour, puis s’arrête")

    def handle(self, *, once: bool, **_options: Any) -> None:
        worker = uuid4().hex[:12]
        if once:
            turn(worker, Event())
            return
        stop = Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            # The message being sent is finished and marked, then the loop ends.
            signal.signal(name, lambda *_: stop.set())
        self.stdout.write("Le travail de fond est lancé.")
        run(worker, stop)
        self.stdout.write("Le travail de fond est arrêté.")


def run(worker: str, stop: Event) -> None:
    """Turn until `stop` is set; a surprise is reported and the next turn goes on."""
    while not stop.is_set():
        pause = IDLE_SECONDS
        try:
            turn(worker, stop)
        except Exception:
            # The door of the worker, as the web server is the door of a request: one broken job
            # must not keep people from being told.
            logger.exception("worker")
            pause = PAUSE_SECONDS
        close_old_connections()
        stop.wait(pause)


def turn(worker: str, stop: Event) -> None:
    """Send everything due, then run the jobs that are due."""
    while not stop.is_set() and send_next(at=clock.now(), worker=worker):
        pass
    if not stop.is_set():
        for ran in periodic.run_due(at=clock.now(), worker=worker):
            logger.info("%s: %s", ran.name, ran.summary)
