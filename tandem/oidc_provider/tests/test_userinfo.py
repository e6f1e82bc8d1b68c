"""Userinfo: the identity, once, to whom shows the token in the header (FI-10 to FI-14)."""

from datetime import timedelta
from typing import Any

import pytest

from tandem.journal.models import Entry
from tandem.oidc_provider.models import AccessToken, SigningKey
from tandem.oidc_provider.rules import jose
from tandem.oidc_provider.rules.choices import Alg
from tandem.oidc_provider.tests.story import ISSUER, SECRET, Story, make_party, release


class TestUserinfo:
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_gives_the_identity_as_json(self, story: Story, method: str) -> None:
        """FI-11, FI-12, FI-14."""
        story.walk()
        tokens = story.exchange().json()

        response = story.userinfo(tokens["access_token"], method=method)

        identity = response.json()
        assert response["Cache-Control"] == "no-store"
        assert identity.pop("sub")
        assert identity == {
            "given_name": "Rose Marie", "family_name": "MARTIN", "birthdate": "1955-03-08", "gender": "female",
            "birthplace": "35238", "birthcountry": "99100", "email": "rose@example.org",
        }  # fmt: skip

    @pytest.mark.parametrize("alg", list(Alg))
    def test_gives_it_signed_when_an_algorithm_is_registered(self, story: Story, alg: Alg) -> None:
        """FI-11: application/jwt with iss and aud, same sub as the ID token; FI-05: exactly that algorithm."""
        story.party = make_party("caf", id_token_alg=alg.value, userinfo_alg=alg.value)
        story.walk()
        tokens = story.exchange().json()

        response = story.userinfo(tokens["access_token"])

        key = (
            jose.secret_key(SECRET)
            if alg is Alg.HS256
            else SigningKey.objects.get(alg=alg).public_jwk
        )
        claims = dict(jose.verify(response.content.decode(), alg=alg, key=key))
        assert response["Content-Type"] == "application/jwt"
        assert claims["sub"] == jose.verify(tokens["id_token"], alg=alg, key=key)["sub"]
        assert (claims["iss"], claims["aud"], claims["family_name"]) == (ISSUER, "caf", "MARTIN")
        assert not {"exp", "nbf", "rep_scope", "acr"} & set(claims)

    def test_answers_the_same_to_a_retry_and_journals_it_once(self, story: Story) -> None:
        """Decision 13, S-05."""
        story.walk()
        token = story.exchange().json()["access_token"]

        answers = [story.userinfo(token).json() for _ in range(3)]

        assert answers[0] == answers[1] == answers[2]
        assert Entry.objects.filter(event="oidc_provider.identity_released").count() == 1

    def test_refuses_another_request_with_the_same_token_and_kills_it(self, story: Story) -> None:
        """S-05: userinfo once."""
        story.walk()
        token = story.exchange().json()["access_token"]
        story.userinfo(token)

        assert story.userinfo(token, HTTP_USER_AGENT="curl/8").status_code == 401
        assert story.userinfo(token).status_code == 401

    def test_dies_after_sixty_seconds_retries_included(self, story: Story, clock: Any) -> None:
        """FI-10."""
        story.walk()
        token = story.exchange().json()["access_token"]
        assert story.userinfo(token).status_code == 200
        clock.shift(timedelta(seconds=60))

        response = story.userinfo(token)

        assert response.status_code == 401
        assert response["WWW-Authenticate"] == 'Bearer error="invalid_token"'

    @pytest.mark.parametrize(
        "given",
        [None, "Basic abc", "Bearer", "Bearer ", "bearer {}", "Bearer {} x", "Bearer é{}", "Bearer {}, Bearer {}"],
    )  # fmt: skip
    def test_takes_the_token_in_the_bearer_header_and_nowhere_else(
        self, story: Story, given: str | None
    ) -> None:
        """FI-11: not in the query, not in the body."""
        story.walk()
        token = story.exchange().json()["access_token"]
        headers = {} if given is None else {"Authorization": given.replace("{}", token)}

        by_query = story.machine.get(f"/oidc/userinfo?access_token={token}", headers=headers)
        by_body = story.post("/oidc/userinfo", {"access_token": token}, headers=headers)

        assert (by_query.status_code, by_body.status_code) == (401, 401)
        assert not AccessToken.objects.get().used_at

    @pytest.mark.parametrize(
        ("asked", "registered", "given"),
        [
            ("openid profile", ["openid", "birth"], {"sub"}),
            ("openid email", ["openid", "email"], {"sub", "email"}),
            ("openid birth phone address", ["openid", "birth", "email"], {"sub", "birthplace", "birthcountry"}),
        ],
    )  # fmt: skip
    def test_gives_the_scopes_asked_and_registered(
        self, story: Story, asked: str, registered: list[str], given: set[str]
    ) -> None:
        """S-07, FI-14."""
        story.party = make_party("caf", scopes=registered)
        story.walk(scope=asked)

        identity = release(story)

        assert identity is not None
        assert set(identity) == given

    def test_gives_no_scope_taken_away_meanwhile(self, story: Story) -> None:
        """S-07."""
        story.walk()
        token = story.exchange().json()["access_token"]
        story.party.scopes = ["openid"]
        story.party.save()

        assert set(story.userinfo(token).json()) == {"sub"}
