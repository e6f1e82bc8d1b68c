"""Relying parties, keys, and what is forgotten: the operator's commands."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from tandem.journal.models import Entry
from tandem.journal.rules import SYSTEM
from tandem.mandats.models import Usage
from tandem.oidc_provider import actions, jobs, queries
from tandem.oidc_provider.actions import NewRelyingParty, RelyingPartyRefused
from tandem.oidc_provider.actions.purge import void_transactions
from tandem.oidc_provider.models import (
    AccessToken,
    AuthorizationCode,
    RelyingParty,
    SigningKey,
    Transaction,
    UsedAssertion,
)
from tandem.oidc_provider.rules import jose
from tandem.oidc_provider.rules.choices import Alg
from tandem.oidc_provider.tests.story import AT, REDIRECT, SECRET, Story, make_party
from tandem.structures.models import SYSTEM_ACTEUR
from tandem.usagers.actions import erase_usager

_, PUBLIC, PRIVATE = jose.new_key(Alg.ES256)


def run(name: str, *args: str, **options: Any) -> str:
    out = StringIO()
    call_command(name, *args, stdout=out, **options)
    return out.getvalue()


def add(client_id: str = "caf", **options: Any) -> str:
    return run("relying_party_add", client_id, nom="CAF", redirect_uri=[REDIRECT], **options)


@pytest.mark.django_db
class TestAddingARelyingParty:
    def test_shows_its_secret_once_and_keeps_a_hash(self) -> None:
        """Decision 6."""
        secret = add().strip().splitlines()[-1]

        party = RelyingParty.objects.get()
        assert len(secret) >= 32
        assert secret not in str(RelyingParty.objects.values().get())
        assert party.secret is None
        assert secret not in run("relying_party_list")

    def test_takes_a_secret_from_a_file_and_does_not_show_it(self, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text(SECRET + "\n")

        shown = add(secret_file=tmp_path / "secret", id_token_alg="HS256")

        assert SECRET not in shown
        assert RelyingParty.objects.get().secret == SECRET

    def test_takes_a_public_key_instead(self, tmp_path: Path) -> None:
        """S-06."""
        (tmp_path / "key.jwk").write_text(json.dumps(PUBLIC))

        shown = add(cle_publique=tmp_path / "key.jwk")

        party = RelyingParty.objects.get()
        assert "Secret" not in shown
        assert (party.auth_method, party.secret_hash) == ("private_key_jwt", "")

    def test_is_journaled_without_its_secret(self) -> None:
        add(themes="social,logement", userinfo_alg="ES256", accepte_act=True)

        line = Entry.objects.get(event="oidc_provider.relying_party_added")
        assert line.facts == {
            "client_id": "caf", "themes": ["social", "logement"], "id_token_alg": "ES256", "userinfo_alg": "ES256",
            "accepts_act": True,
        }  # fmt: skip

    def test_makes_the_keys_it_needs_and_no_other(self) -> None:
        add()
        assert [key.alg for key in SigningKey.objects.all()] == ["ES256"]
        add("msa", id_token_alg="RS256", userinfo_alg="ES256")

        assert sorted(key.alg for key in SigningKey.objects.all()) == ["ES256", "RS256"]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"client_id": "a"}, {"client_id": "é" * 5}, {"client_id": "a b c"}, {"name": " "}, {"redirect_uris": []},
            {"redirect_uris": ["http://rp.example/back"]}, {"redirect_uris": ["https://rp.example/back#x"]},
            {"redirect_uris": ["https://user@rp.example/"]}, {"redirect_uris": ["javascript:alert(1)"]},
            {"redirect_uris": ["https://rp.example/ x"]}, {"redirect_uris": ["https://rp.example:port/"]},
            {"redirect_uris": ["https://"]}, {"redirect_uris": ["https://rp.example/;form-action *"]},
            {"redirect_uris": ["https://évil.example/"]}, {"post_logout_uris": ["ftp://rp.example"]},
            {"follow_origins": ["https://rp.example/path"]}, {"follow_origins": ["*"]}, {"themes": ["tout"]},
            {"scopes": ["profile"]}, {"scopes": ["openid", "address"]}, {"id_token_alg": "none"}, {"id_token_alg": ""},
            {"userinfo_alg": "HS512"}, {"secret": "x" * 31}, {"public_key": PRIVATE}, {"public_key": {}},
        ],
    )  # fmt: skip
    def test_is_refused_when_something_is_unsafe(self, wrong: dict[str, Any]) -> None:
        """S-06, decision 6: exact https addresses, known algorithms, a long secret."""
        values = {"client_id": "caf", "name": "CAF", "redirect_uris": [REDIRECT], **wrong}

        with pytest.raises(RelyingPartyRefused):
            actions.add_relying_party(author=SYSTEM, asked=NewRelyingParty(**values), at=AT)

        assert not RelyingParty.objects.exists()

    def test_is_refused_twice_under_one_identifier(self) -> None:
        add()

        with pytest.raises(CommandError, match="existe déjà"):
            add()

    def test_is_refused_with_a_file_that_is_no_key(self, tmp_path: Path) -> None:
        (tmp_path / "list").write_text("[]")
        (tmp_path / "text").write_text("nothing")

        for name in ("list", "text", "missing"):
            with pytest.raises(CommandError):
                add(cle_publique=tmp_path / name)

    def test_by_hand_in_the_database_still_obeys(self) -> None:
        """Decision 6 in the database: HS256 keeps its secret, and everyone proves who they are."""
        party = make_party()

        for wrong in ({"id_token_alg": "HS256"}, {"secret_hash": ""}, {"userinfo_alg": "none"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                RelyingParty.objects.filter(pk=party.pk).update(**wrong)


@pytest.mark.django_db
class TestStoppingARelyingParty:
    def test_is_immediate_journaled_and_done_once(self) -> None:
        add()

        run("relying_party_disable", "caf")

        assert queries.active_relying_party("caf") is None
        assert "arrêté" in run("relying_party_list")
        assert Entry.objects.filter(event="oidc_provider.relying_party_disabled").count() == 1
        with pytest.raises(CommandError):
            run("relying_party_disable", "caf")


class TestRotation:
    def test_publishes_the_new_key_before_it_signs_and_the_old_after(
        self, story: Story, clock: Any
    ) -> None:
        """FI-15, R-27: overlap on both sides, and no moment without a key."""
        from tandem.kernel import clock as door

        old = SigningKey.objects.get()
        run("keys_rotate")
        new = SigningKey.objects.exclude(pk=old.pk).get()
        signs, published = [], []
        for hours in (0, 0.2, 23, 24.2):
            at = door.now() + timedelta(hours=hours)
            signs.append(queries.signing_key(Alg.ES256, at).kid)
            published.append({key["kid"] for key in queries.public_jwks(at)})

        assert signs == [old.kid, new.kid, new.kid, new.kid]
        assert published == [{old.kid, new.kid}] * 3 + [{new.kid}]
        assert Entry.objects.filter(event="oidc_provider.signing_key_rotated").count() == 1

    def test_twice_in_a_row_leaves_no_gap(self, story: Story, clock: Any) -> None:
        from tandem.kernel import clock as door

        for _ in range(3):
            run("keys_rotate")
            clock.shift(timedelta(minutes=3))

        for minutes in range(0, 60, 2):
            assert queries.signing_key(Alg.ES256, door.now() + timedelta(minutes=minutes))

    def test_after_a_leak_takes_the_old_key_away_at_once(self, story: Story, clock: Any) -> None:
        """R-27: the old one neither signs nor is believed."""
        from tandem.kernel import clock as door

        story.walk()
        hint = story.exchange().json()["id_token"]
        old = SigningKey.objects.get().kid

        run("keys_rotate", tout_de_suite=True)

        assert old not in {key["kid"] for key in queries.public_jwks(door.now())}
        assert queries.signing_key(Alg.ES256, door.now()).kid != old
        logout = {
            "client_id": "franceconnect",
            "id_token_hint": hint,
            "post_logout_redirect_uri": story.party.post_logout_uris[0],
        }
        assert story.browser.get("/oidc/logout", logout, secure=True).status_code == 400

    def test_during_a_connexion_breaks_nothing(self, story: Story) -> None:
        """R-27."""
        story.walk()
        run("keys_rotate")

        assert story.exchange().status_code == 200


class TestForgetting:
    def test_erases_transactions_codes_and_tokens_after_a_day_never_the_use(
        self, story: Story, clock: Any
    ) -> None:
        """A.3: ten minutes, then twenty-four hours for support."""
        from tandem.kernel import clock as door

        story.walk()
        story.exchange()
        begun = door.now()

        kept = jobs.purge_transactions(begun + timedelta(hours=24, minutes=10))
        assert Transaction.objects.count() == 1
        gone = jobs.purge_transactions(begun + timedelta(hours=24, minutes=10, seconds=1))

        assert (kept.split(",")[0], gone.split(",")[0]) == ("transactions: 0", "transactions: 1")
        assert not AuthorizationCode.objects.exists()
        assert not AccessToken.objects.exists()
        assert Usage.objects.count() == 1

    def test_takes_the_transactions_of_a_person_erased_at_the_next_round(
        self, story: Story
    ) -> None:
        """P-22: even one under way, with the service declared; the use stays, without words."""
        from tandem.kernel import clock as door

        story.arrive()
        story.choose_usager()
        story.choose_line()
        assert Transaction.objects.get().service_declared == "ameli.fr"
        erase_usager(acteur=SYSTEM_ACTEUR, usager=story.rose, at=door.now())

        jobs.purge_transactions(door.now())

        assert not Transaction.objects.exists()

    def test_keeps_the_service_declared_on_the_use_alone(self, story: Story) -> None:
        """Minimisation: once confirmed, the transaction does not hold it any more."""
        story.walk()

        assert Transaction.objects.get().service_declared is None
        assert Usage.objects.get().service_declared == "ameli.fr"

    def test_erases_assertions_and_keys_nobody_needs(self, story: Story) -> None:
        UsedAssertion.objects.create(jti_hash="h", expires_at=AT)
        run("keys_rotate")

        jobs.purge_transactions(AT + timedelta(days=3))

        assert not UsedAssertion.objects.exists()
        assert SigningKey.objects.count() == 1

    def test_after_a_restoration_leaves_no_code_nor_token_that_opens(self, story: Story) -> None:
        """R-24: what was under way before the backup is over."""
        from tandem.kernel import clock as door

        story.walk()
        token = story.exchange().json()["access_token"]
        story.arrive()

        assert void_transactions(at=door.now()) == 1
        assert story.userinfo(token).status_code == 401
        assert story.choose_usager().status_code == 409
