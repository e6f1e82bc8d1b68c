"""Tandem's own application, which also writes what each request cost. For the benchmark alone."""

import os
import time
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.wsgi import get_wsgi_application
from django.db import connection

_application = get_wsgi_application()
_LOG = os.environ["BENCH_LOG"]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """One line a request: method, path, status, microseconds of CPU of this thread, queries, bytes."""
    queries = 0
    status = ""

    def count(execute: Callable[..., Any], *args: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*args)

    def started(line: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        nonlocal status
        status = line.split(maxsplit=1)[0]
        return start_response(line, headers, *rest)

    before = time.thread_time_ns()
    with connection.execute_wrapper(count):
        body = b"".join(_application(environ, started))
    spent = (time.thread_time_ns() - before) // 1000
    line = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {status} {spent} {queries} {len(body)}\n"
    with open(_LOG, "a", encoding="utf-8") as log:  # noqa: PTH123 — the shortest way, inside the measure's edge
        log.write(line)
    return [body]
