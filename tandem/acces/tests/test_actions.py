"""Begun, gone through, ended; nothing secret has a place."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tandem.acces import actions
from tandem.acces.models import Acces
from tandem.acces.rules import KEPT, Keyboard, Outcome, Road
from tandem.comptes.rules import GestureResponse
from tandem.comptes.tests.factories import totp_code
from tandem.journal.models import Entry
from tandem.structures.models import Acteur, Affectation
from tandem.usagers.actions import NotAllowed, UsagerRefused, erase_usager, send_proof
from tandem.usagers.models import Usager
from tandem.usagers.queries import judged_channels
from tandem.usagers.rules import ChannelKind, Weakness

As = Callable[[Affectation], Acteur]


class TestOpening:
    def test_writes_what_for_and_moves_the_last_contact(
        self, alice: Affectation, rose: Usager, as_acteur: As, at: datetime
    ) -> None:
        """P-21: an act with the person."""
        later = at + timedelta(days=3)
        actions.open_acces(
            acteur=as_acteur(alice), usager=rose, service="ameli", road=Road.RECOVER, at=later
        )
        entry = Entry.objects.get(event="acces.opened")
        assert entry.facts == {"service": "ameli", "road": "recuperer"}
        assert entry.about == rose.public_id
        rose.refresh_from_db()
        assert rose.last_contact_at == later

    def test_twice_gives_the_same_one(
        self, alice: Affectation, rose: Usager, acces: Acces, as_acteur: As, at: datetime
    ) -> None:
        """S-24: a double click."""
        again = actions.open_acces(
            acteur=as_acteur(alice), usager=rose, service="caf", road=Road.CREATE, at=at
        )
        assert again == acces
        assert Acces.objects.count() == 1
        assert Entry.objects.filter(event="acces.opened").count() == 1

    def test_refuses_a_service_nobody_describes(
        self, alice: Affectation, rose: Usager, as_acteur: As, at: datetime
    ) -> None:
        with pytest.raises(actions.AccesRefused):
            actions.open_acces(
                acteur=as_acteur(alice), usager=rose, service="banque", road=Road.CREATE, at=at
            )

    def test_refuses_an_aidant_of_another_structure(
        self, charlie: Affectation, rose: Usager, as_acteur: As, at: datetime
    ) -> None:
        """P-10."""
        with pytest.raises(NotAllowed):
            actions.open_acces(
                acteur=as_acteur(charlie), usager=rose, service="caf", road=Road.CREATE, at=at
            )
        assert not Acces.objects.exists()


class TestTheWay:
    def test_keeps_the_steps_that_exist(
        self, alice: Affectation, acces: Acces, as_acteur: As, at: datetime
    ) -> None:
        row = actions.mark_steps(
            acteur=as_acteur(alice), acces=acces, done=[1, 0, 1, 99, -1], at=at
        )
        assert row.done == [0, 1]

    def test_ends_once_and_says_who_held_the_keyboard(
        self, alice: Affectation, acces: Acces, as_acteur: As, at: datetime
    ) -> None:
        acteur = as_acteur(alice)
        actions.end_acces(
            acteur=acteur, acces=acces, keyboard=Keyboard.PERSON, outcome=Outcome.DONE, at=at
        )
        # S-24: a double click says it once.
        again = actions.end_acces(
            acteur=acteur, acces=acces, keyboard=Keyboard.PERSON, outcome=Outcome.DONE, at=at
        )
        assert again == acces
        entry = Entry.objects.get(event="acces.ended")
        assert entry.facts["keyboard"] == "person"
        with pytest.raises(actions.AccesRefused):
            actions.end_acces(
                acteur=acteur, acces=acces, keyboard=Keyboard.AIDANT, outcome=Outcome.DONE, at=at
            )
        with pytest.raises(actions.AccesRefused):
            actions.mark_steps(acteur=acteur, acces=acces, done=[0], at=at)

    def test_is_closed_to_another_structure(
        self, charlie: Affectation, acces: Acces, as_acteur: As, at: datetime
    ) -> None:
        with pytest.raises(NotAllowed):
            actions.mark_steps(acteur=as_acteur(charlie), acces=acces, done=[0], at=at)


class TestAMailboxOpenedHere:
    def test_is_flagged_and_refused_as_a_channel_for_codes(
        self, alice: Affectation, rose: Usager, acces: Acces, as_acteur: As, at: datetime
    ) -> None:
        """P-14: a mailbox created during a session proves nothing."""
        acteur = as_acteur(alice)
        channel = actions.note_new_channel(
            acteur=acteur,
            acces=acces,
            kind=ChannelKind.EMAIL,
            value="rose.neuve@exemple.fr",
            response=GestureResponse(code=totp_code(alice.compte, at)),
            at=at,
        )
        weaknesses = [
            judged.weakness for judged in judged_channels(rose) if judged.channel == channel
        ]
        assert weaknesses == [Weakness.HOLDER]
        with pytest.raises(UsagerRefused):
            send_proof(acteur=acteur, usager=rose, channel=channel, at=at)


class TestRetention:
    def test_erases_two_years_after_the_last_contact_and_not_before(
        self, acces: Acces, rose: Usager, at: datetime
    ) -> None:
        """P-20."""
        rose.refresh_from_db()
        assert actions.purge_acces(at=rose.last_contact_at + KEPT) == 0
        assert actions.purge_acces(at=rose.last_contact_at + KEPT + timedelta(seconds=1)) == 1
        assert not Acces.objects.exists()

    def test_follows_the_erasure_of_the_person(
        self, bea: Affectation, rose: Usager, acces: Acces, as_acteur: As, at: datetime
    ) -> None:
        """P-22."""
        erase_usager(acteur=as_acteur(bea), usager=rose, at=at)
        assert not Acces.objects.filter(pk=acces.pk).exists()


class TestTheTable:
    def test_has_no_column_for_a_secret(self) -> None:
        """P-12: there is nowhere to type one."""
        fields = {field.name for field in Acces._meta.get_fields()}
        assert fields == {
            "id", "public_id", "usager", "service", "road", "opened_at", "opened_by", "done", "ended_at",
            "keyboard", "outcome",
        }  # fmt: skip
