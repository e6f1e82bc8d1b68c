"""Who comes in, how fast they may try, and what a refusal tells."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth import hashers
from django.test import Client

from tandem.comptes import actions
from tandem.comptes.actions import LoginRefused, Visitor, check_password
from tandem.comptes.models import Challenge, Compte
from tandem.comptes.rules import LOGIN_ACT, GestureMethod, GestureResponse
from tandem.comptes.tests.conftest import Clock
from tandem.comptes.tests.factories import PASSWORD, CompteFactory, login, passkey_of, totp_code
from tandem.journal.models import Entry

HERE = Visitor(address="192.0.2.1")


def try_password(
    email: str, at: datetime, *, password: str = PASSWORD, visitor: Visitor = HERE
) -> Compte:
    return check_password(email=email, password=password, visitor=visitor, at=at)


@pytest.fixture
def hashes_made() -> Iterator[mock.Mock]:
    """Every password hash computed: the cost of a check, whatever the hasher."""
    hasher = type(hashers.get_hasher())
    with mock.patch.object(hasher, "encode", autospec=True, side_effect=hasher.encode) as encode:
        yield encode


class TestAPassword:
    def test_and_its_address_lead_to_the_compte(self, alice: Compte, clock: Clock) -> None:
        assert try_password(f" {alice.email.upper()} ", clock.now) == alice

    @pytest.mark.parametrize("case", ["wrong", "unknown", "closed", "asleep"])
    def test_is_refused_with_the_same_words_and_the_same_work(
        self, alice: Compte, clock: Clock, case: str, hashes_made: mock.Mock
    ) -> None:
        """S-52: nobody learns whether a compte exists."""
        email, password = alice.email, PASSWORD
        if case == "wrong":
            password = "autre chose entièrement"
        if case == "unknown":
            email = "personne@mairie.example"
        if case == "closed":
            actions.deactivate_compte(compte=alice, author=alice.author, at=clock.now)
        if case == "asleep":
            alice.set_unusable_password()
            alice.save()
        hashes_made.reset_mock()

        with pytest.raises(LoginRefused, match="ne vont pas ensemble") as refused:
            try_password(email, clock.now, password=password)

        assert refused.value.status == 422
        assert hashes_made.call_count == 1

    def test_refused_leaves_a_line_without_a_personal_value(
        self, alice: Compte, clock: Clock
    ) -> None:
        for email in (alice.email, "personne@mairie.example"):
            with pytest.raises(LoginRefused):
                try_password(email, clock.now, password="x")

        known, unknown = Entry.objects.filter(event="comptes.login_refused").order_by("seq")
        assert known.subject_id == alice.public_id
        assert unknown.subject_id.int == 0
        assert known.facts_text == unknown.facts_text == '{"step":"password"}'


class TestTries:
    def test_are_ten_a_minute_for_one_compte_wherever_they_come_from(
        self, alice: Compte, clock: Clock, hashes_made: mock.Mock
    ) -> None:
        """S-16: whatever the number of tries, ≤ 10 checks a minute; 1,000 of them in 5 minutes."""
        for number in range(1000):
            if number % 200 == 0:
                clock.move(seconds=60)
                hashes_made.reset_mock()
            visitor = Visitor(address=f"198.51.100.{number % 250}")
            with pytest.raises(LoginRefused):
                try_password(alice.email, clock.now, password="x", visitor=visitor)
            assert hashes_made.call_count <= 10

        assert try_password(alice.email, clock.move(seconds=60)) == alice

    def test_from_a_known_device_are_never_spent_by_others(
        self, alice: Compte, clock: Clock, client: Client
    ) -> None:
        """S-16: hammering from elsewhere does not keep the person out, not even a minute."""
        login(client, alice)
        known = Visitor("192.0.2.7", device_token=client.cookies["__Host-tandem-device"].value)
        for _number in range(12):
            with pytest.raises(LoginRefused):
                try_password(alice.email, clock.now, password="x")

        with pytest.raises(LoginRefused, match="Attendez une minute"):
            try_password(alice.email, clock.now)
        assert try_password(alice.email, clock.now, visitor=known) == alice

    def test_a_device_token_of_another_compte_opens_no_tries(
        self, alice: Compte, bob: Compte, clock: Clock, client: Client
    ) -> None:
        login(client, bob)
        stolen = Visitor("192.0.2.7", device_token=client.cookies["__Host-tandem-device"].value)
        for _number in range(10):
            with pytest.raises(LoginRefused):
                try_password(alice.email, clock.now, password="x")

        with pytest.raises(LoginRefused, match="Attendez une minute"):
            try_password(alice.email, clock.now, visitor=stolen)

    def test_of_an_office_behind_one_address_all_come_in(self, clock: Clock, db: None) -> None:
        """S-16: success is not counted against the address: 80 people come in within a minute."""
        people = CompteFactory.create_batch(80)

        assert [try_password(person.email, clock.now) for person in people] == people

    def test_that_fail_are_sixty_a_minute_for_one_address(
        self, alice: Compte, clock: Clock
    ) -> None:
        """S-16: one machine that sprays passwords over many comptes."""
        for number in range(60):
            with pytest.raises(LoginRefused, match="ne vont pas ensemble"):
                try_password(f"a{number}@mairie.example", clock.now, password="x")

        with pytest.raises(LoginRefused) as refused:
            try_password(alice.email, clock.now)
        assert refused.value.status == 429
        assert try_password(alice.email, clock.now, visitor=Visitor("192.0.2.2")) == alice
        assert try_password(alice.email, clock.move(seconds=60)) == alice

    def test_say_nothing_of_who_exists(self, alice: Compte, clock: Clock) -> None:
        """S-52: the limit comes at the same try, with the same words."""

        def statuses(email: str) -> list[tuple[int, str]]:
            found = []
            for number in range(12):
                with pytest.raises(LoginRefused) as refused:
                    try_password(
                        email, clock.now, password="x", visitor=Visitor(f"192.0.2.{number}")
                    )
                found.append((refused.value.status, refused.value.message))
            return found

        assert statuses(alice.email) == statuses("personne@mairie.example")


class TestASecondFactor:
    def prove(
        self, compte: Compte, at: datetime, code: str, visitor: Visitor = HERE
    ) -> GestureMethod:
        return actions.prove_login(
            compte=compte, response=GestureResponse(code=code), visitor=visitor, at=at
        )

    def test_follows_the_password(self, alice: Compte, clock: Clock) -> None:
        assert self.prove(alice, clock.now, totp_code(alice, clock.now)) == GestureMethod.TOTP

    def test_serves_no_gesture_after_it_opened_the_session(
        self, alice: Compte, clock: Clock
    ) -> None:
        """S-10: the code of the login is spent."""
        code = totp_code(alice, clock.now)
        self.prove(alice, clock.now, code)

        with pytest.raises(actions.GestureRefused, match="Attendez 30 secondes"):
            actions.verify_gesture(
                compte=alice,
                act="mandat.sign:x",
                response=GestureResponse(code=code),
                at=clock.now,
            )

    def test_guessed_at_the_entrance_does_not_spend_the_tries_of_gestures(
        self, alice: Compte, clock: Clock
    ) -> None:
        """S-16: someone who knows the password cannot keep the person from signing."""
        for _number in range(6):
            with pytest.raises(LoginRefused):
                self.prove(alice, clock.now, "000000")

        gesture = actions.verify_gesture(
            compte=alice,
            act="mandat.sign:x",
            response=GestureResponse(code=totp_code(alice, clock.now)),
            at=clock.now,
        )
        assert gesture.compte == alice

    def test_is_refused_when_the_compte_was_closed_meanwhile(
        self, alice: Compte, clock: Clock
    ) -> None:
        """S-13."""
        code = totp_code(alice, clock.now)
        actions.deactivate_compte(compte=alice, author=alice.author, at=clock.now)

        with pytest.raises(LoginRefused, match="désactivé"):
            self.prove(alice, clock.now, code)


class TestAPasskeyAlone:
    def prove(self, compte: Compte, at: datetime, **changes: Any) -> Compte:
        options = actions.login_options(compte=None, visitor=HERE, at=at)
        device = passkey_of(compte)
        for name, value in changes.items():
            setattr(device, name, value)
        response = GestureResponse(credential=device.get(options))
        return actions.prove_passkey_alone(response=response, visitor=HERE, at=at)

    def test_opens_the_compte_it_belongs_to(self, bob: Compte, clock: Clock) -> None:
        """S-10: passkey first."""
        assert self.prove(bob, clock.now) == bob

    @pytest.mark.parametrize(
        "changes",
        [
            {"verified": False},
            {"origin": "https://tandem.evil.test"},
            {"rp_id": "evil.test"},
            {"user_handle": b"0123456789abcdef"},
            {"user_handle": b""},
            {"credential_id": b"x" * 32},
        ],
        ids=["not verified", "other origin", "other site", "nobody", "no handle", "other key"],
    )
    def test_is_refused_with_one_sentence(
        self, bob: Compte, clock: Clock, changes: dict[str, Any]
    ) -> None:
        """S-10 user verification; S-52 one answer for all."""
        with pytest.raises(LoginRefused, match="pas été reconnue"):
            self.prove(bob, clock.now, **changes)

    def test_is_refused_when_it_claims_to_be_someone_else(
        self, bob: Compte, alice: Compte, clock: Clock
    ) -> None:
        with pytest.raises(LoginRefused, match="pas été reconnue"):
            self.prove(bob, clock.now, user_handle=alice.public_id.bytes)

    def test_is_refused_once_the_compte_is_closed(self, bob: Compte, clock: Clock) -> None:
        actions.deactivate_compte(compte=bob, author=bob.author, at=clock.now)

        with pytest.raises(LoginRefused, match="pas été reconnue"):
            self.prove(bob, clock.now)

    def test_is_refused_when_replayed(self, bob: Compte, clock: Clock) -> None:
        options = actions.login_options(compte=None, visitor=HERE, at=clock.now)
        response = GestureResponse(credential=passkey_of(bob).get(options))
        actions.prove_passkey_alone(response=response, visitor=HERE, at=clock.now)

        with pytest.raises(LoginRefused):
            actions.prove_passkey_alone(response=response, visitor=HERE, at=clock.now)
        assert Challenge.objects.get(act=LOGIN_ACT).used_at == clock.now

    def test_does_not_use_the_challenge_of_a_gesture(self, bob: Compte, clock: Clock) -> None:
        options = actions.gesture_options(compte=bob, act="mandat.sign:x", at=clock.now)
        response = GestureResponse(credential=passkey_of(bob).get(options))

        with pytest.raises(LoginRefused):
            actions.prove_passkey_alone(response=response, visitor=HERE, at=clock.now)
