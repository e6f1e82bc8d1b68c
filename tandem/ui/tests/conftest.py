"""A server of the pages of ui alone, and Debian's Chromium."""

import threading
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_words: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The browser of the machine."""
    return {
        **browser_type_launch_args,
        "executable_path": "/usr/bin/chromium",
        "args": ["--no-sandbox"],
    }


@pytest.fixture
def ui_server() -> Iterator[str]:
    """Pages of tandem/ui/tests/urls.py and static files; no database stands behind."""
    with override_settings(ROOT_URLCONF="tandem.ui.tests.urls", ALLOWED_HOSTS=["localhost"]):
        handler = StaticFilesHandler(WSGIHandler())
        server = make_server("127.0.0.1", 0, handler, WSGIServer, _Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        server.server_close()
        thread.join()
