"""Our provider, driven by npm openid-client 5.7.0: the very library FranceConnect drives it with.

The aidant's pages are walked by a browser of tests; what the library does behind it (token, keys, identity) goes
through a real server on the loopback.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tandem.journal.rules import SYSTEM
from tandem.kernel import clock as tandem_clock
from tandem.mandats.models import Autorisation
from tandem.oidc_provider.actions import rotate_keys
from tandem.oidc_provider.models import Transaction
from tandem.oidc_provider.tests.story import (
    AT,
    POST_LOGOUT,
    REDIRECT,
    SECRET,
    Story,
    make_party,
    query_of,
    rep_scopes,
)
from tests.interop.peers import READY, Peer

pytestmark = [
    pytest.mark.interop,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not READY, reason="npm ci in tests/interop first"),
]

# What FranceConnect sends beside state, nonce and its own identity (FI-01).
ASKED = {
    "scope": "openid profile email birth",
    "redirect_uri": REDIRECT,
    "acr_values": "eidas1",
    "prompt": "login",
    "claims": rep_scopes("social"),
}
IDENTITY = {
    "given_name", "family_name", "birthdate", "gender", "birthplace", "birthcountry", "email",
}  # fmt: skip
PROTOCOL = {"sub", "iss", "aud", "iat", "exp", "nonce", "acr", "rep_scope", "at_hash", "jti"}


class FranceConnect:
    """openid-client on one side, Alice's browser on the other."""

    def __init__(self, peer: Peer, story: Story, origin: str) -> None:
        self.peer = peer
        self.story = story
        self.origin = origin

    def ask(self, order: str, **given: Any) -> dict[str, Any]:
        """One order to the library, at the instant of the story."""
        return self.peer.ask(order=order, now=int(tandem_clock.now().timestamp()), **given)

    def open(self, *, alg: str = "ES256", userinfo_alg: str = "ES256", **changes: Any) -> None:
        """Register us as FranceConnect does: by hand, or by discovery."""
        # A JWKS address unless both algorithms are symmetrical (FI-15).
        keys = {} if {alg, userinfo_alg} == {"HS256"} else {"jwks_uri": f"{self.origin}/oidc/jwks"}
        metadata = {
            "issuer": settings.TANDEM_SITE_URL,
            "authorization_endpoint": f"{self.origin}/oidc/authorize",
            "token_endpoint": f"{self.origin}/oidc/token",
            "userinfo_endpoint": f"{self.origin}/oidc/userinfo",
            "end_session_endpoint": f"{self.origin}/oidc/logout",
            **keys,
        }
        own = {
            "client_id": self.story.party.client_id,
            "client_secret": SECRET,
            "token_endpoint_auth_method": "client_secret_post",
            "response_types": ["code"],
            "redirect_uris": [REDIRECT],
            "id_token_signed_response_alg": alg,
            **({"userinfo_signed_response_alg": userinfo_alg} if userinfo_alg else {}),
        }
        opened = self.ask("open", **{"metadata": metadata, "settings": own, **changes})
        assert "error" not in opened, opened

    def leave(self, *, pkce: bool = False, **changes: Any) -> dict[str, str]:
        """The request as the library writes it."""
        return query_of(self.ask("authorize", params={**ASKED, **changes}, pkce=pkce)["url"])

    def arrive(self, asked: dict[str, str]) -> None:
        """Alice's browser brings the request, as the library wrote it and nothing else."""
        self.story.browser.get("/oidc/authorize", asked, secure=True)
        self.story.transaction = Transaction.objects.latest("pk")

    def choose(self) -> str:
        """Alice chooses Rose and the démarche, and confirms; the address she is sent to."""
        self.story.choose_usager()
        self.story.choose_line()
        return str(self.story.confirm()["Location"])

    def walk(self, asked: dict[str, str]) -> str:
        """All of it."""
        self.arrive(asked)
        return self.choose()

    def whole(self, **changes: Any) -> dict[str, Any]:
        """From the request to the identity, both subjects compared by the library."""
        to = self.walk(self.leave(**changes))
        return self.ask("identify", url=to, redirect_uri=REDIRECT)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(AT + timedelta(hours=1), tick=False) as traveller:
        yield traveller


Open = Callable[..., FranceConnect]


@pytest.fixture
def registered(
    clock: Any, live_server: Any, monkeypatch: pytest.MonkeyPatch, client: Client
) -> Iterator[Open]:
    """FranceConnect, once it knows us with these algorithms."""
    monkeypatch.setattr(settings, "TANDEM_SITE_URL", live_server.url)
    with Peer("franceconnect_client.mjs") as peer:

        def register(*, alg: str = "ES256", userinfo_alg: str = "ES256") -> FranceConnect:
            party = make_party(id_token_alg=alg, userinfo_alg=userinfo_alg)
            fc = FranceConnect(peer, Story(client_class=type(client), party=party), live_server.url)
            fc.open(alg=alg, userinfo_alg=userinfo_alg)
            return fc

        yield register


class TestOurProvider:
    @pytest.mark.parametrize(
        ("alg", "userinfo_alg"),
        [
            ("ES256", "ES256"),
            ("ES256", ""),
            ("RS256", "RS256"),
            ("HS256", "HS256"),
            ("HS256", "ES256"),
        ],
    )
    def test_hands_rose_over(self, registered: Open, alg: str, userinfo_alg: str) -> None:
        """FI-01, FI-04, FI-05, FI-06, FI-08, FI-11, FI-12, FI-14, FI-15: every algorithm that may be registered."""
        answer = registered(alg=alg, userinfo_alg=userinfo_alg).whole()

        assert "error" not in answer, answer
        claims, identity = answer["claims"], answer["identity"]
        assert (claims["acr"], claims["rep_scope"]) == ("eidas1", ["Social-Santé"])
        assert claims["sub"] == identity["sub"]
        assert claims["sub"].isascii()
        assert "nbf" not in claims
        assert claims["exp"] - claims["iat"] <= 300
        assert set(claims) <= PROTOCOL
        assert set(identity) <= IDENTITY | PROTOCOL | {"preferred_username"}
        assert identity["given_name"] == "Rose Marie"
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", identity["birthdate"])

    def test_accepts_the_request_by_post(self, registered: Open) -> None:
        """FI-01, decision 11: a post from another site brings no `SameSite=Lax` cookie; the page after it does."""
        fc = registered()
        browser = fc.story.browser
        session = browser.cookies.pop(settings.SESSION_COOKIE_NAME)

        answer = browser.post("/oidc/authorize", fc.leave(), secure=True)

        assert answer.status_code == 303
        browser.cookies[settings.SESSION_COOKIE_NAME] = session
        fc.story.transaction = Transaction.objects.latest("pk")
        found = fc.ask("identify", url=fc.choose(), redirect_uri=REDIRECT)
        assert found["identity"]["family_name"] == "MARTIN"

    def test_accepts_a_service_without_scope(self, registered: Open) -> None:
        """FI-02, decision 9: an empty list is no error, and what is used is said all the same."""
        answer = registered().whole(claims=rep_scopes())

        assert answer["claims"]["rep_scope"] == ["Social-Santé"]

    def test_sends_the_aidant_back_when_she_gives_up(self, registered: Open) -> None:
        """FI-17: access_denied with the state, which the library checks first."""
        fc = registered()
        fc.arrive(fc.leave())
        to = fc.story.browser.post(fc.story.url("cancel"), secure=True)["Location"]

        answer = fc.ask("callback", url=to, redirect_uri=REDIRECT)

        assert answer["error"] == "access_denied"

    def test_says_who_answers(self, registered: Open) -> None:
        """FI-20: `iss` stands in the answer; the control is the same answer of another."""
        fc = registered()
        to = fc.walk(fc.leave())
        assert query_of(to)["iss"] == settings.TANDEM_SITE_URL
        parts = urlsplit(to)
        forged = urlunsplit(
            parts._replace(query=urlencode({**query_of(to), "iss": "https://elsewhere.example"}))
        )

        refused = fc.ask("callback", url=forged, redirect_uri=REDIRECT)
        accepted = fc.ask("callback", url=to, redirect_uri=REDIRECT)

        assert "iss mismatch" in refused["message"]
        assert "error" not in accepted

    def test_answers_with_the_nonce_of_the_request(self, registered: Open) -> None:
        """FI-05: the control is a library that expects another."""
        fc = registered()
        to = fc.walk(fc.leave())

        refused = fc.ask("callback", url=to, redirect_uri=REDIRECT, change={"nonce": "0" * 64})

        assert "nonce mismatch" in refused["message"]

    @pytest.mark.parametrize(("seconds", "error"), [(-1, None), (0, None), (300, "RPError")])
    def test_needs_no_tolerance_of_clocks(
        self, registered: Open, seconds: int, error: str | None
    ) -> None:
        """FI-05: accepted by a clock one second behind; the control is the instant of its end."""
        fc = registered()
        to = fc.walk(fc.leave())
        now = int(tandem_clock.now().timestamp()) + seconds

        answer = fc.peer.ask(order="callback", now=now, url=to, redirect_uri=REDIRECT)

        assert answer.get("error") == error

    def test_gives_a_code_once_and_takes_the_token_back(self, registered: Open) -> None:
        """FI-09: invalid_grant at the second use, and the first token dies."""
        fc = registered()
        to = fc.walk(fc.leave())
        tokens = fc.ask("callback", url=to, redirect_uri=REDIRECT)["tokens"]

        again = fc.ask("exchange", code=query_of(to)["code"], redirect_uri=REDIRECT)
        identity = fc.ask("userinfo", access_token=tokens["access_token"])

        assert again["error"] == "invalid_grant"
        assert identity["error"] == "invalid_token"

    def test_gives_a_code_to_its_address_and_in_its_minute(
        self, registered: Open, clock: Any
    ) -> None:
        """FI-09: bound to redirect_uri, dead after sixty seconds."""
        fc = registered()
        code = query_of(fc.walk(fc.leave()))["code"]
        elsewhere = fc.ask("exchange", code=code, redirect_uri=REDIRECT + "/x")
        clock.shift(90)  # A time-based code of the aidant serves once.
        code = query_of(fc.walk(fc.leave()))["code"]
        clock.shift(61)
        late = fc.ask("exchange", code=code, redirect_uri=REDIRECT)

        assert (elsewhere["error"], late["error"]) == ("invalid_grant", "invalid_grant")

    def test_gives_a_token_that_opens_one_thing_for_a_minute(
        self, registered: Open, clock: Any
    ) -> None:
        """FI-10, decision 13: opaque, no refresh token, sixty seconds; a retry is answered the same."""
        fc = registered()
        tokens = fc.ask("callback", url=fc.walk(fc.leave()), redirect_uri=REDIRECT)["tokens"]
        read = {"access_token": tokens["access_token"]}

        first, retry = fc.ask("userinfo", **read), fc.ask("userinfo", **read)
        clock.shift(61)
        late = fc.ask("userinfo", **read)

        assert "refresh_token" not in tokens
        assert tokens["token_type"].lower() == "bearer"
        assert len(tokens["access_token"]) >= 22
        assert "." not in tokens["access_token"]
        assert first["identity"] == retry["identity"]
        assert late["error"] == "invalid_token"

    def test_gives_the_identity_by_post_too(self, registered: Open) -> None:
        """FI-11."""
        fc = registered()
        tokens = fc.ask("callback", url=fc.walk(fc.leave()), redirect_uri=REDIRECT)["tokens"]

        answer = fc.ask("userinfo", access_token=tokens["access_token"], method="POST")

        assert answer["identity"]["family_name"] == "MARTIN"

    def test_accepts_and_enforces_pkce(self, registered: Open, clock: Any) -> None:
        """FI-23: optional; when used, the verifier must match; a verifier without challenge is refused."""
        fc = registered()
        good = fc.ask("callback", url=fc.walk(fc.leave(pkce=True)), redirect_uri=REDIRECT)
        refused = []
        for pkce, verifier in ((True, "x" * 43), (False, "x" * 43)):
            clock.shift(90)
            to = fc.walk(fc.leave(pkce=pkce))
            refused.append(
                fc.ask(
                    "callback", url=to, redirect_uri=REDIRECT, change={"code_verifier": verifier}
                )
            )

        assert "error" not in good
        assert [one["error"] for one in refused] == ["invalid_grant", "invalid_grant"]

    def test_refuses_a_client_with_another_secret(self, registered: Open) -> None:
        """FI-08."""
        fc = registered()
        own = {
            "client_id": fc.story.party.client_id,
            "client_secret": "another secret of the same length, forty-odd chars",
            "token_endpoint_auth_method": "client_secret_post",
        }
        to = fc.walk(fc.leave())
        fc.open(settings=own)

        answer = fc.ask("exchange", code=query_of(to)["code"], redirect_uri=REDIRECT)

        assert answer["error"] == "invalid_client"

    def test_changes_its_keys_with_an_overlap(self, registered: Open, clock: Any) -> None:
        """FI-15: a client that read the keys before the rotation is served before and after."""
        fc = registered()
        assert "error" not in fc.whole()
        rotate_keys(author=SYSTEM, at=tandem_clock.now(), at_once=False)
        clock.shift(90)
        assert "error" not in fc.whole()

    @pytest.mark.parametrize("before", ["exchange", "userinfo"])
    def test_gives_nothing_once_the_mandat_is_stopped(self, registered: Open, before: str) -> None:
        """FI-22: between the code and the token, and between the token and the identity."""
        fc = registered()
        to = fc.walk(fc.leave())
        read = {"code": query_of(to)["code"], "redirect_uri": REDIRECT}
        if before == "userinfo":
            tokens = fc.ask("callback", url=to, redirect_uri=REDIRECT)["tokens"]
            read = {"access_token": tokens["access_token"]}
        ended = {"ended_at": tandem_clock.now(), "end_kind": "revoked"}
        Autorisation.objects.filter(pk=fc.story.line.pk).update(**ended)

        answer = fc.ask(before, **read)

        assert answer["error"] in {"invalid_grant", "invalid_token"}
        assert "identity" not in answer

    def test_is_found_by_discovery(self, registered: Open) -> None:
        """FI-16: exact issuer, no `none`, no implicit, no request object; and the journey works from it."""
        fc = registered()
        own = {
            "client_id": fc.story.party.client_id,
            "client_secret": SECRET,
            "token_endpoint_auth_method": "client_secret_post",
            "id_token_signed_response_alg": "ES256",
            "userinfo_signed_response_alg": "ES256",
        }
        found = fc.ask("open", discovery=fc.origin, settings=own)["metadata"]

        assert found["issuer"] == settings.TANDEM_SITE_URL
        assert found["response_types_supported"] == ["code"]
        assert "none" not in found["id_token_signing_alg_values_supported"]
        assert found["claims_parameter_supported"] is True
        assert found["request_uri_parameter_supported"] is False
        assert "error" not in fc.whole()

    def test_logs_franceconnect_out_and_not_alice(self, registered: Open, clock: Any) -> None:
        """FI-19: the hint is good after its end, the state comes back, the aidant stays."""
        fc = registered()
        id_token = fc.whole()["id_token"]
        clock.shift(600)
        url = fc.ask(
            "logout", id_token=id_token, post_logout_redirect_uri=POST_LOGOUT, state="s" * 64
        )["url"]

        answer = fc.story.browser.get("/oidc/logout", query_of(url), secure=True)
        forged = fc.story.browser.get(
            "/oidc/logout", {**query_of(url), "id_token_hint": id_token[:-4] + "AAAA"}, secure=True
        )

        assert answer["Location"] == f"{POST_LOGOUT}?state={'s' * 64}"
        assert "Location" not in forged or POST_LOGOUT not in forged["Location"]
        page = fc.story.browser.get(
            reverse("oidc_provider:end", args=[fc.story.transaction.public_id]), secure=True
        )
        assert page.status_code == 200
