"""A Tandem that answers at once, and that tests may spoil in one place at a time."""

import base64
import json
import secrets
from collections.abc import Callable
from typing import Any

from simulateurs.franceconnect.tokens import Signer
from simulateurs.web import Request, Response, Router, Running, redirect, start

CLIENT_ID = "franceconnect-simule"
CLIENT_SECRET = "secret-of-the-stand-in-franceconnect-0123"
ROSE = {
    "given_name": "Rose Marie",
    "family_name": "MARTIN",
    "birthdate": "1955-03-12",
    "gender": "female",
    "birthplace": "75107",
    "birthcountry": "99100",
    "email": "rose.martin@mail.example",
}


class FakeTandem:
    def __init__(self, issuer: str, now: Callable[[], float]) -> None:
        self.issuer = issuer
        self.now = now
        self.signer = Signer()
        self.asked: list[dict[str, str]] = []
        self.forms: list[dict[str, str]] = []
        self.logouts: list[dict[str, str]] = []
        self.identity: dict[str, Any] = dict(ROSE)
        self.id_token: dict[str, Any] = {"rep_scope": ["Social-Santé"]}
        self.userinfo: dict[str, Any] = {}
        self.removed: set[str] = set()
        self.callback: dict[str, str | None] = {}
        self.token_status = 200
        self.userinfo_type = "application/jwt"
        self.token_text: Callable[[dict[str, Any]], str] = self.signer.sign
        self._nonces: dict[str, str] = {}
        self._router = Router(
            [
                ("GET", "/oidc/authorize", self._authorize),
                ("POST", "/oidc/token", self._token),
                ("GET", "/oidc/userinfo", self._userinfo),
                ("GET", "/oidc/jwks", lambda _request: _json(self.signer.public_keys())),
                ("GET", "/oidc/logout", self._logout),
            ]
        )

    def serve(self, port: int) -> Running:
        return start(self._router, port=port)

    def _authorize(self, request: Request) -> Response:
        asked = dict(request.query)
        self.asked.append(asked)
        code = secrets.token_urlsafe(16)
        self._nonces[code] = asked["nonce"]
        answer = {"code": code, "state": asked["state"], "iss": self.issuer, **self.callback}
        return redirect(asked["redirect_uri"], {n: v for n, v in answer.items() if v is not None})

    def _token(self, request: Request) -> Response:
        form = dict(request.form)
        self.forms.append(form)
        now = int(self.now())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "rose-for-franceconnect",
            "acr": "eidas1",
            "nonce": self._nonces.pop(form["code"], ""),
            "iat": now,
            "exp": now + 60,
            **self.id_token,
        }
        kept = {name: value for name, value in claims.items() if name not in self.removed}
        tokens = {
            "access_token": "a" * 43,
            "token_type": "Bearer",
            "id_token": self.token_text(kept),
        }
        return _json(tokens, self.token_status)

    def _userinfo(self, _request: Request) -> Response:
        own = {"iss": self.issuer, "aud": CLIENT_ID, "sub": "rose-for-franceconnect"}
        text = self.signer.sign({**own, **self.identity, **self.userinfo})
        return Response(text.encode(), media_type=self.userinfo_type)

    def _logout(self, request: Request) -> Response:
        asked = dict(request.query)
        self.logouts.append(asked)
        return redirect(asked["post_logout_redirect_uri"], {"state": asked["state"]})


def unsigned(claims: dict[str, Any]) -> str:
    parts = ({"alg": "none"}, claims)
    encoded = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts
    )
    return ".".join(encoded) + "."


def _json(value: object, status: int = 200) -> Response:
    return Response(json.dumps(value).encode(), status, "application/json")
