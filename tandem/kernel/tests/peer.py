"""A server on the loopback with every bad habit, for the tests of the HTTP client."""

import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Peer(BaseHTTPRequestHandler):
    """A server with every bad habit, one per path; it remembers what it received."""

    received: list[tuple[str, str, dict[str, str], bytes]]

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.received.append((self.command, self.path, dict(self.headers), b""))
        simple = {
            "/json": (200, b'{"ok": true}', {}),
            "/text": (200, b"not json", {}),
            "/deep": (200, b"[" * 100_000, {}),
            "/missing": (404, b"{}", {}),
            "/redirect": (302, b"", {"Location": "/json"}),
            "/full": (200, b"x" * 1_000_000, {}),
            "/huge": (200, b"x" * 1_000_001, {}),
            "/bomb": (200, b"\x1f\x8b", {"Content-Encoding": "gzip"}),
        }
        if self.path in simple:
            status, body, headers = simple[self.path]
            self._answer(status, body, headers)
        elif self.path == "/endless":
            self._stream(b"x" * 100_000, 0)
        elif self.path == "/drip":
            self._stream(b"x", 0.05)
        elif self.path == "/slow":
            time.sleep(0.5)
        else:
            self.wfile.write(b"this is no HTTP\r\n\r\n")

    def _stream(self, piece: bytes, pause: float) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(100):
                self.wfile.write(piece)
                time.sleep(pause)
        except OSError:
            return

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append((self.command, self.path, dict(self.headers), body))
        self._answer(400, b'{"error": "invalid_grant"}', {})

    def log_message(self, *args: Any) -> None:
        return


class Server:
    """A running peer."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.received: list[tuple[str, str, dict[str, str], bytes]] = []
        handler = type("Handler", (Peer,), {"received": self.received})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.scheme = "http"
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
            self.scheme = "https"
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
