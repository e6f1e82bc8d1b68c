"""A sheet brought without the person where one aidant works alone: a day, and the person may say no (S-20)."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from tandem.comptes.actions import GestureRefused
from tandem.comptes.models import Gesture
from tandem.comptes.tests.factories import totp_code
from tandem.documents.words import Statement
from tandem.envois.models import Message
from tandem.journal.models import Entry
from tandem.mandats.actions import NotAllowed
from tandem.mandats.models import Mandat
from tandem.papier import actions, permissions
from tandem.papier.actions.declining import PER_MINUTE
from tandem.papier.models import Sheet
from tandem.papier.rules import Decision
from tandem.papier.tests.factories import paper_mandat, waiting_sheet
from tandem.structures.models import Acteur, Affectation
from tandem.structures.tests.cast import ActeurOf, ClientOf
from tandem.ui.rules import moment_words
from tandem.usagers.models import Channel, Notice, Usager
from tandem.usagers.rules import NoticeState, sms_text
from tandem.usagers.tests.cast import GestureOf

DAY = timedelta(hours=24)
CODE = re.compile(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}")


@pytest.fixture
def phone(andrei: Usager, alice: Affectation, at: datetime) -> Channel:
    """Andrei's own mobile, proven."""
    return Channel.objects.create(
        usager=andrei, kind="sms", value="+33612345678", value_index="a" * 64, holder="person", proven_at=at,
        created_at=at, created_by=alice,
    )  # fmt: skip


def code_of(sheet: Sheet) -> str:
    """What only the person received."""
    body = Notice.objects.get(key=f"papier.waits:{sheet.public_id}").body
    found = CODE.search(body)
    assert found is not None, body
    return found[0]


def say_no(code: str, at: datetime, address: str = "192.0.2.7") -> None:
    actions.decline_by_code(code=code, address=address, at=at)


class TestALoneAidant:
    def test_makes_nothing_live_before_a_whole_day(
        self, acteur: Acteur, andrei: Usager, alice: Affectation, gesture: GestureOf, at: datetime
    ) -> None:
        """S-20: not one second before; and no code is spent."""
        sheet = waiting_sheet(acteur, andrei, at=at)
        assert (sheet.decision, sheet.opens_at) == (Decision.WAITING, at + DAY)
        for early in (at, at + timedelta(hours=12), at + DAY - timedelta(seconds=1)):
            with pytest.raises(actions.PaperRefused, match="jour entier"):
                actions.confirm_sheet(
                    acteur=acteur, sheet=sheet, response=gesture(alice, early), at=early
                )
        assert not Mandat.objects.exists()
        assert not Gesture.objects.exists()

    def test_answers_for_it_a_day_later_and_the_mandat_says_so(
        self, acteur: Acteur, andrei: Usager, alice: Affectation, gesture: GestureOf, at: datetime
    ) -> None:
        """S-20: the seal says that one aidant answered, a day later."""
        sheet = waiting_sheet(acteur, andrei, at=at)
        mandat = actions.confirm_sheet(
            acteur=acteur, sheet=sheet, response=gesture(alice, at + DAY), at=at + DAY
        )
        sheet.refresh_from_db()
        assert (sheet.decision, sheet.confirmed_by, sheet.content) == ("live", None, {})
        assert sheet.refusal_index == ""
        said = dict(Statement.of(mandat).by_hand)["Signée sans l’aidant"]
        assert "seul" in said
        assert "jour" in said
        assert Entry.objects.get(event="papier.sheet_noted").facts["alone"] is True
        assert Entry.objects.filter(event="papier.sheet_confirmed_alone").count() == 1
        assert not Entry.objects.filter(event="papier.sheet_confirmed").exists()

    def test_shows_the_second_factor(
        self, acteur: Acteur, andrei: Usager, alice: Affectation, gesture: GestureOf, at: datetime
    ) -> None:
        sheet = waiting_sheet(acteur, andrei, at=at)
        wrong = gesture(alice, at - timedelta(hours=1))
        with pytest.raises(GestureRefused):
            actions.confirm_sheet(acteur=acteur, sheet=sheet, response=wrong, at=at + DAY)
        assert not Mandat.objects.exists()

    def test_is_not_one_who_was_made_alone_today(
        self, acteur: Acteur, andrei: Usager, bob: Affectation, at: datetime
    ) -> None:
        """S-20: sending a colleague away opens nothing for a day."""
        Affectation.objects.filter(pk=bob.pk).update(ended_at=at)
        assert not permissions.is_alone(acteur, at=at + timedelta(hours=1))
        assert waiting_sheet(acteur, andrei, at=at).opens_at is None
        assert permissions.is_alone(acteur, at=at + DAY)

    def test_who_was_not_alone_then_never_answers_alone(
        self, acteur: Acteur, andrei: Usager, alice: Affectation, bob: Affectation, gesture: GestureOf, at: datetime,
    ) -> None:  # fmt: skip
        sheet = waiting_sheet(acteur, andrei, at=at)
        Affectation.objects.filter(pk=bob.pk).update(ended_at=at)
        later = at + timedelta(days=3)
        with pytest.raises(NotAllowed):
            actions.confirm_sheet(
                acteur=acteur, sheet=sheet, response=gesture(alice, later), at=later
            )
        assert not Mandat.objects.exists()

    def test_who_is_not_alone_any_more_asks_the_colleague(
        self,
        acteur: Acteur,
        andrei: Usager,
        alice: Affectation,
        gesture: GestureOf,
        at: datetime,
        request: pytest.FixtureRequest,
        as_acteur: ActeurOf,
    ) -> None:
        sheet = waiting_sheet(acteur, andrei, at=at)
        bob: Affectation = request.getfixturevalue("bob")
        with pytest.raises(NotAllowed):
            actions.confirm_sheet(
                acteur=acteur, sheet=sheet, response=gesture(alice, at + DAY), at=at + DAY
            )
        actions.confirm_sheet(
            acteur=as_acteur(bob), sheet=sheet, response=gesture(bob, at + DAY), at=at + DAY
        )
        sheet.refresh_from_db()
        assert sheet.confirmed_by == bob

    def test_without_the_guard_would_not_wait(
        self, acteur: Acteur, andrei: Usager, alice: Affectation, gesture: GestureOf, at: datetime,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        """Negative control: the action's check taken away, the database still refuses."""
        sheet = waiting_sheet(acteur, andrei, at=at)
        monkeypatch.setattr("tandem.papier.actions.sheets._check_waits", lambda *_args: None)
        with pytest.raises(IntegrityError):
            actions.confirm_sheet(acteur=acteur, sheet=sheet, response=gesture(alice, at), at=at)

    def test_cannot_be_in_the_database_before_the_day(
        self, acteur: Acteur, andrei: Usager, at: datetime
    ) -> None:
        """S-20: enforced below the code."""
        mandat = paper_mandat(acteur, andrei, at=at)
        Sheet.objects.all().delete()
        sheet = waiting_sheet(acteur, andrei, at=at)
        row = Sheet.objects.filter(pk=sheet.pk)
        live: dict[str, Any] = {"decision": "live", "mandat": mandat}
        wrongs: list[dict[str, Any]] = [
            {**live, "decided_at": at + DAY - timedelta(seconds=1)},
            {**live, "decided_at": at + DAY, "opens_at": None},
            {"opens_at": at},
        ]
        for wrong in wrongs:
            with pytest.raises(IntegrityError), transaction.atomic():
                row.update(**wrong)
        assert row.update(**live, decided_at=at + DAY) == 1


class TestThePerson:
    def test_is_told_on_their_channel_in_discreet_words(
        self, acteur: Acteur, andrei: Usager, phone: Channel, at: datetime
    ) -> None:
        """S-31: before anything is allowed, with from when it counts and how to say no."""
        sheet = waiting_sheet(acteur, andrei, at=at)
        message = Message.objects.get()
        assert message.recipient == phone.value
        assert code_of(sheet) in str(message.body)
        assert reverse("papier:decline") in str(message.body)
        when = moment_words((at + DAY).astimezone(andrei.structure.zone))
        assert sms_text(when) in str(message.body)

    def test_is_told_nothing_when_a_second_aidant_must_answer(
        self, acteur: Acteur, andrei: Usager, phone: Channel, bob: Affectation, at: datetime
    ) -> None:
        sheet = waiting_sheet(acteur, andrei, at=at)
        assert (sheet.opens_at, sheet.refusal_index) == (None, "")
        assert not Message.objects.exists()

    def test_says_no_with_the_code_and_nothing_is_ever_live(
        self,
        acteur: Acteur,
        andrei: Usager,
        phone: Channel,
        alice: Affectation,
        gesture: GestureOf,
        at: datetime,
    ) -> None:
        """S-20: any time before it is confirmed, after the day too."""
        sheet = waiting_sheet(acteur, andrei, at=at)
        say_no(code_of(sheet), at + DAY + timedelta(hours=1))
        sheet.refresh_from_db()
        assert (sheet.decision, sheet.content, sheet.refusal_index) == ("declined", {}, "")
        entry = Entry.objects.get(event="papier.sheet_declined")
        assert (entry.facts, entry.author_kind) == ({"by": "code"}, "usager")
        later = at + DAY + timedelta(hours=2)
        with pytest.raises(actions.PaperRefused):
            actions.confirm_sheet(
                acteur=acteur, sheet=sheet, response=gesture(alice, later), at=later
            )
        assert not Mandat.objects.exists()

    def test_is_answered_the_same_for_an_unknown_code_and_for_one_already_used(
        self, acteur: Acteur, andrei: Usager, at: datetime
    ) -> None:
        sheet = waiting_sheet(acteur, andrei, at=at)
        code = code_of(sheet)
        say_no(code, at)
        said = []
        for one in (code, "HK4Q-9WRD-3XYA"):
            with pytest.raises(actions.PaperRefused) as refused:
                say_no(one, at)
            said.append(refused.value.message)
        assert len(set(said)) == 1

    def test_cannot_have_the_code_guessed(
        self, acteur: Acteur, andrei: Usager, at: datetime
    ) -> None:
        """S-16: ten tries a minute for an address; the right one comes too late."""
        sheet = waiting_sheet(acteur, andrei, at=at)
        for _turn in range(PER_MINUTE):
            with pytest.raises(actions.PaperRefused):
                say_no("HK4Q-9WRD-3XYA", at)
        with pytest.raises(actions.TooManyTries):
            say_no(code_of(sheet), at)
        say_no(code_of(sheet), at, address="198.51.100.4")

    def test_who_waits_for_the_digest_is_told_before_anything_counts(
        self, acteur: Acteur, andrei: Usager, alice: Affectation, phone: Channel, gesture: GestureOf, at: datetime,
    ) -> None:  # fmt: skip
        sheet = waiting_sheet(acteur, andrei, at=at)
        Notice.objects.update(state=NoticeState.DIGEST, told_at=None)
        with pytest.raises(actions.PaperRefused, match="prévenue"):
            actions.confirm_sheet(
                acteur=acteur, sheet=sheet, response=gesture(alice, at + DAY), at=at + DAY
            )
        assert not Mandat.objects.exists()

    def test_may_tell_the_aidant_who_says_it_for_them(
        self, acteur: Acteur, andrei: Usager, at: datetime
    ) -> None:
        sheet = waiting_sheet(acteur, andrei, at=at)
        row = actions.refuse_sheet(acteur=acteur, sheet=sheet, at=at)
        assert (row.decision, row.content) == (Decision.DECLINED, {})
        assert Entry.objects.get(event="papier.sheet_declined").facts == {"by": "told"}

    def test_leaves_no_code_once_it_is_forgotten(
        self, acteur: Acteur, andrei: Usager, at: datetime
    ) -> None:
        sheet = waiting_sheet(acteur, andrei, at=at)
        code = code_of(sheet)
        actions.purge_papier(at=at + timedelta(days=7))
        sheet.refresh_from_db()
        assert sheet.refusal_index == ""
        with pytest.raises(actions.PaperRefused):
            say_no(code, at + timedelta(days=7))


class TestThePages:
    def test_say_from_when_and_let_the_aidant_confirm_only_then(
        self,
        acteur: Acteur,
        andrei: Usager,
        alice: Affectation,
        desk: Client,
        clock: time_machine.Traveller,
        client_of: ClientOf,
        at: datetime,
    ) -> None:
        sheet = waiting_sheet(acteur, andrei, at=at)
        page = reverse("papier:decide", args=[sheet.public_id])
        html = desk.get(page).content.decode()
        assert "Vous êtes seul" in html
        assert "Confirmer le mandat" not in html
        assert "La personne dit non" in html
        assert page in desk.get(reverse("papier:waiting")).content.decode()
        early = desk.post(page, {"seen": "on", "geste_code": totp_code(alice.compte, at)})
        assert early.status_code == 422
        assert not Mandat.objects.exists()

        clock.move_to(at + DAY)
        later = client_of(alice)
        assert "Confirmer le mandat" in later.get(page).content.decode()
        given = {"seen": "on", "geste_code": totp_code(alice.compte, at + DAY)}
        answer = later.post(page, given)
        mandat = Mandat.objects.get()
        assert answer["Location"] == reverse("mandats:signed", args=[mandat.public_id])

    def test_let_anyone_with_the_code_say_no_without_a_compte(
        self, acteur: Acteur, andrei: Usager, clock: time_machine.Traveller, client: Client, at: datetime
    ) -> None:  # fmt: skip
        sheet = waiting_sheet(acteur, andrei, at=at)
        page = reverse("papier:decline")
        code = code_of(sheet)
        assert client.get(page).status_code == 200
        wrong = client.post(page, {"code": "HK4Q-9WRD-3XYA"})
        assert wrong.status_code == 422
        assert "HK4Q-9WRD-3XYA" in wrong.content.decode()
        short = client.post(page, {"code": code[:6]})
        assert "pas complet" in short.content.decode()
        answer = client.post(page, {"code": code.lower().replace("-", " ")})
        assert answer["Location"] == reverse("papier:declined")
        html = client.get(answer["Location"]).content.decode()
        assert "personne ne peut agir" in html
        assert "Andrei" not in html
        sheet.refresh_from_db()
        assert sheet.decision == Decision.DECLINED
