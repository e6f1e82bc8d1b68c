from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine

from tandem.envois.models import Message
from tandem.journal.models import Entry
from tandem.structures.models import Acteur, Affectation, Structure
from tandem.structures.tests.cast import ActeurOf
from tandem.usagers import actions
from tandem.usagers.actions import codes
from tandem.usagers.models import Channel, OneTimeCode, Usager
from tandem.usagers.rules import CHANNEL_SETTLES, CODE_LIFE, CODE_TRIES, FreezeReason
from tandem.usagers.tests.factories import ChannelFactory, UsagerFactory
from tandem.usagers.tests.test_channels import code_in

pytestmark = pytest.mark.django_db
PURPOSE = f"usage:{uuid4()}"


@pytest.fixture(autouse=True)
def _now(at: datetime) -> Iterator[None]:
    """The limits read the clock: a window must not end in the middle of a story."""
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def acteur(alice: Affectation, as_acteur: ActeurOf) -> Acteur:
    return as_acteur(alice)


@pytest.fixture
def channel(acteur: Acteur, rose: Usager) -> Channel:
    return ChannelFactory.create(usager=rose, sms=True)


def send(acteur: Acteur, usager: Usager, at: datetime, purpose: str = PURPOSE) -> str:
    return code_in(
        actions.send_confirmation_code(acteur=acteur, usager=usager, purpose=purpose, at=at)
    )


def check(
    acteur: Acteur, usager: Usager, code: str, at: datetime, purpose: str = PURPOSE
) -> OneTimeCode:
    return actions.check_confirmation_code(
        acteur=acteur, usager=usager, purpose=purpose, code=code, at=at
    )


class TestAConfirmation:
    def test_is_six_digits_on_the_persons_own_channel(
        self, acteur: Acteur, channel: Channel, rose: Usager, at: datetime
    ) -> None:
        """P-06, P-14."""
        code = send(acteur, rose, at)

        [message] = Message.objects.all()
        assert (message.recipient, message.about, message.expires_at) == (
            channel.value,
            rose.public_id,
            at + CODE_LIFE,
        )
        assert len(code) == 6
        row = OneTimeCode.objects.get()
        assert code not in row.code_hash
        confirmed = check(acteur, rose, f"{code[:3]} {code[3:]}", at + timedelta(minutes=1))
        assert confirmed.used_at == at + timedelta(minutes=1)
        assert list(Entry.objects.order_by("pk").values_list("event", flat=True)) == [
            "usagers.code_sent", "usagers.code_confirmed",
        ]  # fmt: skip

    def test_goes_to_no_channel_inscribed_for_the_occasion(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-14, S-20: an address made during the session proves itself, and confirms nothing for a day."""
        fresh = ChannelFactory.create(
            usager=rose,
            sms=True,
            created_at=at - CHANNEL_SETTLES + timedelta(seconds=1),
            proven_at=at,
        )

        with pytest.raises(actions.UsagerRefused, match="moins d’un jour"):
            send(acteur, rose, at)
        assert not Message.objects.exists()
        settled = ChannelFactory.create(usager=rose, created_at=at - CHANNEL_SETTLES)
        send(acteur, rose, at)

        assert [message.recipient for message in Message.objects.all()] == [settled.value]
        assert settled.value != fresh.value

    def test_is_an_act_with_the_person(
        self, acteur: Acteur, channel: Channel, rose: Usager, at: datetime
    ) -> None:
        """P-21."""
        code = send(acteur, rose, at)
        rose.refresh_from_db()
        before = rose.last_contact_at

        check(acteur, rose, code, at)

        rose.refresh_from_db()
        assert before < rose.last_contact_at == at

    def test_serves_once(
        self, acteur: Acteur, channel: Channel, rose: Usager, at: datetime
    ) -> None:
        code = send(acteur, rose, at)
        check(acteur, rose, code, at)

        with pytest.raises(actions.CodeRefused):
            check(acteur, rose, code, at)

    def test_opens_no_other_act(
        self, acteur: Acteur, channel: Channel, rose: Usager, at: datetime
    ) -> None:
        other = f"usage:{uuid4()}"
        code = send(acteur, rose, at)
        send(acteur, rose, at, purpose=other)

        with pytest.raises(actions.CodeRefused):
            check(acteur, rose, code, at, purpose=other)
        # The try is counted against the act it was for.
        assert OneTimeCode.objects.get(purpose=PURPOSE).tries == 0
        assert check(acteur, rose, code, at)

    def test_is_kept_as_a_fingerprint_of_its_own(self, rose: Usager) -> None:
        """The same six digits sent twice, or for two acts, leave nothing in common."""
        one, other = uuid4(), uuid4()

        hashes = {
            codes._code_hash(one, PURPOSE, "123456"),
            codes._code_hash(other, PURPOSE, "123456"),
            codes._code_hash(one, f"usage:{other}", "123456"),
        }

        assert len(hashes) == 3

    def test_of_one_person_does_not_confirm_for_another(
        self, acteur: Acteur, channel: Channel, ccas: Structure, rose: Usager, at: datetime
    ) -> None:
        code = send(acteur, rose, at)

        with pytest.raises(actions.CodeRefused):
            check(acteur, UsagerFactory.create(structure=ccas), code, at)

    def test_dies_after_ten_minutes(
        self, acteur: Acteur, channel: Channel, rose: Usager, at: datetime
    ) -> None:
        """R-16."""
        code = send(acteur, rose, at)

        with pytest.raises(actions.CodeRefused, match="trop ancien"):
            check(acteur, rose, code, at + CODE_LIFE)

    def test_dies_when_another_is_asked_for(
        self, acteur: Acteur, channel: Channel, rose: Usager, at: datetime
    ) -> None:
        code = send(acteur, rose, at)
        again = send(acteur, rose, at)

        if code != again:
            with pytest.raises(actions.CodeRefused):
                check(acteur, rose, code, at)
        assert check(acteur, rose, again, at)

    def test_dies_after_five_wrong_tries(
        self, acteur: Acteur, channel: Channel, rose: Usager, at: datetime
    ) -> None:
        code = send(acteur, rose, at)
        wrong = f"{(int(code) + 1) % 10**6:06d}"
        for _ in range(CODE_TRIES):
            with pytest.raises(actions.CodeRefused):
                check(acteur, rose, wrong, at)

        with pytest.raises(actions.CodeRefused):
            check(acteur, rose, code, at)
        assert OneTimeCode.objects.get().tries == CODE_TRIES

    def test_says_nothing_of_what_it_confirms(
        self, acteur: Acteur, channel: Channel, rose: Usager, at: datetime
    ) -> None:
        send(acteur, rose, at)

        body = str(Message.objects.get().body)
        assert "ne le donnez à personne" in body
        for word in ("CCAS", "usage", "Rose", "’"):
            assert word not in body

    @pytest.mark.parametrize("purpose", ["", "usage", "usage:Rose Lefèvre"])
    def test_is_bound_to_a_random_identifier(
        self, purpose: str, acteur: Acteur, channel: Channel, rose: Usager, at: datetime
    ) -> None:
        with pytest.raises(ValueError, match="purpose"):
            send(acteur, rose, at, purpose=purpose)


class TestADeadCode:
    def test_is_dropped_after_a_day(
        self, acteur: Acteur, channel: Channel, rose: Usager, at: datetime
    ) -> None:
        """P-20: technical retention."""
        send(acteur, rose, at)
        dead = at + CODE_LIFE + timedelta(days=1)

        assert actions.purge_codes(at=dead) == 0
        assert actions.purge_codes(at=dead + timedelta(seconds=1)) == 1
        assert not OneTimeCode.objects.exists()

    def test_sent_before_a_restoration_opens_nothing_after(
        self, acteur: Acteur, channel: Channel, rose: Usager, at: datetime
    ) -> None:
        """R-24."""
        code = send(acteur, rose, at)

        assert actions.void_codes() == 1
        with pytest.raises(actions.CodeRefused):
            check(acteur, rose, code, at)


class TestNoCode:
    def test_goes_anywhere_but_to_the_person(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-14, P-31: without a channel of their own, the paper of the day."""
        ChannelFactory.create(usager=rose, unproven=True)
        ChannelFactory.create(usager=rose, holder="relative")
        ChannelFactory.create(usager=rose, discreet=True)
        ChannelFactory.create(usager=rose, ended=True)

        with pytest.raises(actions.UsagerRefused, match="papier"):
            send(acteur, rose, at)
        assert not Message.objects.exists()

    def test_goes_for_a_file_that_is_stopped(
        self, acteur: Acteur, channel: Channel, rose: Usager, at: datetime
    ) -> None:
        actions.freeze_usager(acteur=acteur, usager=rose, reason=FreezeReason.DISPUTE, at=at)

        with pytest.raises(actions.UsagerRefused, match="suspendu"):
            send(acteur, rose, at)

    def test_is_sent_or_checked_by_a_stranger(
        self,
        acteur: Acteur,
        channel: Channel,
        rose: Usager,
        charlie: Affectation,
        as_acteur: ActeurOf,
        at: datetime,
    ) -> None:
        stranger = as_acteur(charlie)
        code = send(acteur, rose, at)

        with pytest.raises(actions.NotAllowed):
            send(stranger, rose, at)
        with pytest.raises(actions.NotAllowed):
            check(stranger, rose, code, at)
        assert OneTimeCode.objects.get().used_at is None

    def test_is_sent_four_times_in_ten_minutes(
        self, acteur: Acteur, channel: Channel, rose: Usager, at: datetime
    ) -> None:
        for number in range(3):
            send(acteur, rose, at + timedelta(minutes=number))

        with pytest.raises(actions.CodeRefused, match="Attendez"):
            send(acteur, rose, at + timedelta(minutes=3))
        assert Message.objects.count() == 3

    def test_is_sent_twice_by_a_double_click(
        self, acteur: Acteur, channel: Channel, rose: Usager, at: datetime
    ) -> None:
        """R-09: one message, and the code in it is the right one."""
        code = send(acteur, rose, at)
        actions.send_confirmation_code(
            acteur=acteur, usager=rose, purpose=PURPOSE, at=at + timedelta(seconds=4)
        )

        assert (Message.objects.count(), OneTimeCode.objects.count()) == (1, 1)
        check(acteur, rose, code, at)

    def test_is_guessed_at_leisure(
        self, acteur: Acteur, channel: Channel, rose: Usager, at: datetime
    ) -> None:
        """Ten tries in ten minutes, however many codes were sent meanwhile."""
        for number in range(10):
            with pytest.raises(actions.CodeRefused):
                check(acteur, rose, f"{number:06d}", at)
        code = send(acteur, rose, at)

        with pytest.raises(actions.CodeRefused, match="Trop d’essais"):
            check(acteur, rose, code, at)
