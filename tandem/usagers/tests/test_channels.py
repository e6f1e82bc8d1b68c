"""Contact channels: whose they are, how it is proven, what they carry.

Longer than 400 lines: each rule of P-14 stands beside what would slip past it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tandem.comptes.actions import GestureRefused
from tandem.comptes.models import Compte, Gesture
from tandem.comptes.rules import GestureResponse
from tandem.comptes.tests.factories import CompteFactory
from tandem.envois.models import Message
from tandem.journal.models import Entry, Secret
from tandem.structures.models import Acteur, Affectation, Structure
from tandem.structures.tests.cast import ActeurOf
from tandem.usagers import actions, queries
from tandem.usagers.models import Channel, Usager
from tandem.usagers.rules import ChannelKind, Holder, Weakness
from tandem.usagers.tests.cast import GestureOf
from tandem.usagers.tests.factories import ChannelFactory, UsagerFactory

pytestmark = pytest.mark.django_db


Add = Callable[..., Channel]


@pytest.fixture
def acteur(alice: Affectation, as_acteur: ActeurOf) -> Acteur:
    return as_acteur(alice)


@pytest.fixture
def add(alice: Affectation, acteur: Acteur, rose: Usager, gesture: GestureOf, at: datetime) -> Add:
    """Alice adds a channel for rose; the person's own address unless said otherwise."""

    def call(**changes: object) -> Channel:
        values: dict[str, object] = {
            "acteur": acteur, "usager": rose, "kind": ChannelKind.EMAIL, "value": "Rose@Exemple.fr",
            "holder": Holder.PERSON, "response": gesture(alice, at), "at": at,
        }  # fmt: skip
        return actions.add_channel(**{**values, **changes})  # type: ignore[arg-type]  # a table of values

    return call


def code_in(message: Message) -> str:
    """The six digits the person reads."""
    return "".join(c for c in str(message.body) if c.isdigit())[:6]


class TestAddChannel:
    def test_keeps_one_spelling_and_carries_nothing_yet(
        self, add: Add, rose: Usager, at: datetime
    ) -> None:
        """P-14."""
        channel = add()

        assert Gesture.objects.get().used_at == at
        assert (channel.value, channel.holder, channel.proven_at) == (
            "rose@exemple.fr",
            Holder.PERSON,
            None,
        )
        assert queries.proven_channel(rose) is None
        [line] = Entry.objects.filter(event="usagers.channel_added")
        assert line.facts == {"kind": "email", "holder": "person"}
        assert line.about == rose.public_id
        assert [s.value for s in Secret.objects.filter(entry=line)] == ["rose@exemple.fr"]

    def test_keeps_a_mobile_number_of_overseas(self, add: Add) -> None:
        channel = add(kind=ChannelKind.SMS, value="0692 12 34 56")

        assert (channel.value, channel.words) == ("+262692123456", "0692 12 34 56")

    @pytest.mark.parametrize(
        ("kind", "value"),
        [("sms", "02 99 00 00 00"), ("email", "rose"), ("sms", "rose@exemple.fr")],
    )
    def test_refuses_what_cannot_receive_anything(self, kind: str, value: str, add: Add) -> None:
        with pytest.raises(actions.UsagerRefused):
            add(kind=ChannelKind(kind), value=value)
        assert not Channel.objects.exists()

    def test_refuses_the_same_one_twice(
        self, add: Add, alice: Affectation, gesture: GestureOf, at: datetime
    ) -> None:
        add()
        later = at + timedelta(seconds=60)

        with pytest.raises(actions.UsagerRefused):
            add(value="rose+tandem@exemple.fr", response=gesture(alice, later), at=later)
        assert Channel.objects.count() == 1

    def test_needs_a_gesture(
        self, add: Add, bob: Affectation, gesture: GestureOf, at: datetime
    ) -> None:
        """S-08: the cookie alone never changes where a person is told."""
        for response in [GestureResponse(), GestureResponse(code="000000"), gesture(bob, at)]:
            with pytest.raises(GestureRefused):
                add(response=response)
        assert not Channel.objects.exists()

    def test_is_not_for_a_stranger(
        self, add: Add, charlie: Affectation, as_acteur: ActeurOf, gesture: GestureOf, at: datetime
    ) -> None:
        with pytest.raises(actions.NotAllowed):
            add(acteur=as_acteur(charlie), response=gesture(charlie, at))
        assert not Channel.objects.exists()

    def test_marks_an_aidants_own_address_whatever_is_said(
        self, add: Add, alice: Affectation, bob: Affectation
    ) -> None:
        """P-14: equal to a helper's is not the person's."""
        local, domain = bob.compte.email.split("@")

        assert add(value=f"{local.upper()}+rose@{domain}").holder == Holder.AIDANT

    def test_marks_an_aidants_own_number(self, add: Add, bob: Affectation) -> None:
        Compte.objects.filter(pk=bob.compte.pk).update(phone="06 12 34 56 78")

        assert add(kind=ChannelKind.SMS, value="+33612345678").holder == Holder.AIDANT

    def test_keeps_a_mailbox_made_by_an_aidant_as_such(
        self, add: Add, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-14: a mailbox created during a session is flagged and rejected as a channel for codes."""
        channel = add(holder=Holder.AIDANT)

        with pytest.raises(actions.UsagerRefused):
            actions.send_proof(acteur=acteur, usager=rose, channel=channel, at=at)
        assert not Message.objects.exists()


class TestProving:
    def test_by_the_code_read_back_makes_it_theirs(
        self, add: Add, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        channel = add()
        message = actions.send_proof(acteur=acteur, usager=rose, channel=channel, at=at)
        later = at + timedelta(minutes=2)

        actions.prove_channel(
            acteur=acteur, usager=rose, channel=channel, code=code_in(message), at=later
        )

        assert message.recipient == "rose@exemple.fr"
        assert queries.proven_channel(rose) == channel
        rose.refresh_from_db()
        assert rose.last_contact_at == later
        assert Entry.objects.filter(event="usagers.channel_proven").count() == 1

    def test_of_one_channel_does_not_prove_another(
        self,
        add: Add,
        acteur: Acteur,
        alice: Affectation,
        rose: Usager,
        gesture: GestureOf,
        at: datetime,
    ) -> None:
        first = add()
        later = at + timedelta(seconds=60)
        second = add(
            kind=ChannelKind.SMS, value="0612345678", response=gesture(alice, later), at=later
        )
        message = actions.send_proof(acteur=acteur, usager=rose, channel=first, at=later)

        with pytest.raises(actions.CodeRefused):
            actions.prove_channel(
                acteur=acteur, usager=rose, channel=second, code=code_in(message), at=later
            )
        assert queries.proven_channel(rose) is None

    @pytest.mark.parametrize("holder", [h for h in Holder if h != Holder.PERSON])
    def test_is_only_for_what_the_person_reads(
        self, holder: Holder, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        channel = ChannelFactory.create(usager=rose, unproven=True, holder=holder)

        with pytest.raises(actions.UsagerRefused):
            actions.send_proof(acteur=acteur, usager=rose, channel=channel, at=at)

    def test_is_refused_for_a_channel_of_someone_else(
        self, acteur: Acteur, ccas: Structure, rose: Usager, at: datetime
    ) -> None:
        theirs = ChannelFactory.create(usager=UsagerFactory.create(structure=ccas), unproven=True)

        with pytest.raises(actions.UsagerRefused):
            actions.send_proof(acteur=acteur, usager=rose, channel=theirs, at=at)


class TestAChannelThatCarries:
    """P-14: judged at each use, so that nothing proven yesterday is believed today."""

    def weakness(self, usager: Usager) -> Weakness | None:
        [judged] = queries.judged_channels(usager)
        return judged.weakness

    def test_stops_when_another_person_gets_the_same(
        self, ccas: Structure, acteur: Acteur, rose: Usager
    ) -> None:
        ChannelFactory.create(usager=rose, value="famille@exemple.fr")
        other = UsagerFactory.create(structure=ccas)
        assert self.weakness(rose) is None

        ChannelFactory.create(usager=other, value="famille@exemple.fr")

        assert (self.weakness(rose), self.weakness(other)) == (Weakness.SHARED, Weakness.SHARED)
        assert queries.proven_channel(rose) is None

    def test_stops_when_an_aidant_takes_the_address(self, acteur: Acteur, rose: Usager) -> None:
        ChannelFactory.create(usager=rose, value="rose@exemple.fr")
        CompteFactory.create(email="rose@exemple.fr")

        assert self.weakness(rose) is Weakness.AIDANT

    def test_is_not_weakened_by_another_structure(
        self, acteur: Acteur, mairie: Structure, rose: Usager
    ) -> None:
        ChannelFactory.create(usager=rose, value="rose@exemple.fr")
        ChannelFactory.create(
            usager=UsagerFactory.create(structure=mairie), value="rose@exemple.fr"
        )

        assert self.weakness(rose) is None

    def test_costs_two_queries_for_one_and_for_fifty(
        self, acteur: Acteur, ccas: Structure, rose: Usager
    ) -> None:
        """Law 12."""
        ChannelFactory.create(usager=rose)
        with CaptureQueriesContext(connection) as for_one:
            queries.judged_channels(rose)
        ChannelFactory.create_batch(24, usager=rose)
        ChannelFactory.create_batch(25, usager=rose, sms=True)
        with CaptureQueriesContext(connection) as for_fifty:
            assert len(queries.judged_channels(rose)) == 50

        assert (len(for_one), len(for_fifty)) == (2, 2)


class TestEndChannel:
    def test_stops_it_with_a_gesture(
        self, alice: Affectation, acteur: Acteur, rose: Usager, gesture: GestureOf, at: datetime
    ) -> None:
        channel = ChannelFactory.create(usager=rose)
        with pytest.raises(GestureRefused):
            actions.end_channel(
                acteur=acteur, usager=rose, channel=channel, response=GestureResponse(), at=at
            )

        actions.end_channel(
            acteur=acteur, usager=rose, channel=channel, response=gesture(alice, at), at=at
        )

        assert list(queries.channels_of(rose)) == []
        assert Gesture.objects.get().used_at == at
        assert (
            Entry.objects.filter(event="usagers.channel_ended", about=rose.public_id).count() == 1
        )

    def test_does_not_touch_another_persons(
        self,
        alice: Affectation,
        acteur: Acteur,
        ccas: Structure,
        rose: Usager,
        gesture: GestureOf,
        at: datetime,
    ) -> None:
        theirs = ChannelFactory.create(usager=UsagerFactory.create(structure=ccas))

        with pytest.raises(actions.UsagerRefused):
            actions.end_channel(
                acteur=acteur, usager=rose, channel=theirs, response=gesture(alice, at), at=at
            )
        theirs.refresh_from_db()
        assert theirs.ended_at is None

    def test_kills_the_code_sent_there(
        self, alice: Affectation, acteur: Acteur, rose: Usager, gesture: GestureOf, at: datetime
    ) -> None:
        channel = ChannelFactory.create(usager=rose)
        purpose = f"usage:{rose.public_id}"
        message = actions.send_confirmation_code(acteur=acteur, usager=rose, purpose=purpose, at=at)
        actions.end_channel(
            acteur=acteur, usager=rose, channel=channel, response=gesture(alice, at), at=at
        )

        with pytest.raises(actions.CodeRefused):
            actions.check_confirmation_code(
                acteur=acteur, usager=rose, purpose=purpose, code=code_in(message), at=at
            )
