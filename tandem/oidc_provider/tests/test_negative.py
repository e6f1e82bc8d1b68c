"""What hostile peers send: refused, and never a 5xx (S-06, FI-18, FI-21)."""

import base64
import json
import secrets
from typing import Any

import pytest
from django.test import Client
from joserfc import jwk, jws, jwt

from tandem.oidc_provider.models import AccessToken, RelyingParty
from tandem.oidc_provider.rules import jose
from tandem.oidc_provider.rules.choices import Alg
from tandem.oidc_provider.tests.story import (
    AT,
    ISSUER,
    REDIRECT,
    SECRET,
    Story,
    authorize_request,
    make_party,
)

_, PUBLIC, PRIVATE = jose.new_key(Alg.ES256)
OTHER = jose.new_key(Alg.ES256)[2]
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
BIG = "x" * 900_000

BAD_CLIENTS: list[tuple[str, dict[str, Any]]] = [
    ("no secret", {"client_secret": None}),
    ("empty secret", {"client_secret": ""}),
    ("wrong secret", {"client_secret": "w" * 51}),
    ("a prefix of the secret", {"client_secret": SECRET[:-1]}),
    ("the secret and one more", {"client_secret": SECRET + "x"}),
    ("a secret that is not ASCII", {"client_secret": "é" * 40}),
    ("a secret with a null byte", {"client_secret": SECRET + "\x00"}),
    ("the secret twice", {"client_secret": [SECRET, SECRET]}),
    ("a huge secret", {"client_secret": BIG}),
    ("unknown client", {"client_id": "nobody"}),
    ("no client", {"client_id": None}),
    ("a client that is not ASCII", {"client_id": "frânce"}),
    ("a client with a null byte", {"client_id": "franceconnect\x00"}),
    ("the client twice", {"client_id": ["franceconnect", "franceconnect"]}),
    ("an assertion instead of the secret", {"client_secret": None, "client_assertion": "a.b.c"}),
    ("an assertion beside the secret", {"client_assertion": "a.b.c"}),
]  # fmt: skip


class TestATokenRequest:
    @pytest.mark.parametrize(("why", "changes"), BAD_CLIENTS, ids=[c[0] for c in BAD_CLIENTS])
    def test_of_someone_else_gets_nothing_and_spends_nothing(
        self, story: Story, why: str, changes: dict[str, Any]
    ) -> None:
        """S-06, FI-08: compared in constant time, whatever the alphabet."""
        story.walk()

        response = story.exchange(**changes)

        assert response.status_code in {400, 401}
        assert response.json()["error"] in {"invalid_client", "invalid_request"}
        assert not AccessToken.objects.exists()
        assert story.exchange().status_code == 200

    @pytest.mark.parametrize(
        "changes",
        [
            {"code": "unknown"}, {"code": ""}, {"code": None}, {"code": "é"}, {"code": "a\x00b"}, {"code": ["a", "b"]},
            {"code": "x" * 600}, {"code": BIG}, {"grant_type": "refresh_token"}, {"grant_type": "client_credentials"},
            {"grant_type": None}, {"redirect_uri": None}, {"redirect_uri": "https://evil.example"},
            {"code_verifier": "v" * 43}, {"made_up": ["1", "2"]},
        ],
    )  # fmt: skip
    def test_that_is_malformed_is_refused_in_json(
        self, story: Story, changes: dict[str, Any]
    ) -> None:
        """FI-09, FI-10, FI-18."""
        story.walk()

        response = story.exchange(**changes)

        assert response.status_code == 400
        assert response["Content-Type"] == "application/json"
        assert not AccessToken.objects.exists()

    def test_with_the_secret_in_the_header_is_refused(self, story: Story) -> None:
        """FI-08: client_secret_post is what was registered."""
        story.walk()
        basic = base64.b64encode(f"franceconnect:{SECRET}".encode()).decode()
        body = {"grant_type": "authorization_code", "code": story.code, "redirect_uri": REDIRECT}

        response = story.post("/oidc/token", body, HTTP_AUTHORIZATION=f"Basic {basic}")

        assert (response.status_code, response.json()) == (401, {"error": "invalid_client"})

    @pytest.mark.parametrize(
        ("content_type", "body"),
        [
            ("application/json", b'{"grant_type": "authorization_code"}'),
            ("text/plain", b"grant_type=authorization_code"),
            ("multipart/form-data; boundary=x", b"--x\r\nnothing"),
            ("application/x-www-form-urlencoded", b"\xff\xfe\x00\x80=\xc3\x28&client_id=%ED%A0%80"),
            ("application/x-www-form-urlencoded; charset=utf-16", b"client_id=x"),
            ("application/x-www-form-urlencoded; charset=nonsense", b"client_id=x"),
            ("application/x-www-form-urlencoded", b"client_id=" + b"x" * 1_100_000),
            ("application/x-www-form-urlencoded", b"&".join(b"p%d=1" % n for n in range(600))),
            ("application/x-www-form-urlencoded", b"%"),
            ("application/x-www-form-urlencoded", b""),
            ("", b"client_id=x"),
        ],
        ids=range(11),
    )  # fmt: skip
    def test_with_a_strange_body_never_breaks_the_server(
        self, story: Story, content_type: str, body: bytes
    ) -> None:
        """FI-21, R-19."""
        response = story.machine.generic(
            "POST", "/oidc/token", body, content_type=content_type, secure=True
        )

        assert 400 <= response.status_code < 500

    @pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "options", "head"])
    def test_by_another_method_is_refused(self, story: Story, method: str) -> None:
        response = getattr(story.machine, method)("/oidc/token", secure=True)

        assert response.status_code == 405
        assert not any(header.startswith("Access-Control") for header in response.headers)


def assertion(key: jose.Jwk = PRIVATE, alg: Alg = Alg.ES256, **changes: Any) -> str:
    now = AT.timestamp() + 3600
    claims = {
        "iss": "caf", "sub": "caf", "aud": [ISSUER, f"{ISSUER}/oidc/token"], "iat": now, "exp": now + 60,
        "jti": secrets.token_hex(16),
    }  # fmt: skip
    # Escaped, so that a claim may hold what no text holds.
    payload = json.dumps({**claims, **changes}, ensure_ascii=True)
    return jws.serialize_compact(
        {"alg": alg.value}, payload, jwk.JWKRegistry.import_key(key), algorithms=[alg.value]
    )


class TestPrivateKeyJwt:
    @pytest.fixture
    def caf(self, story: Story) -> Story:
        story.party = make_party("caf", public_key=PUBLIC, secret="")
        story.walk()
        return story

    def exchange(self, story: Story, token: str, **changes: Any) -> Any:
        values = {
            "client_secret": None, "client_id": None, "client_assertion": token,
            "client_assertion_type": ASSERTION_TYPE,
        }  # fmt: skip
        return story.exchange(**{**values, **changes})

    def test_opens_with_the_key_registered(self, caf: Story) -> None:
        """S-06."""
        assert self.exchange(caf, assertion()).status_code == 200

    def test_keeps_no_secret(self, caf: Story) -> None:
        """Decision 6."""
        party = RelyingParty.objects.get(client_id="caf")

        assert (party.secret_hash, party.secret) == ("", None)

    def test_serves_once(self, caf: Story) -> None:
        """S-06: a proof seen on the way opens nothing."""
        token = assertion()
        self.exchange(caf, token, code="wrong")

        assert self.exchange(caf, token).json() == {"error": "invalid_client"}

    @pytest.mark.parametrize(
        "changes",
        [
            {"iss": "other"}, {"iss": ["caf"]}, {"sub": ["caf"]}, {"sub": "\ud800"}, {"iss": "\ud800"},
            {"iss": "a\x00"}, {"aud": "https://evil.example"}, {"aud": [ISSUER, "https://evil.example"]},
            {"exp": AT.timestamp()}, {"exp": AT.timestamp() + 7200}, {"exp": ["x"]}, {"jti": ["x"]}, {"jti": None},
            {"nbf": 1e300},
        ],
    )  # fmt: skip
    def test_refuses_a_forged_claim_or_a_list(self, caf: Story, changes: dict[str, Any]) -> None:
        """S-06: compared by equality after a check of type."""
        response = self.exchange(caf, assertion(**changes))

        assert (response.status_code, response.json()) == (401, {"error": "invalid_client"})

    def test_refuses_another_key_algorithm_type_or_a_secret(self, caf: Story) -> None:
        """S-06: never what the header asks for."""
        confused = jwk.OctKey.import_key(json.dumps(PUBLIC))
        by_public = jwt.encode(
            {"alg": "HS256"}, {"iss": "caf", "sub": "caf"}, confused, algorithms=["HS256"]
        )
        good = assertion()
        none = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
        answers = [
            self.exchange(caf, assertion(key=OTHER)),
            self.exchange(caf, by_public),
            self.exchange(caf, none + good[good.index(".") : good.rindex(".") + 1] + "AA"),
            self.exchange(caf, good[:-3] + "AAA"),
            self.exchange(caf, good, client_assertion_type="urn:something-else"),
            self.exchange(caf, good, client_assertion_type=None),
            self.exchange(caf, good, client_id="franceconnect"),
            self.exchange(caf, good, client_secret=SECRET),
            self.exchange(caf, good, client_assertion=[good, good]),
            self.exchange(caf, "a" * 20_000),
            caf.exchange(client_id="caf", client_secret=SECRET),
            caf.exchange(client_id="caf", client_secret=""),
        ]

        assert {answer.status_code for answer in answers} <= {400, 401}
        assert not AccessToken.objects.exists()


class TestEveryDoor:
    @pytest.mark.parametrize(
        "path", ["/oidc/authorize", "/oidc/userinfo", "/oidc/logout", "/oidc/jwks", "/oidc/token"]
    )
    @pytest.mark.parametrize(
        "query",
        [
            "%00=%00", "client_id=%00", "client_id=%ED%A0%80&state=%FF%FE", "a=1&a=2", "=", "&&&", "client_id=%",
            "client_id[]=x", "id_token_hint=%7B%7D", "id_token_hint=a.b.c", "claims=%5B%5D", "x=" + "y" * 9_000,
        ],
    )  # fmt: skip
    def test_withstands_a_strange_query(
        self, db: None, client: Client, path: str, query: str
    ) -> None:
        """FI-21, R-19."""
        response = client.get(f"{path}?{query}", secure=True)

        assert response.status_code < 500
        assert "Location" not in response

    @pytest.mark.parametrize(
        "changes",
        [
            {"nonce": "\x00"}, {"state": "\x00"}, {"state": BIG}, {"nonce": BIG}, {"claims": BIG},
            {"scope": "\x00 openid"}, {"claims": '{"id_token":{"rep_scope":{"values":["\\u0000","\\ud800"]}}}'},
            {"scope": "openid\x00"},
            {"code_challenge": "\x00" * 43, "code_challenge_method": "S256"}, {"acr_values": "\ud7ff\x00"},
            {"claims": '{"id_token":{"rep_scope":{"essential":1e999}}}'}, {"prompt": "\x00"}, {"ui_locales": "\x00"},
            {"claims": "[" * 4000}, {"claims": '{"id_token":{"rep_scope":{"values":[' + "9" * 4000 + "]}}}"},
        ],
        ids=range(15),
    )  # fmt: skip
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_withstands_a_hostile_relying_party(
        self, story: Story, method: str, changes: dict[str, str]
    ) -> None:
        """FI-21: known client, hostile values."""
        response = getattr(story.browser, method)(
            "/oidc/authorize", authorize_request(**changes), secure=True
        )

        assert response.status_code in {303, 400}

    @pytest.mark.parametrize(
        "path", ["/oidc/authorize", "/oidc/token", "/oidc/userinfo", "/oidc/logout"]
    )
    def test_says_nothing_to_other_origins_and_is_never_framed_nor_kept(
        self, db: None, client: Client, path: str
    ) -> None:
        """FI-21."""
        response = client.post(path, HTTP_ORIGIN="https://evil.example", secure=True)

        assert not any(header.startswith("Access-Control") for header in response.headers)
        assert "no-store" in response["Cache-Control"]
        assert response["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


class TestASecretThatIsGuessed:
    """S-16: few checks a minute from one address, and the relying party itself is never locked out."""

    WRONG = {"client_secret": "w" * 51}
    ELSEWHERE = {"REMOTE_ADDR": "198.51.100.7"}

    def guess(self, story: Story, times: int, **changes: Any) -> list[int]:
        return [story.exchange(**{**self.WRONG, **changes}).status_code for _ in range(times)]

    def test_is_checked_ten_times_a_minute(self, story: Story) -> None:
        story.walk()

        assert self.guess(story, 12) == [401] * 10 + [429] * 2
        answer = story.exchange()
        # Even the right one: nothing is looked at any more from there.
        assert (answer.status_code, answer["Retry-After"]) == (429, "60")
        assert answer.json()["error"] == "temporarily_unavailable"
        assert not AccessToken.objects.exists()

    def test_does_not_lock_out_the_relying_party_at_its_own_address(self, story: Story) -> None:
        story.walk()
        self.guess(story, 50)

        story.machine.defaults.update(self.ELSEWHERE)

        assert story.exchange().status_code == 200

    def test_does_not_lock_out_another_relying_party_at_the_same_address(
        self, story: Story
    ) -> None:
        story.walk()
        make_party("another")
        self.guess(story, 50, client_id="another")
        self.guess(story, 50, client_id="nobody")

        assert story.exchange().status_code == 200

    def test_lets_the_relying_party_in_a_minute_later(self, story: Story, clock: Any) -> None:
        """S-16: no permanent lock-out."""
        self.guess(story, 50)
        clock.shift(60)
        story.walk()

        assert story.exchange().status_code == 200

    def test_counts_failures_and_nothing_else(self, story: Story) -> None:
        """Whoever has the right secret may fail on codes, or succeed, as often as needed."""
        answers = [story.exchange(code="unknown").status_code for _ in range(15)]

        assert answers == [400] * 15

    def test_counts_wrong_assertions_too(self, db: None, story: Story) -> None:
        story.walk()
        wrong = {
            "client_id": None, "client_secret": None, "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": jwt.encode(
                {"alg": "ES256"}, {"iss": story.party.client_id}, jwk.import_key(OTHER), algorithms=["ES256"]
            ),
        }  # fmt: skip

        assert self.guess(story, 11, **wrong) == [401] * 10 + [429]
