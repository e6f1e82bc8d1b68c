"""More is asked than the server can answer (R-21): a few wait a moment, the others are told to come back.

A request works on one of a few threads, each with its own connection to the database. Too many ask: those beyond
the queue, or who waited too long in it, get « 503, Retry-After » before anything is done for them. Stopping a mandat,
and what watches the service, pass by a door of their own.
"""

import re
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any, Final

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

# How many wait for each thread that works, and how long.
WAITING: Final = 8
PATIENCE_SECONDS: Final = 2.0
RETRY_AFTER_SECONDS: Final = "5"
# The stop is answered when nothing else is, and so is what says that the service lives.
_FIRST: Final = re.compile(
    r"/mandats/(?:autorisations/[0-9a-f-]{36}/|personnes/[0-9a-f-]{36}/tout-|[0-9a-f-]{36}/)?arreter/"
    r"|/sante/?|/metriques/?"
)
PAGE: Final = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>Trop de demandes – Tandem</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>Trop de demandes en même temps</h1>
<p>Rien n’a été enregistré. Attendez quelques secondes, puis recommencez.</p>
<p>Pour arrêter un mandat, la page « Arrêter le mandat » répond toujours.</p></main></body></html>
""".encode()
_HEADERS: Final = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Length", str(len(PAGE))),
    ("Retry-After", RETRY_AFTER_SECONDS),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
]


def is_first(path: str) -> bool:
    """Answered before the others."""
    return _FIRST.fullmatch(path) is not None


class _Door:
    """Some threads, and a queue that has an end."""

    def __init__(self, threads: int, name: str) -> None:
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self.places = threads * (1 + WAITING)
        self.inside = 0
        self.lock = Lock()

    def enter(self, work: Callable[[], Iterable[bytes]]) -> "Future[Iterable[bytes]] | None":
        """The work, begun or waiting; None when there is no place."""
        with self.lock:
            if self.inside >= self.places:
                return None
            self.inside += 1
        future = self.threads.submit(work)
        future.add_done_callback(self._leave)
        return future

    def _leave(self, _future: "Future[Iterable[bytes]]") -> None:
        with self.lock:
            self.inside -= 1


class Admission:
    """The application, behind its two doors. `threads`: how many requests work at once in this process."""

    def __init__(
        self, application: Application, *, threads: int, patience: float = PATIENCE_SECONDS
    ) -> None:
        self.application = application
        self.patience = patience
        self.doors = {False: _Door(threads, "tandem"), True: _Door(1, "tandem-stop")}

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        door = self.doors[is_first(environ.get("PATH_INFO", ""))]
        future = door.enter(lambda: self.application(environ, start_response))
        if future is None:
            return _come_back(start_response)
        try:
            return future.result(timeout=self.patience)
        except TimeoutError:
            # Cancelled: it had not begun. Otherwise it works, and is waited for.
            return _come_back(start_response) if future.cancel() else future.result()


def _come_back(start_response: StartResponse) -> Iterable[bytes]:
    start_response("503 Service Unavailable", _HEADERS)
    return [PAGE]


def blocking_threads(threads: int) -> int:
    """How many requests of one process the server lets in: at work, waiting, being told to come back."""
    return (threads + 1) * (1 + WAITING) + threads
