"""A channel that must stay discreet, that a stranger holds, or that answers no more."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tandem.comptes.actions import GestureRefused
from tandem.comptes.models import Gesture
from tandem.comptes.rules import GestureResponse
from tandem.envois.models import Message
from tandem.envois.rules import Failure
from tandem.envois.signals import message_failed
from tandem.journal.models import Entry
from tandem.structures.models import Acteur, Affectation, Structure
from tandem.structures.tests.cast import ActeurOf
from tandem.usagers import actions, queries
from tandem.usagers.models import OneTimeCode, Usager
from tandem.usagers.rules import Weakness
from tandem.usagers.tests.cast import GestureOf
from tandem.usagers.tests.factories import ChannelFactory, UsagerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def acteur(alice: Affectation, as_acteur: ActeurOf) -> Acteur:
    return as_acteur(alice)


def code_in(message: Message) -> str:
    """The six digits the person reads."""
    return "".join(c for c in str(message.body) if c.isdigit())[:6]


class TestDiscretion:
    def test_sends_nothing_there_any_more(
        self, alice: Affectation, acteur: Acteur, rose: Usager, gesture: GestureOf, at: datetime
    ) -> None:
        """P-36, S-08."""
        channel = ChannelFactory.create(usager=rose)
        with pytest.raises(GestureRefused):
            actions.set_discreet(
                acteur=acteur,
                usager=rose,
                channel=channel,
                discreet=True,
                response=GestureResponse(),
                at=at,
            )
        assert queries.proven_channel(rose) == channel

        actions.set_discreet(
            acteur=acteur,
            usager=rose,
            channel=channel,
            discreet=True,
            response=gesture(alice, at),
            at=at,
        )

        assert queries.proven_channel(rose) is None
        assert Gesture.objects.get().used_at == at
        [line] = Entry.objects.filter(event="usagers.channel_discreet")
        assert line.facts == {}

    def test_is_not_for_a_channel_that_ended_or_is_anothers(
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
            actions.set_discreet(
                acteur=acteur,
                usager=rose,
                channel=theirs,
                discreet=True,
                response=gesture(alice, at),
                at=at,
            )
        theirs.refresh_from_db()
        assert not theirs.discreet


class TestAStranger:
    @pytest.mark.parametrize("act", ["end", "discreet", "send", "prove"])
    def test_changes_nothing(
        self, act: str, rose: Usager, alice: Affectation, charlie: Affectation, as_acteur: ActeurOf,
        gesture: GestureOf, at: datetime,
    ) -> None:  # fmt: skip
        """S-40: with a valid gesture of their own, and people of their own."""
        UsagerFactory.create(structure=charlie.structure)
        channel = ChannelFactory.create(usager=rose, unproven=True)
        sent = actions.send_proof(acteur=as_acteur(alice), usager=rose, channel=channel, at=at)
        who: dict[str, Any] = {
            "acteur": as_acteur(charlie),
            "usager": rose,
            "channel": channel,
            "at": at,
        }
        calls: dict[str, Callable[[], object]] = {
            "end": lambda: actions.end_channel(**who, response=gesture(charlie, at)),
            "discreet": lambda: actions.set_discreet(
                **who, discreet=True, response=gesture(charlie, at)
            ),
            "send": lambda: actions.send_proof(**who),
            "prove": lambda: actions.prove_channel(**who, code=code_in(sent)),
        }

        with pytest.raises(actions.NotAllowed):
            calls[act]()
        channel.refresh_from_db()
        assert (channel.ended_at, channel.discreet, channel.proven_at) == (None, False, None)


class TestAMessageThatComesBack:
    """R-14."""

    @pytest.fixture
    def message(self, acteur: Acteur, rose: Usager, at: datetime) -> Message:
        ChannelFactory.create(usager=rose)
        return actions.tell_usager(
            usager=rose, message="Bonjour", body="Votre aidant a agi.", key="k", at=at
        )[0]

    def test_demotes_the_channel_and_waits_for_paper(
        self, message: Message, rose: Usager, at: datetime
    ) -> None:
        message.failure = Failure.REFUSED

        message_failed.send(sender=Message, message=message, at=at)

        [judged] = queries.judged_channels(rose)
        assert (judged.weakness, judged.channel.proven_at) == (Weakness.FAILED, None)
        assert [n.key for n in queries.to_tell_on_paper(rose)] == ["k"]
        assert Entry.objects.get(event="usagers.channel_failed").author_kind == "system"

    def test_for_want_of_a_provider_does_not_blame_the_channel(
        self, message: Message, rose: Usager, at: datetime
    ) -> None:
        message.failure = Failure.GIVEN_UP

        message_failed.send(sender=Message, message=message, at=at)

        assert queries.proven_channel(rose) is not None
        assert queries.to_tell_on_paper(rose).count() == 1

    def test_twice_is_journaled_once(self, message: Message, rose: Usager, at: datetime) -> None:
        message.failure = Failure.REFUSED
        for _ in range(2):
            message_failed.send(sender=Message, message=message, at=at)

        assert Entry.objects.filter(event="usagers.channel_failed").count() == 1

    def test_of_another_room_is_not_ours(self, rose: Usager, at: datetime) -> None:
        message_failed.send(
            sender=Message, message=Message(key="comptes.activation:x", failure="refused"), at=at
        )

        assert not Entry.objects.exists()

    def test_is_proven_again_by_a_new_code(
        self, message: Message, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        message.failure = Failure.REFUSED
        message_failed.send(sender=Message, message=message, at=at)
        channel = queries.channels_of(rose).get()

        sent = actions.send_proof(acteur=acteur, usager=rose, channel=channel, at=at)
        actions.prove_channel(
            acteur=acteur, usager=rose, channel=channel, code=code_in(sent), at=at
        )

        assert queries.proven_channel(rose) == channel
        assert Affectation.objects.count() == 1
        assert OneTimeCode.objects.get().used_at == at
