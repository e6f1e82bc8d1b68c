from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tandem.envois.models import Message
from tandem.journal.models import Entry
from tandem.kernel.periodic import jobs
from tandem.structures.models import Acteur, Affectation
from tandem.structures.tests.cast import ActeurOf
from tandem.usagers import actions
from tandem.usagers.models import Channel, Notice, Usager
from tandem.usagers.queries import to_tell_on_paper
from tandem.usagers.rules import ChannelKind, FreezeReason, Holder, NoticeState
from tandem.usagers.tests.cast import GestureOf
from tandem.usagers.tests.factories import ChannelFactory

pytestmark = pytest.mark.django_db
BODY = "Bonjour, votre aidant a agi pour vous. Ce n’était pas prévu ? Appelez-le."


@pytest.fixture
def acteur(alice: Affectation, as_acteur: ActeurOf) -> Acteur:
    return as_acteur(alice)


@pytest.fixture
def channel(acteur: Acteur, rose: Usager) -> Channel:
    return ChannelFactory.create(usager=rose, value="rose@exemple.fr")


def tell(usager: Usager, key: str, at: datetime) -> list[Message]:
    return actions.tell_usager(
        usager=usager, message="Votre aidant a agi", body=BODY, key=key, at=at
    )


class TestTellUsager:
    def test_writes_to_the_persons_own_channel(
        self, channel: Channel, rose: Usager, at: datetime
    ) -> None:
        """S-31."""
        [message] = tell(rose, "mandat.used:1", at)

        assert (message.recipient, message.subject, message.body) == (
            "rose@exemple.fr",
            "Votre aidant a agi",
            BODY,
        )
        assert message.about == rose.public_id

    def test_says_it_once(self, channel: Channel, rose: Usager, at: datetime) -> None:
        first, again = tell(rose, "k", at), tell(rose, "k", at + timedelta(hours=1))

        assert first == again
        assert Message.objects.count() == 1

    def test_speaks_to_a_telephone_in_one_message(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        ChannelFactory.create(usager=rose, sms=True)

        [message] = tell(rose, "k", at)

        assert "’" not in str(message.body)
        assert len(str(message.body)) <= 160

    def test_refuses_words_that_say_too_much(
        self, channel: Channel, rose: Usager, at: datetime
    ) -> None:
        with pytest.raises(ValueError, match="rsa"):
            actions.tell_usager(usager=rose, message="Votre RSA", body=BODY, key="k", at=at)
        assert not Notice.objects.exists()

    def test_keeps_it_for_paper_without_a_channel(self, rose: Usager, at: datetime) -> None:
        """P-31: neither telephone nor e-mail, all the life long."""
        assert tell(rose, "k", at) == []
        assert [n.body for n in to_tell_on_paper(rose)] == [BODY]
        assert not Message.objects.exists()

    def test_keeps_it_when_the_channel_is_discreet(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-36."""
        ChannelFactory.create(usager=rose, discreet=True)

        assert tell(rose, "k", at) == []
        assert to_tell_on_paper(rose).count() == 1

    def test_is_silent_under_a_doubt_on_free_will_only(
        self, channel: Channel, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-36: notifications are suppressed; a dispute is told."""
        actions.freeze_usager(acteur=acteur, usager=rose, reason=FreezeReason.DOUBT, at=at)
        assert tell(rose, "doubt", at) == []

        Usager.objects.filter(pk=rose.pk).update(freeze_reason=FreezeReason.DISPUTE)
        assert len(tell(rose, "dispute", at)) == 1

    def test_says_nothing_more_after_a_death(
        self, channel: Channel, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-37."""
        actions.record_death(acteur=acteur, usager=rose, at=at)

        assert tell(rose, "k", at) == []
        assert not Notice.objects.exists()

    def test_does_not_move_the_last_contact(
        self, channel: Channel, rose: Usager, at: datetime
    ) -> None:
        """P-21."""
        before = rose.last_contact_at
        tell(rose, "k", at)

        rose.refresh_from_db()
        assert rose.last_contact_at == before


class TestMoreThanFiveInADay:
    """S-31, RGESN 4.13."""

    @pytest.fixture
    def flood(self, channel: Channel, rose: Usager, at: datetime) -> Usager:
        for number in range(8):
            tell(rose, f"k{number}", at + timedelta(minutes=number))
        return rose

    def test_waits_for_the_digest(self, flood: Usager) -> None:
        assert Message.objects.count() == 5
        assert Notice.objects.filter(state=NoticeState.DIGEST).count() == 3

    def test_is_one_message_the_next_morning(self, flood: Usager, at: datetime) -> None:
        # 22:00 the same day, 05:30 and 08:00 the next in Paris.
        for hour, day in [(21, 2), (4, 3)]:
            assert actions.send_digests(at=datetime(2026, 11, day, hour, 30, tzinfo=UTC)) == 0
        morning = datetime(2026, 11, 3, 7, 0, tzinfo=UTC)

        assert actions.send_digests(at=morning) == 1
        assert actions.send_digests(at=morning + timedelta(minutes=30)) == 0
        assert Message.objects.count() == 6
        assert not Notice.objects.filter(state=NoticeState.DIGEST).exists()

    def test_counts_the_digest_among_the_five(self, flood: Usager, at: datetime) -> None:
        morning = datetime(2026, 11, 3, 7, 0, tzinfo=UTC)
        actions.send_digests(at=morning)
        for number in range(5):
            tell(flood, f"next{number}", morning)

        assert Message.objects.count() == 5 + 1 + 4

    def test_begins_again_at_midnight_of_the_structure(self, flood: Usager) -> None:
        before = datetime(2026, 11, 2, 22, 59, tzinfo=UTC)
        assert tell(flood, "same day", before) == []
        assert len(tell(flood, "next day", before + timedelta(minutes=1))) == 1

    def test_goes_to_paper_when_the_channel_is_gone(self, flood: Usager, at: datetime) -> None:
        Channel.objects.update(ended_at=at)

        assert actions.send_digests(at=datetime(2026, 11, 3, 7, 0, tzinfo=UTC)) == 0
        assert to_tell_on_paper(flood).count() == 3

    def test_is_the_workers_business(self, flood: Usager) -> None:
        job = jobs()["usagers.rounds"]

        assert job.run(datetime(2026, 11, 3, 7, 0, tzinfo=UTC)) == "1 digests, 0 codes"


class TestRecordTold:
    def test_empties_the_list_and_is_a_meeting(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-31, P-21."""
        tell(rose, "one", at)
        tell(rose, "two", at)

        assert actions.record_told(acteur=acteur, usager=rose, at=at) == 2
        assert actions.record_told(acteur=acteur, usager=rose, at=at) == 0

        rose.refresh_from_db()
        assert rose.last_contact_at == at
        [line] = Entry.objects.filter(event="usagers.told")
        assert line.facts == {"count": 2}

    def test_is_not_for_a_stranger(
        self, rose: Usager, charlie: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        tell(rose, "one", at)

        with pytest.raises(actions.NotAllowed):
            actions.record_told(acteur=as_acteur(charlie), usager=rose, at=at)
        assert to_tell_on_paper(rose).count() == 1


class TestAChannelThatChanges:
    """S-31, P-14: whoever adds, ends or silences a channel may not do it unseen."""

    @pytest.fixture
    def change(
        self, alice: Affectation, acteur: Acteur, rose: Usager, channel: Channel, gesture: GestureOf, at: datetime
    ) -> Callable[[str], None]:  # fmt: skip
        """Alice changes something of the channel `channel`, or adds another."""

        def call(what: str) -> None:
            who: dict[str, Any] = {"acteur": acteur, "usager": rose, "at": at}
            who["response"] = gesture(alice, at)
            if what == "added":
                actions.add_channel(
                    **who, kind=ChannelKind.SMS, value="06 99 99 99 99", holder=Holder.PERSON
                )
            elif what == "ended":
                actions.end_channel(**who, channel=channel)
            else:
                actions.set_discreet(**who, channel=channel, discreet=what == "silenced")

        return call

    @pytest.mark.parametrize("what", ["ended", "silenced", "heard again"])
    def test_is_told_on_the_other_one_in_words_that_say_nothing(
        self, change: Callable[[str], None], what: str, rose: Usager
    ) -> None:
        """P-36: the same words for all, so that silence is not heard."""
        ChannelFactory.create(usager=rose, sms=True, value="+33612345678")

        change(what)

        [message] = Message.objects.all()
        assert (message.recipient, message.about) == ("+33612345678", rose.public_id)
        assert "votre aidant a changé un moyen de vous joindre" in str(message.body)
        assert len(str(message.body)) <= 160

    def test_is_told_on_the_one_there_before_when_another_is_added(
        self, change: Callable[[str], None]
    ) -> None:
        change("added")

        assert [m.recipient for m in Message.objects.all()] == ["rose@exemple.fr"]

    @pytest.mark.parametrize("what", ["ended", "silenced"])
    @pytest.mark.parametrize(
        "weak", [{"proven_at": None}, {"holder": Holder.RELATIVE}, {"discreet": True}]
    )
    def test_waits_for_paper_without_another_of_their_own(
        self, change: Callable[[str], None], what: str, weak: dict[str, Any], rose: Usager
    ) -> None:
        """P-14, P-31."""
        ChannelFactory.create(usager=rose, sms=True, **weak)

        change(what)

        assert not Message.objects.exists()
        [notice] = to_tell_on_paper(rose)
        assert notice.title == "Vos moyens de contact ont changé"

    def test_does_not_wait_for_the_digest_that_the_new_one_would_carry(
        self, change: Callable[[str], None], rose: Usager, at: datetime
    ) -> None:
        ChannelFactory.create(usager=rose, sms=True, value="+33612345678")
        for n in range(6):
            tell(rose, f"k{n}", at)
        Message.objects.all().delete()

        change("ended")

        assert [m.recipient for m in Message.objects.all()] == ["+33612345678"]

    def test_says_nothing_to_nobody_when_the_first_one_is_added(
        self, alice: Affectation, acteur: Acteur, rose: Usager, gesture: GestureOf, at: datetime
    ) -> None:
        """The person is there, and proves it next."""
        actions.add_channel(
            acteur=acteur, usager=rose, kind=ChannelKind.EMAIL, value="rose@exemple.fr",
            holder=Holder.PERSON, response=gesture(alice, at), at=at,
        )  # fmt: skip

        assert not Notice.objects.exists()

    def test_is_silent_under_a_doubt_on_free_will(
        self, change: Callable[[str], None], acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-36: no message at all, whatever the channel."""
        ChannelFactory.create(usager=rose, sms=True)
        actions.freeze_usager(acteur=acteur, usager=rose, reason=FreezeReason.DOUBT, at=at)

        change("ended")

        assert not Message.objects.exists()
        assert to_tell_on_paper(rose).count() == 1
