"""The gesture: bound to one act and one compte, used once, sixty seconds."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from tandem.comptes.actions import (
    GestureRefused,
    deactivate_compte,
    gesture_options,
    use_gesture,
    verify_gesture,
)
from tandem.comptes.models import Challenge, Compte, Gesture
from tandem.comptes.rules import GestureMethod, GestureResponse
from tandem.comptes.tests.conftest import Clock
from tandem.comptes.tests.factories import CompteFactory, passkey_of, recovery_code, totp_code
from tandem.journal.models import Entry
from tandem.journal.rules import SYSTEM

ACT = f"mandat.sign:{uuid4()}"
OTHER_ACT = f"mandat.sign:{uuid4()}"


def by_code(compte: Compte, at: datetime, *, act: str = ACT, code: str = "") -> Gesture:
    response = GestureResponse(code=code or totp_code(compte, at))
    return verify_gesture(compte=compte, act=act, response=response, at=at)


def by_passkey(compte: Compte, at: datetime, *, act: str = ACT) -> Gesture:
    options = gesture_options(compte=compte, act=act, at=at)
    response = GestureResponse(credential=passkey_of(compte).get(options))
    return verify_gesture(compte=compte, act=act, response=response, at=at)


class TestACodeOfTheApplication:
    def test_proves_a_gesture_for_one_act(self, alice: Compte, at: datetime) -> None:
        gesture = by_code(alice, at)

        assert (gesture.compte, gesture.act, gesture.method) == (alice, ACT, GestureMethod.TOTP)
        assert gesture.verified_at == at
        assert gesture.used_at is None

    def test_may_be_typed_with_spaces(self, alice: Compte, at: datetime) -> None:
        code = totp_code(alice, at)

        assert by_code(alice, at, code=f" {code[:3]} {code[3:]} ").method == GestureMethod.TOTP

    def test_serves_once_and_says_how_long_to_wait(self, alice: Compte, at: datetime) -> None:
        """S-10: each code once, for whatever act."""
        by_code(alice, at)

        with pytest.raises(GestureRefused, match=r"qu’une fois\. Attendez 23 secondes"):
            by_code(alice, at + timedelta(seconds=7), act=OTHER_ACT)

    def test_serves_no_more_after_its_thirty_seconds(self, alice: Compte, at: datetime) -> None:
        """S-10: no extra step (ASVS 6.5.5)."""
        old = totp_code(alice, at)

        with pytest.raises(GestureRefused, match="vient de changer"):
            by_code(alice, at + timedelta(seconds=30), code=old)

    def test_is_not_served_in_advance(self, alice: Compte, at: datetime) -> None:
        coming = totp_code(alice, at + timedelta(seconds=30))

        with pytest.raises(GestureRefused, match="n’est pas le bon"):
            by_code(alice, at, code=coming)

    def test_of_another_person_proves_nothing(
        self, alice: Compte, oscar: Compte, at: datetime
    ) -> None:
        with pytest.raises(GestureRefused, match="n’est pas le bon"):
            by_code(alice, at, code=totp_code(oscar, at))

    def test_is_refused_when_the_compte_has_no_application(self, bob: Compte, at: datetime) -> None:
        with pytest.raises(GestureRefused, match="pas d’application"):
            by_code(bob, at, code="123456")


class TestARecoveryCode:
    def test_proves_a_gesture_once(self, alice: Compte, at: datetime) -> None:
        """S-10, S-11: each once; works without JavaScript."""
        gesture = by_code(alice, at, code=recovery_code(1).lower())
        with pytest.raises(GestureRefused, match="déjà servi"):
            by_code(alice, at, code=recovery_code(1), act=OTHER_ACT)

        alice.refresh_from_db()
        assert gesture.method == GestureMethod.RECOVERY
        assert alice.recovery_codes_left == 2

    def test_may_be_typed_with_its_dashes(self, alice: Compte, at: datetime) -> None:
        code = recovery_code(0)
        typed = "-".join(code[i : i + 4] for i in range(0, 16, 4))

        assert by_code(alice, at, code=typed).method == GestureMethod.RECOVERY

    def test_of_another_person_proves_nothing(
        self, oscar: Compte, alice: Compte, at: datetime
    ) -> None:
        with pytest.raises(GestureRefused, match="n’est pas le bon"):
            by_code(oscar, at, code=recovery_code(0))


class TestAPasskey:
    def test_proves_a_gesture(self, bob: Compte, at: datetime) -> None:
        """S-08."""
        assert by_passkey(bob, at).method == GestureMethod.PASSKEY

    def test_without_user_verification_is_refused(self, bob: Compte, at: datetime) -> None:
        """S-10: user verification is required, not preferred."""
        passkey_of(bob).verified = False

        with pytest.raises(GestureRefused, match="pas été reconnue"):
            by_passkey(bob, at)

    @pytest.mark.parametrize(
        "origin",
        [
            "https://tandem.example.evil.test",
            "http://tandem.example",
            "https://demo.tandem.example",
            "https://tandem.example:8443",
        ],
    )
    def test_on_another_site_is_refused(self, bob: Compte, at: datetime, origin: str) -> None:
        """B.2, the phisher: the browser signs the site it sees."""
        passkey_of(bob).origin = origin

        with pytest.raises(GestureRefused, match="pas été reconnue"):
            by_passkey(bob, at)

    def test_for_another_site_is_refused(self, bob: Compte, at: datetime) -> None:
        passkey_of(bob).rp_id = "evil.test"

        with pytest.raises(GestureRefused, match="pas été reconnue"):
            by_passkey(bob, at)

    def test_answers_only_the_act_it_was_asked_for(self, bob: Compte, at: datetime) -> None:
        """S-08: a challenge made for one act proves no other."""
        options = gesture_options(compte=bob, act=OTHER_ACT, at=at)
        response = GestureResponse(credential=passkey_of(bob).get(options))

        with pytest.raises(GestureRefused, match="pas été reconnue"):
            verify_gesture(compte=bob, act=ACT, response=response, at=at)

    def test_answers_only_a_challenge_of_ours(self, bob: Compte, at: datetime) -> None:
        options = gesture_options(compte=bob, act=ACT, at=at)
        options["publicKey"] = {**options["publicKey"], "challenge": "A" * 86}
        response = GestureResponse(credential=passkey_of(bob).get(options))

        with pytest.raises(GestureRefused, match="pas été reconnue"):
            verify_gesture(compte=bob, act=ACT, response=response, at=at)

    def test_does_not_answer_the_challenge_of_someone_else(self, bob: Compte, at: datetime) -> None:
        eve = CompteFactory.create(with_passkey=True)
        options = gesture_options(compte=eve, act=ACT, at=at)
        response = GestureResponse(credential=passkey_of(bob).get(options))

        with pytest.raises(GestureRefused, match="pas été reconnue"):
            verify_gesture(compte=bob, act=ACT, response=response, at=at)

    def test_of_someone_else_proves_nothing(self, bob: Compte, at: datetime) -> None:
        eve = CompteFactory.create(with_passkey=True)
        options = gesture_options(compte=bob, act=ACT, at=at)
        response = GestureResponse(credential=passkey_of(eve).get(options))

        with pytest.raises(GestureRefused, match="pas été reconnue"):
            verify_gesture(compte=bob, act=ACT, response=response, at=at)

    def test_answers_once(self, bob: Compte, at: datetime) -> None:
        """A replay is refused."""
        options = gesture_options(compte=bob, act=ACT, at=at)
        response = GestureResponse(credential=passkey_of(bob).get(options))
        verify_gesture(compte=bob, act=ACT, response=response, at=at)

        with pytest.raises(GestureRefused, match="pas été reconnue"):
            verify_gesture(compte=bob, act=ACT, response=response, at=at)
        assert Gesture.objects.count() == 1

    def test_that_counts_nothing_answers_once_too(self, bob: Compte, at: datetime) -> None:
        """S-10: a key kept by a phone sends zero each time; the challenge, spent, refuses the replay."""
        passkey_of(bob).count = -1
        options = gesture_options(compte=bob, act=ACT, at=at)
        response = GestureResponse(credential=passkey_of(bob).get(options))
        verify_gesture(compte=bob, act=ACT, response=response, at=at)

        with pytest.raises(GestureRefused, match="pas été reconnue"):
            verify_gesture(compte=bob, act=ACT, response=response, at=at)
        assert Gesture.objects.count() == 1

    def test_answers_within_five_minutes(self, bob: Compte, at: datetime) -> None:
        options = gesture_options(compte=bob, act=ACT, at=at)
        response = GestureResponse(credential=passkey_of(bob).get(options))

        with pytest.raises(GestureRefused, match="pas été reconnue"):
            verify_gesture(compte=bob, act=ACT, response=response, at=at + timedelta(minutes=5))

    def test_is_refused_once_cloned(self, bob: Compte, at: datetime) -> None:
        by_passkey(bob, at)
        passkey_of(bob).count = 0

        with pytest.raises(GestureRefused, match="pas été reconnue"):
            by_passkey(bob, at)

    @pytest.mark.parametrize(
        "credential",
        [
            "{",
            "[]",
            "null",
            "1",
            "{}",
            '{"response": 1}',
            '{"response": {}}',
            "x" * 9000,
            "[" * 7000,
        ],
    )
    def test_malformed_is_refused_in_words(
        self, bob: Compte, at: datetime, credential: str
    ) -> None:
        """R-19: whatever is sent, a sentence answers."""
        with pytest.raises(GestureRefused, match="pas été reconnue"):
            verify_gesture(
                compte=bob, act=ACT, response=GestureResponse(credential=credential), at=at
            )

    def test_is_not_asked_of_who_has_none(self, alice: Compte, at: datetime) -> None:
        with pytest.raises(GestureRefused, match="pas de clé d’accès"):
            gesture_options(compte=alice, act=ACT, at=at)
        assert not Challenge.objects.exists()


class TestWithoutASecondFactor:
    def test_nothing_is_proven(self, alice: Compte, at: datetime) -> None:
        """S-08: the cookie alone never suffices."""
        with pytest.raises(GestureRefused, match="tapez un code"):
            verify_gesture(compte=alice, act=ACT, response=GestureResponse(), at=at)

    def test_an_act_without_a_name_is_a_mistake_of_ours(self, alice: Compte, at: datetime) -> None:
        with pytest.raises(ValueError, match=r"room\.verb"):
            verify_gesture(compte=alice, act="sign", response=GestureResponse("1"), at=at)


class TestAGesture:
    def use(self, gesture: Gesture, compte: Compte, at: datetime, *, act: str = ACT) -> None:
        with transaction.atomic():
            use_gesture(gesture=gesture, compte=compte, act=act, at=at)

    def test_is_used_once(self, alice: Compte, at: datetime) -> None:
        """S-08."""
        gesture = by_code(alice, at)
        self.use(gesture, alice, at)

        with pytest.raises(GestureRefused, match="déjà servi"):
            self.use(gesture, alice, at)
        gesture.refresh_from_db()
        assert gesture.used_at == at

    def test_is_used_for_its_act_alone(self, alice: Compte, at: datetime) -> None:
        """S-08."""
        gesture = by_code(alice, at)

        with pytest.raises(GestureRefused):
            self.use(gesture, alice, at, act=OTHER_ACT)

    def test_is_used_by_its_compte_alone(self, alice: Compte, bob: Compte, at: datetime) -> None:
        gesture = by_code(alice, at)

        with pytest.raises(GestureRefused):
            self.use(gesture, bob, at)

    @pytest.mark.parametrize(("seconds", "refused"), [(59, False), (60, True), (-1, True)])
    def test_lasts_sixty_seconds(
        self, alice: Compte, at: datetime, seconds: int, refused: bool
    ) -> None:
        gesture = by_code(alice, at)
        later = at + timedelta(seconds=seconds)

        if refused:
            with pytest.raises(GestureRefused):
                self.use(gesture, alice, later)
        else:
            self.use(gesture, alice, later)
            gesture.refresh_from_db()
            assert gesture.used_at == later

    def test_falls_with_the_compte(self, alice: Compte, at: datetime) -> None:
        """S-13: deactivation takes the factors away at once, a gesture already made included."""
        gesture = by_code(alice, at)
        deactivate_compte(compte=alice, author=SYSTEM, at=at)

        with pytest.raises(GestureRefused):
            self.use(gesture, alice, at)
        with pytest.raises(GestureRefused, match="désactivé"):
            by_code(alice, at + timedelta(seconds=30))

    def test_comes_back_when_its_act_does_not_happen(self, alice: Compte, at: datetime) -> None:
        gesture = by_code(alice, at)
        with transaction.atomic():
            use_gesture(gesture=gesture, compte=alice, act=ACT, at=at)
            transaction.set_rollback(True)

        gesture.refresh_from_db()
        assert gesture.used_at is None

    @pytest.mark.django_db(transaction=True)
    def test_needs_a_transaction_to_be_part_of(self, transactional_db: None, at: datetime) -> None:
        alice = CompteFactory.create(with_totp=True)
        gesture = by_code(alice, at)

        with pytest.raises(transaction.TransactionManagementError):
            use_gesture(gesture=gesture, compte=alice, act=ACT, at=at)

    @pytest.mark.django_db(transaction=True)
    def test_is_verified_outside_the_act(self, transactional_db: None, at: datetime) -> None:
        """A try that fails stays counted: verify_gesture refuses to be part of a transaction."""
        alice = CompteFactory.create(with_totp=True)
        code = totp_code(alice, at)

        with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
            by_code(alice, at, code=code)


class TestTries:
    def test_are_five_a_minute_and_come_back(self, alice: Compte, clock: Clock) -> None:
        """S-16: no permanent lock-out."""
        for _number in range(5):
            with pytest.raises(GestureRefused, match="n’est pas le bon"):
                by_code(alice, clock.now, code="000000")
        with pytest.raises(GestureRefused, match="Trop d’essais") as refused:
            by_code(alice, clock.now)
        assert refused.value.status == 429

        assert by_code(alice, clock.move(seconds=60)).method == GestureMethod.TOTP

    def test_of_one_person_do_not_slow_another(
        self, alice: Compte, oscar: Compte, clock: Clock
    ) -> None:
        for _number in range(6):
            with pytest.raises(GestureRefused):
                by_code(alice, clock.now, code="000000")

        assert by_code(oscar, clock.now).method == GestureMethod.TOTP

    def test_leave_five_lines_an_hour_at_most(self, alice: Compte, clock: Clock) -> None:
        for _number in range(8):
            with pytest.raises(GestureRefused):
                by_code(alice, clock.now, code="000000")
            clock.move(seconds=20)

        lines = Entry.objects.filter(event="comptes.gesture_refused")
        assert lines.count() == 5
        assert {line.subject_id for line in lines} == {alice.public_id}
