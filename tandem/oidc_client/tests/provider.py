"""A FranceConnect for tests on the loopback, whose every answer a test may spoil."""

import base64
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey

Key = ECKey | RSAKey | OctKey

CLIENT_ID = "tandem-test"
CLIENT_SECRET = "secret-of-tests-secret-of-tests-0123"
SUB = "ab" * 32 + "v1"
ROSE = {
    "given_name": "Rose Marie",
    "family_name": "MARTIN",
    "birthdate": "1955-03-12",
    "gender": "female",
    "birthplace": "75107",
    "birthcountry": "99100",
    "preferred_username": "DUVAL",
    "email": "rose@example.org",
}


def new_key(kid: str = "k1", curve: str = "P-256") -> ECKey:
    return ECKey.generate_key(curve, parameters={"kid": kid})


def sign(claims: dict[str, Any] | bytes, key: Key, header: dict[str, Any]) -> str:
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    registry = jws.JWSRegistry(algorithms=[header["alg"]], strict_check_header=False)
    return jws.serialize_compact(header, payload, key, registry=registry)


def unsigned(claims: dict[str, Any]) -> str:
    """The token of algorithm none, made by hand: no library should be trusted to refuse making it."""
    parts = ({"alg": "none", "kid": "k1"}, claims)
    text = ".".join(
        base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in parts
    )
    return text + "."


class Token:
    """One signed answer: change its claims, its header or its key before it leaves."""

    def __init__(self, key: Key) -> None:
        self.key = key
        self.header: dict[str, Any] = {"alg": "ES256", "typ": "JWT", "kid": "k1"}
        self.claims: dict[str, Any] = {}
        self.removed: set[str] = set()
        # Replaces everything above.
        self.raw: Callable[[dict[str, Any]], str] | None = None

    def text(self, claims: dict[str, Any]) -> str:
        final = {k: v for k, v in {**claims, **self.claims}.items() if k not in self.removed}
        return self.raw(final) if self.raw else sign(final, self.key, self.header)


class Provider:
    """The state of the server; `answers` counts the requests by path."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.key = new_key()
        self.published: list[dict[str, Any]] = [
            self.key.as_dict(private=False, use="sig", alg="ES256")
        ]
        self.jwks: Any = None
        self.id_token, self.userinfo = Token(self.key), Token(self.key)
        self.identity: dict[str, Any] = dict(ROSE)
        self.discovery: dict[str, Any] = {}
        self.token_response: dict[str, Any] = {}
        self.userinfo_type = "application/jwt; charset=utf-8"
        # By path: (status, content type, body) sent instead of the right answer.
        self.broken: dict[str, tuple[int, str, bytes]] = {}
        self.slow: dict[str, float] = {}
        # By path: what happens while the client waits for the answer.
        self.during: dict[str, Callable[[], None]] = {}
        self.aliases: dict[str, str] = {}
        self.calls: list[str] = []
        self.forms: list[dict[str, str]] = []
        self.bearers: list[str] = []
        self.nonces: dict[str, str] = {}
        self.origin = ""
        self.access_token = secrets.token_urlsafe(24)

    @property
    def issuer(self) -> str:
        return f"{self.origin}/api/v2"

    def authorize(self, url: str) -> dict[str, str]:
        """What the browser brings back after the usager identified at this address."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = secrets.token_urlsafe(16)
        self.nonces[code] = query["nonce"]
        return {"code": code, "state": query["state"]}

    def answer(self, path: str, body: str, bearer: str) -> tuple[int, str, bytes]:
        path = self.aliases.get(path, path)
        self.calls.append(path)
        time.sleep(self.slow.get(path, 0))
        self.during.pop(path, lambda: None)()
        if path in self.broken:
            return self.broken[path]
        match path:
            case "/api/v2/.well-known/openid-configuration":
                return _json({**self._addresses(), **self.discovery})
            case "/api/v2/jwks":
                return _json(self.jwks if self.jwks is not None else {"keys": self.published})
            case "/api/v2/token":
                return self._token({k: v[0] for k, v in parse_qs(body).items()})
            case "/api/v2/userinfo":
                self.bearers.append(bearer)
                claims = {**self.identity, "iss": self.issuer, "aud": CLIENT_ID, "sub": SUB}
                return 200, self.userinfo_type, self.userinfo.text(claims).encode()
        return 404, "text/plain", b""

    def _addresses(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/session/end",
        }

    def _token(self, form: dict[str, str]) -> tuple[int, str, bytes]:
        self.forms.append(form)
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return _json({"error": "invalid_client"}, 401)
        nonce = self.nonces.pop(form.get("code", ""), None)
        if nonce is None:
            return _json({"error": "invalid_grant"}, 400)
        now = int(self.at.timestamp())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": SUB,
            "acr": "eidas1",
            "nonce": nonce,
            "iat": now,
            "exp": now + 60,
        }
        return _json(
            {
                "access_token": self.access_token,
                "token_type": "Bearer",
                "expires_in": 60,
                "id_token": self.id_token.text(claims),
                **self.token_response,
            }
        )


def _json(value: object, status: int = 200) -> tuple[int, str, bytes]:
    return status, "application/json; charset=utf-8", json.dumps(value).encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    provider: Provider


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._serve("")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode())

    def _serve(self, body: str) -> None:
        bearer = self.headers.get("Authorization", "")
        status, media_type, content = self.server.provider.answer(
            urlsplit(self.path).path, body, bearer
        )
        try:
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            if 300 <= status < 400:
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except (BrokenPipeError, ConnectionResetError):
            return  # The client lost patience, as the test wants.

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # named by the base class
        """Nothing of a token in the output of the tests."""


@contextmanager
def serving(at: datetime) -> Iterator[Provider]:
    provider = Provider(at)
    server = _Server(("127.0.0.1", 0), _Handler)
    server.provider = provider
    provider.origin = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
