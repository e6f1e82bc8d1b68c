"""The doors of the protocol, as a relying party meets them: one test per row of FI-xx."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tandem.journal.models import Entry
from tandem.oidc_provider.models import AccessToken, AuthorizationCode, SigningKey, Transaction
from tandem.oidc_provider.rules import jose
from tandem.oidc_provider.rules.choices import Alg
from tandem.oidc_provider.tests.story import (
    ISSUER,
    POST_LOGOUT,
    REDIRECT,
    SECRET,
    Story,
    authorize_request,
    make_party,
    query_of,
    rep_scopes,
)


def id_token_of(story: Story) -> dict[str, Any]:
    """Its claims, the signature checked with the key its kid names in our JWKS."""
    token = story.exchange().json()["id_token"]
    keys = {key["kid"]: key for key in story.machine.get("/oidc/jwks").json()["keys"]}
    header = jose.peek_header(token)
    return dict(jose.verify(token, alg=Alg.ES256, key=keys[header["kid"]]))


class TestAuthorize:
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_keeps_the_request_and_sends_the_browser_to_a_page(
        self, story: Story, method: str
    ) -> None:
        """FI-01, decision 11: by GET and by POST, without CSRF token, 303 to a GET page."""
        browser = story.client_class(enforce_csrf_checks=True)

        response = getattr(browser, method)("/oidc/authorize", authorize_request(), secure=True)

        row = Transaction.objects.get()
        assert response.status_code == 303
        assert response["Location"] == f"/oidc/connexion/{row.public_id}/"
        assert (row.state, row.nonce, row.rep_scopes) == ("a" * 64, "b" * 64, ["Social-Santé"])

    def test_leaves_the_session_of_the_aidant_alone(self, story: Story) -> None:
        """Decision 11: a cross-site POST carries no Lax cookie; no new session may replace the one there."""
        stranger = story.client_class()

        response = stranger.post("/oidc/authorize", authorize_request(), secure=True)

        [cookie] = response.cookies.values()
        assert cookie.key.startswith("__Host-tandem-cnx-")
        assert (cookie["samesite"], cookie["httponly"], cookie["secure"]) == ("Lax", True, True)

    def test_names_the_transaction_by_128_random_bits(self, story: Story) -> None:
        """S-03: a version 4 UUID would always have the same six bits."""
        for _ in range(24):
            story.arrive()

        versions = {row.public_id.hex[12] for row in Transaction.objects.all()}
        assert len(versions) > 4

    @pytest.mark.parametrize(
        "changes",
        [
            {"client_id": "unknown"}, {"client_id": None}, {"client_id": ""}, {"client_id": "a\x00b"},
            {"client_id": ["franceconnect", "franceconnect"]}, {"redirect_uri": None}, {"redirect_uri": ""},
            {"redirect_uri": REDIRECT + "/"}, {"redirect_uri": REDIRECT + "?x=1"}, {"redirect_uri": "https://evil.example"},
            {"redirect_uri": REDIRECT.upper()}, {"redirect_uri": REDIRECT.replace("https", "http")},
            {"redirect_uri": [REDIRECT, REDIRECT]}, {"redirect_uri": [REDIRECT, "https://evil.example"]},
            {"redirect_uri": REDIRECT + "\x00"}, {"redirect_uri": REDIRECT + "#f"},
        ],
    )  # fmt: skip
    def test_never_redirects_to_a_stranger(self, story: Story, changes: dict[str, Any]) -> None:
        """FI-18: unknown client or redirect URI, an error page."""
        response = story.browser.get(
            "/oidc/authorize",
            authorize_request(**{"client_id": "franceconnect", **changes}),
            secure=True,
        )

        assert response.status_code == 400
        assert "Location" not in response
        assert not Transaction.objects.exists()

    def test_never_redirects_for_a_relying_party_that_was_stopped(self, story: Story) -> None:
        """FI-18, S-02."""
        story.party.disabled_at = story.party.created_at
        story.party.save()

        response = story.browser.get("/oidc/authorize", authorize_request(), secure=True)

        assert response.status_code == 400

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"nonce": None}, "invalid_request"),
            ({"response_type": "token"}, "unsupported_response_type"),
            ({"request": "a.b.c"}, "request_not_supported"),
            ({"request_uri": "https://evil.example"}, "request_uri_not_supported"),
            ({"claims": "{"}, "invalid_request"),
            ({"scope": "profile"}, "invalid_scope"),
            ({"prompt": ["login", "login"]}, "invalid_request"),
        ],
    )
    def test_sends_other_errors_back_with_the_state_and_the_issuer(
        self, story: Story, changes: dict[str, Any], error: str
    ) -> None:
        """FI-17, FI-18, FI-20 (RFC 9207)."""
        response = story.browser.get("/oidc/authorize", authorize_request(**changes), secure=True)

        answer = query_of(response["Location"])
        assert response.status_code == 303
        assert response["Location"].startswith(REDIRECT)
        assert (answer["error"], answer["state"], answer["iss"]) == (error, "a" * 64, ISSUER)
        assert not Transaction.objects.exists()

    def test_echoes_no_state_that_cannot_be_trusted(self, story: Story) -> None:
        response = story.browser.get(
            "/oidc/authorize", authorize_request(state=["a", "b"]), secure=True
        )

        assert "state" not in query_of(response["Location"])

    def test_slows_down_whoever_arrives_too_often(self, story: Story, monkeypatch: Any) -> None:
        """S-16."""
        monkeypatch.setattr("tandem.oidc_provider.views.protocol._ARRIVALS_A_MINUTE", 2)

        statuses = [story.arrive().status_code for _ in range(3)]

        assert statuses == [303, 303, 429]


class TestToken:
    def test_answers_an_access_token_and_an_id_token_never_cached(self, story: Story) -> None:
        """FI-08, FI-10, FI-21."""
        story.walk()

        response = story.exchange()

        answer = response.json()
        assert response["Cache-Control"] == "no-store"
        assert response["Content-Type"] == "application/json"
        assert set(answer) == {"access_token", "token_type", "expires_in", "id_token", "scope"}
        assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 60)
        assert len(answer["access_token"]) >= 43
        assert not any(header.startswith("Access-Control") for header in response.headers)

    def test_keeps_neither_code_nor_token_in_the_database(self, story: Story) -> None:
        """S-01: hashes only."""
        story.walk()
        token = story.exchange().json()["access_token"]

        kept = str(AuthorizationCode.objects.values().get()) + str(
            AccessToken.objects.values().get()
        )
        assert story.code not in kept
        assert token not in kept

    def test_says_in_the_id_token_what_franceconnect_verifies(
        self, story: Story, clock: Any
    ) -> None:
        """FI-04, FI-05, FI-06, FI-14: byte for byte, no identity, five minutes."""
        story.walk()

        claims = id_token_of(story)

        now = 1793613600
        assert claims.pop("sub").isascii()
        assert claims == {
            "iss": ISSUER, "aud": "franceconnect", "iat": now, "exp": now + 300, "nonce": "b" * 64,
            "acr": "eidas1", "rep_scope": ["Social-Santé"],
        }  # fmt: skip

    def test_names_one_theme_that_of_the_line_chosen(self, story: Story) -> None:
        """FI-04, decision 3: whatever longer list was asked."""
        story.walk(claims=rep_scopes("logement", "social", "famille"))

        assert id_token_of(story)["rep_scope"] == ["Social-Santé"]

    def test_gives_a_subject_opaque_stable_and_different_elsewhere(
        self, story: Story, clock: Any
    ) -> None:
        """FI-14: pairwise."""
        story.walk()
        first = id_token_of(story)["sub"]
        clock.shift(timedelta(minutes=1))
        story.walk()
        again = id_token_of(story)["sub"]
        clock.shift(timedelta(minutes=1))
        story.party = make_party("caf", name="CAF")
        story.walk()
        elsewhere = id_token_of(story)["sub"]

        assert first == again != elsewhere
        assert len({first, elsewhere, str(story.rose.public_id), story.rose.sub_index}) == 4

    @pytest.mark.parametrize("accepts", [False, True])
    def test_says_who_acts_only_to_whom_accepts_it(self, story: Story, accepts: bool) -> None:
        """Decision 8: structure, pseudonym, mandat; never a name."""
        story.party = make_party("caf", accepts_act=accepts)
        story.walk()

        act = id_token_of(story).get("act", {})

        expected = {story.structure.siret, str(story.line.mandat.public_id)} if accepts else set()
        assert {act.get("siret"), act.get("mandat")} - {None} == expected
        assert act.get("sub") not in {str(story.compte.public_id), story.compte.email}

    def test_dies_with_the_code_after_sixty_seconds(self, story: Story, clock: Any) -> None:
        """FI-09, S-05."""
        story.walk()
        clock.shift(timedelta(seconds=60))

        assert story.exchange().json() == {"error": "invalid_grant"}

    def test_lives_until_then(self, story: Story, clock: Any) -> None:
        story.walk()
        clock.shift(timedelta(seconds=59))

        assert story.exchange().status_code == 200

    def test_refuses_a_code_twice_and_kills_what_the_first_gave(self, story: Story) -> None:
        """FI-09, S-01: and the journal says it once."""
        story.walk()
        token = story.exchange().json()["access_token"]

        replays = [story.exchange() for _ in range(3)]

        assert {r.json()["error"] for r in replays} == {"invalid_grant"}
        assert story.userinfo(token).status_code == 401
        assert Entry.objects.filter(event="oidc_provider.code_replayed").count() == 1

    def test_refuses_the_code_of_another_relying_party_which_is_then_spent(
        self, story: Story
    ) -> None:
        """FI-09: bound to its client; a code seen elsewhere has leaked."""
        make_party("other")
        story.walk()

        stolen = story.exchange(client_id="other")

        assert stolen.json() == {"error": "invalid_grant"}
        assert story.exchange().json() == {"error": "invalid_grant"}

    @pytest.mark.parametrize("uri", [REDIRECT + "/", "https://fc.example", None])
    def test_refuses_another_redirect_uri(self, story: Story, uri: str | None) -> None:
        """FI-09."""
        story.walk()

        assert story.exchange(redirect_uri=uri).status_code == 400

    def test_enforces_pkce_when_it_was_used(self, story: Story) -> None:
        """FI-23."""
        challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        asked = {"code_challenge": challenge, "code_challenge_method": "S256"}
        answers = []
        for given in (verifier, "w" * 43, None):
            story.walk(**asked)
            answers.append(story.exchange(code_verifier=given).status_code)
            AuthorizationCode.objects.all().delete()
            story.compte.refresh_from_db()
            story.compte.totp_last_step = 0
            story.compte.save()
        story.walk()

        assert answers == [200, 400, 400]
        assert story.exchange(code_verifier=verifier).json() == {"error": "invalid_grant"}


class TestLogout:
    def ask(self, story: Story, **changes: Any) -> Any:
        values = {
            "client_id": "franceconnect",
            "post_logout_redirect_uri": POST_LOGOUT,
            "state": "s" * 32,
        }
        sent = {n: v for n, v in {**values, **changes}.items() if v is not None}
        return story.browser.get("/oidc/logout", sent, secure=True)

    def test_goes_back_with_the_state_and_leaves_the_aidant_logged_in(
        self, story: Story, clock: Any
    ) -> None:
        """FI-19: an expired hint is accepted."""
        story.walk()
        hint = story.exchange().json()["id_token"]
        clock.shift(timedelta(minutes=14))

        response = self.ask(story, id_token_hint=hint)

        assert response.status_code == 303
        assert response["Location"] == f"{POST_LOGOUT}?state={'s' * 32}"
        story.arrive()
        assert story.browser.get(story.url("usager"), secure=True).status_code == 200

    def test_accepts_the_hint_of_an_hs256_relying_party(self, story: Story) -> None:
        story.party = make_party("caf", id_token_alg="HS256")
        story.walk()
        hint = story.exchange().json()["id_token"]

        assert self.ask(story, client_id=None, id_token_hint=hint).status_code == 303

    def test_refuses_a_forged_hint_or_an_unknown_address(self, story: Story) -> None:
        """FI-19: an error page, never a redirect."""
        story.walk()
        hint = story.exchange().json()["id_token"]
        _, _, other = jose.new_key(Alg.ES256)
        kid = SigningKey.objects.get().kid
        forged = jose.sign(
            {"iss": ISSUER, "aud": "franceconnect"}, alg=Alg.ES256, key={**other, "kid": kid}
        )
        by_hmac = jose.sign(
            {"iss": ISSUER, "aud": "franceconnect"}, alg=Alg.HS256, key=jose.secret_key("x" * 32)
        )
        listed = jose.sign({"iss": ISSUER, "aud": ["franceconnect"]}, alg=Alg.ES256, key=other)
        make_party("other", post_logout_uris=["https://other.example/out"])

        refused = [
            self.ask(story, id_token_hint=forged),
            self.ask(story, id_token_hint=by_hmac),
            self.ask(story, id_token_hint=listed),
            self.ask(story, id_token_hint=hint[:-4] + "AAAA"),
            self.ask(story, id_token_hint="garbage"),
            self.ask(story, id_token_hint=[hint, hint]),
            self.ask(story, id_token_hint=hint, client_id="other"),
            self.ask(story, post_logout_redirect_uri="https://evil.example"),
            self.ask(story, post_logout_redirect_uri="https://other.example/out"),
            self.ask(story, post_logout_redirect_uri=None),
            self.ask(story, client_id="unknown"),
            self.ask(story, client_id=None),
        ]

        assert {r.status_code for r in refused} == {400}
        assert not any("Location" in r for r in refused)


class TestDiscoveryAndKeys:
    def test_are_public_and_agree_with_each_other(self, db: None, client: Client) -> None:
        """FI-15, FI-16: exact issuer, public keys with a kid, no private part."""
        make_party()

        said = client.get("/.well-known/openid-configuration", secure=True).json()
        [key] = client.get(said["jwks_uri"].removeprefix(ISSUER), secure=True).json()["keys"]

        assert said["issuer"] == ISSUER
        assert {key["kty"], key["alg"], key["use"]} == {"EC", "ES256", "sig"}
        assert "d" not in key
        assert key["kid"] == SigningKey.objects.get().kid

    def test_are_encrypted_at_rest(self, db: None, client: Client) -> None:
        """Decision 6 and S-42: neither the private key nor an HS256 secret stands in clear."""
        from django.db import connection

        make_party("caf", id_token_alg="HS256", userinfo_alg="ES256")
        with connection.cursor() as cursor:
            cursor.execute("SELECT private_jwk FROM oidc_provider_signingkey")
            [(private,)] = cursor.fetchall()
            cursor.execute("SELECT secret, secret_hash FROM oidc_provider_relyingparty")
            [(secret, secret_hash)] = cursor.fetchall()

        assert private.startswith("t1:")
        assert '"d"' not in private
        assert secret.startswith("t1:")
        assert SECRET not in secret + secret_hash


class TestTheStatus:
    """FI-24: an address that says whether the provider can answer."""

    def test_is_good_while_every_registered_key_stands(self, story: Story) -> None:
        make_party("signed", userinfo_alg=Alg.RS256.value)

        answer = story.machine.get("/oidc/etat", secure=True)

        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
        assert answer["Cache-Control"] == "no-store"

    def test_says_that_nothing_could_be_signed(self, story: Story) -> None:
        make_party("signed", userinfo_alg=Alg.RS256.value)
        SigningKey.objects.filter(alg=Alg.RS256).delete()

        answer = story.machine.get("/oidc/etat", secure=True)

        assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})

    def test_does_not_count_a_service_that_was_stopped(self, story: Story) -> None:
        gone = make_party("signed", userinfo_alg=Alg.RS256.value)
        SigningKey.objects.filter(alg=Alg.RS256).delete()
        gone.disabled_at = gone.created_at
        gone.save()

        assert story.machine.get("/oidc/etat", secure=True).status_code == 200
