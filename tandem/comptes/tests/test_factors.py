"""Factors as they are added, removed and kept."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client

from tandem.comptes import actions, factors, queries
from tandem.comptes.models import Compte, RecoveryCode
from tandem.comptes.rules import FactorKind, GestureResponse, totp_code, totp_step
from tandem.comptes.tests.authenticator import SoftwareAuthenticator
from tandem.comptes.tests.conftest import Clock
from tandem.comptes.tests.factories import (
    BORN,
    CompteFactory,
    authenticators_of,
    login,
    passkey_of,
    recovery_code,
)
from tandem.comptes.tests.factories import totp_code as code_of
from tandem.envois.models import Message
from tandem.journal.models import Entry
from tandem.kernel.crypto import DecryptionError


class TestAPasskeyToAdd:
    def add(
        self, compte: Compte, at: datetime, *, device: SoftwareAuthenticator, challenge: str = ""
    ) -> None:
        options = actions.registration_options(compte=compte, at=at)
        if challenge:
            options["publicKey"] = {**options["publicKey"], "challenge": challenge}
        actions.add_passkey(
            compte=compte,
            name="",
            credential=device.create(options),
            response=GestureResponse(),
            at=at,
        )

    @pytest.fixture
    def zed(self, db: None) -> Compte:
        return CompteFactory.create()

    def test_is_kept_sealed_for_its_compte(self, zed: Compte, at: datetime) -> None:
        """S-42: a row moved to another compte does not open."""
        self.add(zed, at, device=SoftwareAuthenticator())
        row = Authenticator.objects.get()
        assert len(queries.passkeys_of(zed)) == 1

        with pytest.raises(DecryptionError):
            factors.passkey(CompteFactory.create(), row)

    @pytest.mark.parametrize(
        "device",
        [
            {"verified": False},
            {"origin": "https://tandem.evil.test"},
            {"origin": "https://www.tandem.example"},
            {"rp_id": "evil.test"},
        ],
        ids=["not verified", "other origin", "sub-domain", "other site"],
    )
    def test_is_refused_unless_all_is_right(
        self, zed: Compte, at: datetime, device: dict[str, Any]
    ) -> None:
        """S-10: user verification required at registration too."""
        with pytest.raises(actions.EnrolmentRefused, match="n’a pas pu être ajoutée"):
            self.add(zed, at, device=SoftwareAuthenticator(**device))
        assert not Authenticator.objects.exists()

    def test_is_refused_for_a_challenge_that_was_not_ours(self, zed: Compte, at: datetime) -> None:
        with pytest.raises(actions.EnrolmentRefused):
            self.add(zed, at, device=SoftwareAuthenticator(), challenge="A" * 86)

    def test_is_refused_for_the_challenge_of_someone_else(self, zed: Compte, at: datetime) -> None:
        options = actions.registration_options(compte=CompteFactory.create(), at=at)

        with pytest.raises(actions.EnrolmentRefused):
            actions.add_passkey(
                compte=zed,
                name="",
                credential=SoftwareAuthenticator().create(options),
                response=GestureResponse(),
                at=at,
            )

    def test_is_refused_when_replayed_or_late(self, zed: Compte, at: datetime) -> None:
        options = actions.registration_options(compte=zed, at=at)
        credential = SoftwareAuthenticator().create(options)
        given: dict[str, Any] = {
            "compte": zed,
            "name": "",
            "credential": credential,
            "response": GestureResponse(),
        }
        with pytest.raises(actions.EnrolmentRefused):
            actions.add_passkey(**given, at=at + timedelta(minutes=5))
        actions.add_passkey(**given, at=at)

        with pytest.raises(actions.EnrolmentRefused):
            actions.add_passkey(**given, at=at)
        assert authenticators_of(zed) == 1

    @pytest.mark.parametrize("credential", ["{", "[]", '{"response": {}}', '{"response": null}'])
    def test_malformed_is_refused_in_words(
        self, zed: Compte, at: datetime, credential: str
    ) -> None:
        with pytest.raises(actions.EnrolmentRefused):
            actions.add_passkey(
                compte=zed, name="", credential=credential, response=GestureResponse(), at=at
            )

    def test_opens_the_compte_alone(self, zed: Compte, at: datetime) -> None:
        """Registration and login through our own checks, end to end."""
        device = SoftwareAuthenticator()
        self.add(zed, at, device=device)
        visitor = actions.Visitor("192.0.2.1")
        options = actions.login_options(compte=None, visitor=visitor, at=at)

        found = actions.prove_passkey_alone(
            response=GestureResponse(credential=device.get(options)), visitor=visitor, at=at
        )
        assert found == zed


class TestSomeoneEnrolled:
    def test_shows_a_factor_before_adding_one(
        self, alice: Compte, client_of: Callable[[Compte], Client], clock: Clock
    ) -> None:
        """S-08: the cookie alone does not add a factor."""
        browser = client_of(alice)
        device = SoftwareAuthenticator()
        options = browser.post("/comptes/facteurs/cle/options/").json()
        credential = device.create(options)
        form = {"credential": credential, "name": "Clé USB bleue"}

        bare = browser.post("/comptes/facteurs/cle/", form)
        assert bare.status_code == 422
        assert "tapez un code" in bare.content.decode()
        # What was typed, and the key just made, wait for the code.
        assert "Clé USB bleue" in bare.content.decode()
        assert json.loads(credential)["id"] in bare.content.decode()

        browser.post("/comptes/facteurs/cle/", {**form, "geste_code": code_of(alice, clock.now)})
        assert authenticators_of(alice) == 2
        assert "clé d’accès" in Message.objects.get().body

    def test_shows_a_factor_before_making_codes(
        self, alice: Compte, client_of: Callable[[Compte], Client], clock: Clock
    ) -> None:
        browser = client_of(alice)
        assert browser.post("/comptes/facteurs/secours/").status_code == 422
        assert RecoveryCode.objects.count() == 3

        page = browser.post("/comptes/facteurs/secours/", {"geste_code": recovery_code(0)})
        assert page.content.decode().count("<code>") == 10
        assert RecoveryCode.objects.count() == 10
        with pytest.raises(actions.GestureRefused):
            actions.verify_gesture(
                compte=alice,
                act="mandat.sign:x",
                response=GestureResponse(recovery_code(1)),
                at=clock.now,
            )

    def test_is_sent_to_make_codes_after_the_last_one(
        self, alice: Compte, client_of: Callable[[Compte], Client]
    ) -> None:
        """Each compte keeps a factor that works without JavaScript."""
        Compte.objects.filter(pk=alice.pk).update(recovery_codes_left=0)

        browser = client_of(alice)
        assert browser.get("/comptes/")["Location"] == "/comptes/facteurs/secours/"
        assert "votre dernier code" in browser.get("/comptes/facteurs/secours/").content.decode()

    def test_cannot_remove_the_last_device(
        self, alice: Compte, client_of: Callable[[Compte], Client], clock: Clock
    ) -> None:
        """S-11."""
        [factor] = queries.factors_of(alice)
        browser = client_of(alice)

        answer = browser.post(
            f"/comptes/facteurs/{factor.ref}/retirer/", {"geste_code": recovery_code(0)}
        )
        assert answer.status_code == 422
        assert "Il resterait un seul moyen" in answer.content.decode()
        assert authenticators_of(alice) == 1

    def test_removes_one_of_two_with_a_gesture(
        self, client_of: Callable[[Compte], Client], clock: Clock, db: None
    ) -> None:
        bob = CompteFactory.create(with_totp=True, with_passkey=True)
        passkey = next(f for f in queries.factors_of(bob) if f.kind == FactorKind.PASSKEY)
        browser = client_of(bob)
        path = f"/comptes/facteurs/{passkey.ref}/retirer/"
        assert "Clé de test" in browser.get(path).content.decode()
        assert browser.post(path).status_code == 422

        answer = browser.post(path, {"geste_code": code_of(bob, clock.now)}, follow=True)

        assert "ne permet plus de se connecter" in answer.content.decode()
        bob.refresh_from_db()
        assert not bob.has_passkey
        assert Entry.objects.get(event="comptes.factor_removed").facts_text == '{"kind":"webauthn"}'

    def test_cannot_remove_the_factor_of_another(
        self, alice: Compte, oscar: Compte, client_of: Callable[[Compte], Client], clock: Clock
    ) -> None:
        [factor] = queries.factors_of(oscar)
        path = f"/comptes/facteurs/{factor.ref}/retirer/"

        assert client_of(alice).get(path)["Location"] == "/comptes/"
        with pytest.raises(actions.EnrolmentRefused, match="n’existe plus"):
            actions.remove_factor(
                compte=alice,
                ref=factor.ref,
                response=GestureResponse(code_of(alice, clock.now)),
                at=clock.now,
            )
        assert authenticators_of(oscar) == 1

    def test_has_one_application_at_most(self, alice: Compte, clock: Clock) -> None:
        secret = factors.new_totp_secret()
        with pytest.raises(actions.EnrolmentRefused, match="déjà une application"):
            actions.add_totp(
                compte=alice,
                secret=secret,
                code=totp_code(secret, totp_step(clock.now)),
                response=GestureResponse(recovery_code(0)),
                at=clock.now,
            )


class TestSecretsAtRest:
    def test_are_sealed_for_their_compte(self, alice: Compte) -> None:
        """S-10, S-42: no seed in clear; a seed copied to another row does not open."""
        secret = alice.public_id.bytes + b"four"
        with connection.cursor() as cursor:
            cursor.execute("SELECT data FROM mfa_authenticator")
            [(stored,)] = cursor.fetchall()
        assert factors.totp_text(secret) not in stored
        row = Authenticator.objects.get()
        assert factors.totp_secret(alice, row) == secret

        with pytest.raises(DecryptionError):
            factors.totp_secret(CompteFactory.create(), row)

    def test_that_allauth_would_write_are_encrypted_too(self) -> None:
        from allauth.mfa.utils import decrypt, encrypt

        assert "secret" not in encrypt("secret")
        assert decrypt(encrypt("secret")) == "secret"

    def test_of_recovery_codes_differ_from_one_compte_to_another(
        self, alice: Compte, oscar: Compte
    ) -> None:
        """ASVS 6.5.2: salted by compte, keyed by the installation, slow."""
        assert factors.recovery_hash(alice, "A" * 16) != factors.recovery_hash(oscar, "A" * 16)
        assert factors.recovery_hash(alice, "aaaa-aaaa aaaaaaaa") == factors.recovery_hash(
            alice, "A" * 16
        )

    def test_are_slow_to_try_outside_tests(self) -> None:
        import inspect

        assert "2**14" in inspect.getsource(factors).split("_SCRYPT")[1]


def test_a_passkey_is_found_by_its_owner_in_stories(bob: Compte) -> None:
    assert passkey_of(bob).user_handle == bob.public_id.bytes
    assert bob.enrolled_at == BORN


def test_login_needs_no_page(bob: Compte, client: Client, clock: Clock) -> None:
    assert login(client, bob).get("/comptes/").status_code == 200
