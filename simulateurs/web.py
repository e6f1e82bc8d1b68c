"""The little web server of the stand-ins: requests, answers, pages with everything escaped."""

import logging
import re
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from socketserver import ThreadingMixIn
from string import Template
from types import TracebackType
from urllib.parse import parse_qsl, urlencode
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

import httpx

from simulateurs.safety import refuse_production

logger = logging.getLogger(__name__)

PAGES = Path(__file__).resolve().parent / "pages"
MAX_BODY = 100_000
_REASONS = {200: "OK", 303: "See Other", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
            405: "Method Not Allowed", 413: "Content Too Large", 502: "Bad Gateway"}  # fmt: skip


class Markup(str):
    """HTML already made: not escaped again."""

    __slots__ = ()


def fill(page: str, **values: object) -> Markup:
    """A page or a part of one, every value escaped unless it is `Markup`."""
    text = (PAGES / page).read_text(encoding="utf-8")
    safe = {name: v if isinstance(v, Markup) else escape(str(v)) for name, v in values.items()}
    return Markup(Template(text).substitute(safe))


def join(parts: Iterable[Markup]) -> Markup:
    """Parts one after the other."""
    return Markup("".join(parts))


@dataclass(frozen=True)
class Request:
    """What came: parameters in their order, repetitions kept."""

    method: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    form: Sequence[tuple[str, str]] = ()
    cookies: Mapping[str, str] = field(default_factory=dict)
    authorization: str = ""

    def value(self, name: str) -> str:
        """The first value of a parameter, of the form or of the query."""
        return next((value for key, value in (*self.form, *self.query) if key == name), "")


@dataclass
class Response:
    """What goes back."""

    body: bytes = b""
    status: int = 200
    media_type: str = "text/html; charset=utf-8"
    headers: list[tuple[str, str]] = field(default_factory=list)

    def with_cookie(self, name: str, value: str) -> "Response":
        """A cookie of this stand-in alone: all ports of one host share them, so each has its own name."""
        self.headers.append(("Set-Cookie", f"{name}={value}; Path=/; HttpOnly; SameSite=Lax"))
        return self


Handler = Callable[..., Response]


def redirect(url: str, params: Mapping[str, str] | None = None) -> Response:
    """Send the browser elsewhere, by GET."""
    target = f"{url}{'&' if '?' in url else '?'}{urlencode(params)}" if params else url
    return Response(status=303, headers=[("Location", target)])


def page(layout: str, *, title: str, content: Markup, status: int = 200) -> Response:
    """A whole page of one stand-in."""
    return Response(fill(layout, title=title, content=content).encode(), status)


class Router:
    """Which function answers which address; `{name}` takes one part of the path."""

    def __init__(self, routes: Sequence[tuple[str, str, Handler]]) -> None:
        style = (PAGES / "simulateur.css").read_bytes()
        common: list[tuple[str, str, Handler]] = [
            (
                "GET",
                "/simulateur.css",
                lambda _request: Response(style, media_type="text/css; charset=utf-8"),
            )
        ]
        self._routes = [
            (method, _pattern(path), handler) for method, path, handler in [*common, *routes]
        ]

    def __call__(self, request: Request) -> Response:
        found = [(method, match, handler) for method, pattern, handler in self._routes
                 if (match := pattern.fullmatch(request.path))]  # fmt: skip
        for method, match, handler in found:
            if method == request.method:
                return handler(request, **match.groupdict())
        return Response(b"", 405 if found else 404, "text/plain; charset=utf-8")


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[A-Za-z0-9_-]+)", re.escape(path)))


App = Callable[[Request], Response]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # named by the base class
        """Addresses hold codes and tokens: the request line is never written."""


class Running:
    """A stand-in that listens, until `stop`."""

    def __init__(self, server: WSGIServer) -> None:
        self._server = server
        self.port = int(server.server_port)
        self._thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop listening; the port is free again."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self) -> None:
        """Listen until interrupted."""
        self._thread.join()

    def __enter__(self) -> "Running":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    # Reading the machine's certificates takes longer than a whole page.
    return httpx.create_ssl_context(trust_env=False)


def caller(timeout: float) -> httpx.Client:
    """A client for one's own calls: no redirection followed, no proxy of the environment."""
    return httpx.Client(verify=_tls(), timeout=timeout, follow_redirects=False, trust_env=False)


def start(app: App, *, port: int, host: str = "127.0.0.1") -> Running:
    """Listen on the loopback, in the background. Port 0 takes a free one.

    Raises:
        SystemExit: the mode is production.
    """
    refuse_production()
    return Running(
        make_server(host, port, as_wsgi(app), server_class=_Server, handler_class=_Quiet)
    )


def as_wsgi(app: App) -> Callable[[WSGIEnvironment, StartResponse], list[bytes]]:
    """The application as any WSGI server wants it."""

    def wsgi(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        response = _answer(app, environ)
        headers = [
            ("Content-Type", response.media_type),
            ("Content-Length", str(len(response.body))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
            ("Referrer-Policy", "no-referrer"),
            *response.headers,
        ]
        start_response(f"{response.status} {_REASONS[response.status]}", headers)
        return [response.body]

    return wsgi


def _answer(app: App, environ: WSGIEnvironment) -> Response:
    method = environ["REQUEST_METHOD"]
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > MAX_BODY:
        return Response(b"", 413)
    body = environ["wsgi.input"].read(length) if length else b""
    request = Request(
        method="GET" if method == "HEAD" else method,
        path=environ.get("PATH_INFO", "/"),
        query=parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True),
        form=parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True),
        cookies=_cookies(environ.get("HTTP_COOKIE", "")),
        authorization=environ.get("HTTP_AUTHORIZATION", ""),
    )
    return app(request)


def _cookies(text: str) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(text).items()}
    except CookieError:
        return {}
