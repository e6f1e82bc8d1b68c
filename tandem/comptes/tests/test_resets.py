"""Access lost and given back by two persons; access taken away."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction
from django.test import Client

from tandem.comptes import actions, jobs
from tandem.comptes.models import Activation, Compte, Device, FactorReset, OpenSession
from tandem.comptes.rules import GestureResponse, IdentityProof
from tandem.comptes.tests.conftest import Clock
from tandem.comptes.tests.factories import CompteFactory, authenticators_of, totp_code
from tandem.envois.models import Message
from tandem.journal.models import Entry
from tandem.journal.rules import SYSTEM

DAY = timedelta(hours=24)


@pytest.fixture
def rita(db: None) -> Compte:
    """Who approves: another operator."""
    return CompteFactory.create(with_totp=True, given_name="Rita", is_operator=True)


@pytest.fixture
def lost(db: None) -> Compte:
    """Who lost their telephone."""
    return CompteFactory.create(
        with_totp=True, with_passkey=True, with_codes=2, phone="+33612345678"
    )


def code(compte: Compte, at: datetime) -> GestureResponse:
    return GestureResponse(totp_code(compte, at))


def request(author: Compte, target: Compte, at: datetime) -> FactorReset:
    return actions.request_reset(
        author=author, target=target, proof=IdentityProof.MET, response=code(author, at), at=at
    )


@pytest.fixture
def reset(oscar: Compte, lost: Compte, at: datetime) -> FactorReset:
    return request(oscar, lost, at)


@pytest.fixture
def approved(reset: FactorReset, rita: Compte, at: datetime) -> FactorReset:
    return actions.approve_reset(approver=rita, reset=reset, response=code(rita, at), at=at)


class TestAReset:
    def test_does_nothing_with_one_person(
        self, reset: FactorReset, lost: Compte, at: datetime
    ) -> None:
        """S-12, S-20: two persons."""
        assert actions.apply_due_resets(at=at + timedelta(days=30)) == 0
        assert authenticators_of(lost) == 2
        assert not Message.objects.exists()

    def test_is_not_approved_by_who_asked_nor_by_its_target(
        self, reset: FactorReset, oscar: Compte, lost: Compte, at: datetime
    ) -> None:
        """S-12: approver ≠ author ≠ target."""
        later = at + timedelta(seconds=30)
        for person in (oscar, lost):
            with pytest.raises(actions.ResetRefused, match="Une autre personne"):
                actions.approve_reset(
                    approver=person, reset=reset, response=code(person, later), at=later
                )

    @pytest.mark.parametrize("who", ["author", "target"])
    def test_has_three_persons_in_the_database_too(
        self, reset: FactorReset, oscar: Compte, lost: Compte, at: datetime, who: str
    ) -> None:
        """S-20: approver ≠ author enforced in DB."""
        approver = oscar if who == "author" else lost
        with pytest.raises(IntegrityError), transaction.atomic():
            FactorReset.objects.filter(pk=reset.pk).update(
                approved_by=approver, approved_at=at, effective_at=at + DAY
            )

    def test_is_neither_asked_nor_approved_by_just_anyone(
        self, alice: Compte, oscar: Compte, lost: Compte, at: datetime
    ) -> None:
        """S-12, S-20: an aidant with a valid factor is not one of the two persons."""
        with pytest.raises(actions.ResetRefused, match="un exploitant, ou par un référent"):
            request(alice, lost, at)
        asked = request(oscar, lost, at)
        with pytest.raises(actions.ResetRefused, match="un exploitant, ou par un référent"):
            actions.approve_reset(approver=alice, reset=asked, response=code(alice, at), at=at)

        asked.refresh_from_db()
        assert asked.approved_by is None
        assert not Message.objects.exists()

    def test_is_asked_and_approved_by_two_referents_of_the_person(
        self, alice: Compte, lost: Compte, at: datetime
    ) -> None:
        """S-12: structures says who they are."""
        bea = CompteFactory.create(with_totp=True)
        theirs = {alice.public_id, bea.public_id}
        asked = actions.request_reset(
            author=alice, target=lost, proof=IdentityProof.MET, response=code(alice, at), at=at,
            referents=theirs,
        )  # fmt: skip

        actions.approve_reset(
            approver=bea, reset=asked, response=code(bea, at), at=at, referents=theirs
        )

        assert asked.approved_by == bea
        lines = Entry.objects.filter(event__startswith="comptes.reset").order_by("seq")
        assert [line.facts["standing"] for line in lines] == ["referent", "referent"]

    @pytest.mark.parametrize("change", [{"enrolled_at": None}, {"is_active": False}])
    def test_is_not_asked_by_someone_who_is_not_fully_in(
        self, oscar: Compte, lost: Compte, at: datetime, change: dict[str, Any]
    ) -> None:
        for name, value in change.items():
            setattr(oscar, name, value)

        with pytest.raises(actions.ResetRefused):
            request(oscar, lost, at)

    def test_is_not_asked_for_oneself(self, oscar: Compte, at: datetime) -> None:
        with pytest.raises(actions.ResetRefused, match="une autre personne"):
            request(oscar, oscar, at)
        with pytest.raises(IntegrityError), transaction.atomic():
            FactorReset.objects.create(
                target=oscar, requested_by=oscar, identity_proof="met", requested_at=at
            )

    def test_is_asked_with_a_gesture(self, oscar: Compte, lost: Compte, at: datetime) -> None:
        """S-08: a cookie does not ask for it, nor approve it."""
        with pytest.raises(actions.GestureRefused):
            actions.request_reset(
                author=oscar,
                target=lost,
                proof=IdentityProof.MET,
                response=GestureResponse(),
                at=at,
            )
        assert not FactorReset.objects.exists()

    def test_is_approved_with_a_gesture(
        self, reset: FactorReset, rita: Compte, at: datetime
    ) -> None:
        with pytest.raises(actions.GestureRefused):
            actions.approve_reset(approver=rita, reset=reset, response=GestureResponse(), at=at)
        reset.refresh_from_db()
        assert reset.approved_by is None

    @pytest.mark.parametrize("change", [{"enrolled_at": None}, {"is_active": False}])
    def test_is_not_approved_by_someone_who_is_not_fully_in(
        self, reset: FactorReset, rita: Compte, at: datetime, change: dict[str, Any]
    ) -> None:
        for name, value in change.items():
            setattr(rita, name, value)

        with pytest.raises(actions.ResetRefused):
            actions.approve_reset(approver=rita, reset=reset, response=code(rita, at), at=at)

    def test_tells_the_person_on_every_channel_a_day_before(
        self, approved: FactorReset, lost: Compte, at: datetime
    ) -> None:
        """S-12: 24 h notice."""
        assert approved.effective_at == at + DAY
        assert {m.kind: m.recipient for m in Message.objects.all()} == {
            "email": lost.email,
            "sms": "+33612345678",
        }
        assert actions.apply_due_resets(at=at + DAY - timedelta(seconds=1)) == 0
        assert authenticators_of(lost) == 2

    def test_takes_everything_away_after_a_day_and_gives_a_link_to_the_person_alone(
        self,
        approved: FactorReset,
        lost: Compte,
        client_of: Callable[[Compte], Client],
        clock: Clock,
    ) -> None:
        """S-12: kills sessions; nobody else learns a secret."""
        Message.objects.all().delete()
        later = clock.move(hours=24)
        browser = client_of(lost)
        assert browser.get("/comptes/").status_code == 200

        assert jobs.resets(later) == "1 applied"

        lost.refresh_from_db()
        assert authenticators_of(lost) == lost.recovery_codes.count() == 0
        assert not lost.has_usable_password()
        assert lost.enrolled_at is None
        assert not OpenSession.objects.filter(compte=lost).exists()
        assert not Session.objects.exists()
        assert not Device.objects.filter(compte=lost).exists()
        assert browser.get("/comptes/").status_code == 302
        message = Message.objects.get()
        assert message.recipient == lost.email
        assert "/comptes/activation/" in message.body
        assert Activation.objects.filter(compte=lost, used_at=None).count() == 1

    def test_is_applied_once(self, approved: FactorReset, at: datetime) -> None:
        assert actions.apply_due_resets(at=at + DAY) == 1
        assert actions.apply_due_resets(at=at + DAY) == 0
        assert Activation.objects.count() == 1

    def test_is_refused_by_the_person_who_still_has_their_factors(
        self,
        approved: FactorReset,
        lost: Compte,
        client_of: Callable[[Compte], Client],
        clock: Clock,
    ) -> None:
        """S-12: what the day of notice is for."""
        browser = client_of(lost)
        assert "remettre à zéro" in browser.get("/comptes/").content.decode()

        answer = browser.post("/comptes/reprise/refuser/", follow=True)

        assert "ne changent pas" in answer.content.decode()
        assert actions.apply_due_resets(at=clock.move(hours=25)) == 0
        assert authenticators_of(lost) == 2

    def test_is_not_refused_by_a_stranger(
        self, approved: FactorReset, alice: Compte, at: datetime
    ) -> None:
        with pytest.raises(actions.ResetRefused, match="ne vous concerne pas"):
            actions.cancel_reset(compte=alice, reset=approved, at=at)

    def test_is_open_once_at_a_time(
        self, reset: FactorReset, rita: Compte, lost: Compte, at: datetime
    ) -> None:
        with pytest.raises(actions.ResetRefused, match="déjà en cours"):
            request(rita, lost, at)

    def test_cannot_be_approved_twice_nor_after_a_refusal(
        self, approved: FactorReset, lost: Compte, at: datetime
    ) -> None:
        later = at + timedelta(seconds=30)
        third = CompteFactory.create(with_totp=True, is_operator=True)
        with pytest.raises(actions.ResetRefused, match="n’attend plus"):
            actions.approve_reset(
                approver=third, reset=approved, response=code(third, later), at=later
            )
        actions.cancel_reset(compte=lost, reset=approved, at=at)
        with pytest.raises(actions.ResetRefused, match="déjà terminée"):
            actions.cancel_reset(compte=lost, reset=approved, at=at)

    def test_leaves_its_lines(
        self, approved: FactorReset, oscar: Compte, rita: Compte, lost: Compte, at: datetime
    ) -> None:
        """S-12: two named persons, journaled."""
        actions.apply_due_resets(at=at + DAY)

        lines = Entry.objects.filter(event__startswith="comptes.reset").order_by("seq")
        assert [(line.event, line.author_id) for line in lines] == [
            ("comptes.reset_requested", oscar.public_id),
            ("comptes.reset_approved", rita.public_id),
            ("comptes.reset_applied", None),
        ]
        assert {line.subject_id for line in lines} == {lost.public_id}

    def test_is_not_applied_to_a_compte_closed_meanwhile(
        self, approved: FactorReset, lost: Compte, at: datetime
    ) -> None:
        actions.deactivate_compte(compte=lost, author=SYSTEM, at=at)

        assert actions.apply_due_resets(at=at + DAY) == 0


class TestAComptesEnd:
    def test_leaves_its_line_and_happens_once(
        self, alice: Compte, oscar: Compte, at: datetime
    ) -> None:
        actions.deactivate_compte(compte=alice, author=oscar.author, at=at)

        line = Entry.objects.get(event="comptes.deactivated")
        assert (line.author_kind, line.author_id) == ("operator", oscar.public_id)
        assert (alice.is_active, alice.deactivated_at) == (False, at)
        with pytest.raises(actions.DeactivationRefused, match="déjà"):
            actions.deactivate_compte(compte=alice, author=oscar.author, at=at)

    def test_is_dated_in_the_database(self, alice: Compte) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Compte.objects.filter(pk=alice.pk).update(is_active=False)

    def test_is_undone_from_zero(self, alice: Compte, oscar: Compte, at: datetime) -> None:
        actions.deactivate_compte(compte=alice, author=oscar.author, at=at)
        actions.reactivate_compte(compte=alice, author=oscar.author, at=at)

        assert alice.is_active
        assert authenticators_of(alice) == 0
        assert not alice.has_usable_password()
        assert Activation.objects.get().compte == alice
        with pytest.raises(actions.DeactivationRefused):
            actions.reactivate_compte(compte=alice, author=oscar.author, at=at)


class TestTheOperatorCommand:
    def test_makes_an_operator_and_prints_their_link(
        self, db: None, clock: Clock, capsys: pytest.CaptureFixture[str]
    ) -> None:
        call_command("compte_operator", "op@exploitant.example", prenom="Omar", nom="Exemple")

        compte = Compte.objects.get()
        assert compte.is_operator
        assert "https://tandem.example/comptes/activation/" in capsys.readouterr().out

    def test_says_why_not(self, alice: Compte, clock: Clock) -> None:
        with pytest.raises(CommandError, match="déjà un compte"):
            call_command("compte_operator", alice.email, prenom="A", nom="B")
