"""Two files of Rose become one: what moves, what stays, what is refused, who is told."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from tandem.comptes.actions import GestureRefused
from tandem.comptes.rules import GestureResponse
from tandem.journal.models import Entry
from tandem.rapprochements.actions import MergeRefused, NotAllowed, follow_late_rows, merge_usagers
from tandem.rapprochements.models import Rapprochement
from tandem.rapprochements.queries import files_of, order_of
from tandem.structures.models import Acteur, Affectation
from tandem.structures.tests.cast import ActeurOf
from tandem.structures.tests.factories import AffectationFactory
from tandem.usagers import actions as usagers_actions
from tandem.usagers.actions.codes import send_code
from tandem.usagers.models import Channel, Notice, OneTimeCode, RungStep, Suivi, Usager
from tandem.usagers.queries import (
    proven_channel,
    search_usagers,
    signing_refusal,
    usagers_visible_to,
)
from tandem.usagers.rules import FreezeReason, Protected
from tandem.usagers.tests.cast import GestureOf
from tandem.usagers.tests.factories import ChannelFactory, UsagerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def acteur(alice: Affectation, as_acteur: ActeurOf) -> Acteur:
    return as_acteur(alice)


@pytest.fixture
def other(rose: Usager) -> Usager:
    """The second file of Rose, opened on what she said one day without her telephone."""
    return UsagerFactory.create(
        structure=rose.structure, given_names="Rose", family_name="Le Fèvre", declared=True
    )


@pytest.fixture
def merged(
    acteur: Acteur,
    rose: Usager,
    other: Usager,
    alice: Affectation,
    gesture: GestureOf,
    at: datetime,
) -> Rapprochement:
    return merge_usagers(acteur=acteur, one=rose, other=other, response=gesture(alice, at), at=at)


class TestMerging:
    def test_keeps_the_file_of_franceconnect_whichever_is_named_first(
        self, rose: Usager, other: Usager
    ) -> None:
        assert order_of(rose, other) == order_of(other, rose) == (rose, other)

    def test_keeps_the_surer_then_the_older(self, rose: Usager, other: Usager) -> None:
        seen = UsagerFactory.create(structure=rose.structure, piece_seen=True)
        later = UsagerFactory.create(structure=rose.structure, declared=True)

        assert order_of(other, seen) == (seen, other)
        assert order_of(later, other) == (other, later)

    def test_hides_the_other_file(
        self, merged: Rapprochement, acteur: Acteur, rose: Usager, other: Usager, at: datetime
    ) -> None:
        assert list(usagers_visible_to(acteur)) == [rose]
        assert search_usagers(acteur, "Le Fèvre") == [rose]
        assert files_of(rose) == [rose, other]
        assert "réuni" in str(signing_refusal(other, at))

    def test_is_journaled_on_both_files(
        self, merged: Rapprochement, rose: Usager, other: Usager
    ) -> None:
        lines = Entry.objects.filter(event="rapprochements.merged").order_by("pk")

        assert [line.about for line in lines] == [rose.public_id, other.public_id]
        assert lines[0].facts["merged"] == str(other.public_id)

    def test_twice_merges_once(
        self, merged: Rapprochement, acteur: Acteur, rose: Usager, other: Usager, at: datetime
    ) -> None:
        """S-24: the second click asks for no second gesture, and writes nothing."""
        lines = Entry.objects.count()

        again = merge_usagers(
            acteur=acteur, one=other, other=rose, response=GestureResponse(), at=at
        )

        assert again == merged
        assert Entry.objects.count() == lines

    def test_asks_for_a_gesture(
        self, acteur: Acteur, rose: Usager, other: Usager, at: datetime
    ) -> None:
        """S-08"""
        with pytest.raises(GestureRefused):
            merge_usagers(acteur=acteur, one=rose, other=other, response=GestureResponse(), at=at)
        assert not Rapprochement.objects.exists()

    def test_refuses_two_identities_of_franceconnect(
        self, acteur: Acteur, rose: Usager, alice: Affectation, gesture: GestureOf, at: datetime
    ) -> None:
        twin = UsagerFactory.create(structure=rose.structure, sub="another")

        with pytest.raises(MergeRefused, match="FranceConnect"):
            merge_usagers(acteur=acteur, one=rose, other=twin, response=gesture(alice, at), at=at)
        with pytest.raises(IntegrityError), transaction.atomic():
            Usager.objects.filter(pk=twin.pk).update(merged_into=rose)

    def test_refuses_the_same_file_twice(
        self, acteur: Acteur, rose: Usager, alice: Affectation, gesture: GestureOf, at: datetime
    ) -> None:
        with pytest.raises(MergeRefused, match="deux fois"):
            merge_usagers(acteur=acteur, one=rose, other=rose, response=gesture(alice, at), at=at)

    def test_refuses_a_file_of_another_structure(
        self, acteur: Acteur, rose: Usager, alice: Affectation, charlie: Affectation,
        as_acteur: ActeurOf, gesture: GestureOf, at: datetime,
    ) -> None:  # fmt: skip
        """S-01: neither from here nor from there."""
        elsewhere = UsagerFactory.create(structure=charlie.structure, declared=True)

        for who, affectation in ((acteur, alice), (as_acteur(charlie), charlie)):
            with pytest.raises(NotAllowed):
                merge_usagers(
                    acteur=who, one=rose, other=elsewhere, response=gesture(affectation, at), at=at
                )

    def test_refuses_a_file_the_aidant_does_not_follow(
        self, acteur: Acteur, rose: Usager, alice: Affectation, gesture: GestureOf, at: datetime
    ) -> None:
        """P-10"""
        closed = UsagerFactory.create(structure=rose.structure, declared=True, restricted=True)

        with pytest.raises(NotAllowed):
            merge_usagers(acteur=acteur, one=rose, other=closed, response=gesture(alice, at), at=at)

    def test_refuses_an_erased_file(
        self, acteur: Acteur, rose: Usager, other: Usager, bea: Affectation, alice: Affectation,
        as_acteur: ActeurOf, gesture: GestureOf, at: datetime,
    ) -> None:  # fmt: skip
        usagers_actions.erase_usager(acteur=as_acteur(bea), usager=other, at=at)

        with pytest.raises(NotAllowed):
            merge_usagers(acteur=acteur, one=rose, other=other, response=gesture(alice, at), at=at)


class TestWhatFollows:
    @pytest.fixture(autouse=True)
    def _file(self, other: Usager, alice: Affectation, at: datetime) -> None:
        RungStep.objects.create(
            usager=other, rung=other.rung, established_at=at, established_by=alice
        )
        usagers_actions.tell_usager(
            usager=other, message="Un passage", body="Votre aidant vous attend.", key="k:1", at=at
        )

    def test_moves_steps_and_notices(self, merged: Rapprochement, rose: Usager) -> None:
        assert RungStep.objects.get().usager == rose
        assert set(Notice.objects.values_list("usager", flat=True)) == {rose.pk}

    def test_follows_what_was_late(
        self, merged: Rapprochement, rose: Usager, other: Usager, alice: Affectation, at: datetime
    ) -> None:
        """A row written by an act that had begun before: the next round brings it, and it goes back too."""
        late = RungStep.objects.create(
            usager=other, rung=other.rung, established_at=at, established_by=alice
        )

        assert follow_late_rows(at=at + timedelta(minutes=5)) == 1
        late.refresh_from_db()
        merged.refresh_from_db()
        assert late.usager == rose
        assert ["usagers.RungStep.usager", late.pk] in merged.moved
        assert follow_late_rows(at=at + timedelta(minutes=5)) == 0

    def test_kills_codes_under_way(
        self, acteur: Acteur, rose: Usager, other: Usager, alice: Affectation,
        gesture: GestureOf, at: datetime,
    ) -> None:  # fmt: skip
        channel = ChannelFactory.create(usager=other, unproven=True)
        send_code(
            acteur=acteur, usager=other, channel=channel, purpose=f"usage:{other.public_id}", at=at
        )
        assert OneTimeCode.objects.exists()

        merge_usagers(acteur=acteur, one=rose, other=other, response=gesture(alice, at), at=at)

        assert not OneTimeCode.objects.exists()


class TestChannels:
    def test_of_both_are_kept_and_a_shared_one_is_the_persons_own_again(
        self, acteur: Acteur, rose: Usager, other: Usager, alice: Affectation,
        gesture: GestureOf, at: datetime,
    ) -> None:  # fmt: skip
        """P-14: « il sert aussi à une autre personne » was herself."""
        mine = ChannelFactory.create(usager=rose, sms=True, value="+33612345678")
        ChannelFactory.create(usager=other, sms=True, value="+33612345678")
        mail = ChannelFactory.create(usager=other)
        assert proven_channel(rose) is None

        merge_usagers(acteur=acteur, one=rose, other=other, response=gesture(alice, at), at=at)

        assert proven_channel(rose) == mine
        assert set(Channel.objects.filter(usager=rose)) == {mine, mail}

    def test_one_that_comes_confirms_nothing_for_a_day(
        self, acteur: Acteur, rose: Usager, other: Usager, alice: Affectation,
        gesture: GestureOf, at: datetime,
    ) -> None:  # fmt: skip
        """S-20: a second file is no way round the delay of a new channel."""
        ChannelFactory.create(usager=other)
        ask = {"acteur": acteur, "usager": rose, "purpose": f"usage:{rose.public_id}"}

        merge_usagers(acteur=acteur, one=rose, other=other, response=gesture(alice, at), at=at)

        with pytest.raises(usagers_actions.UsagerRefused, match="moins d’un jour"):
            usagers_actions.send_confirmation_code(**ask, at=at)  # type: ignore[arg-type]  # told above
        assert usagers_actions.send_confirmation_code(**ask, at=at + timedelta(days=1))  # type: ignore[arg-type]

    def test_the_stricter_word_on_one_wins(
        self, acteur: Acteur, rose: Usager, other: Usager, alice: Affectation,
        gesture: GestureOf, at: datetime,
    ) -> None:  # fmt: skip
        """P-36"""
        mine = ChannelFactory.create(usager=rose, value="rose@exemple.fr")
        ChannelFactory.create(usager=other, value="rose@exemple.fr", discreet=True)

        merge_usagers(acteur=acteur, one=rose, other=other, response=gesture(alice, at), at=at)

        mine.refresh_from_db()
        assert mine.discreet

    def test_the_person_is_told_where_she_was_told_before(
        self, acteur: Acteur, rose: Usager, other: Usager, alice: Affectation,
        gesture: GestureOf, at: datetime,
    ) -> None:  # fmt: skip
        """S-20: on the channels of each file, before any moves."""
        ChannelFactory.create(usager=rose)
        ChannelFactory.create(usager=other)

        merge_usagers(acteur=acteur, one=rose, other=other, response=gesture(alice, at), at=at)

        told = Notice.objects.filter(key__startswith="rapprochements.merged")
        assert [notice.state for notice in told] == ["sent", "sent"]


class TestStates:
    @pytest.mark.parametrize("stopped", ["rose", "other"])
    def test_a_freeze_stops_both(
        self, stopped: str, acteur: Acteur, rose: Usager, other: Usager, alice: Affectation,
        gesture: GestureOf, at: datetime,
    ) -> None:  # fmt: skip
        usagers_actions.freeze_usager(
            acteur=acteur, usager={"rose": rose, "other": other}[stopped],
            reason=FreezeReason.DOUBT, at=at,
        )  # fmt: skip

        merge_usagers(acteur=acteur, one=rose, other=other, response=gesture(alice, at), at=at)

        rose.refresh_from_db()
        assert (rose.frozen_at, rose.freeze_reason, rose.stopped_by) == (at, "doubt", alice)

    def test_a_death_stops_both_and_ends_nothing(
        self, acteur: Acteur, rose: Usager, other: Usager, alice: Affectation,
        gesture: GestureOf, at: datetime,
    ) -> None:  # fmt: skip
        """P-37: unusable at once, and alive again if the two are separated."""
        usagers_actions.record_death(acteur=acteur, usager=other, at=at)

        merge_usagers(acteur=acteur, one=rose, other=other, response=gesture(alice, at), at=at)

        rose.refresh_from_db()
        assert (rose.died_known_at, rose.death_recorded_by) == (at, alice)

    @pytest.mark.parametrize(
        ("kept", "merged", "stands"),
        [
            (Protected.NONE, Protected.MINOR, Protected.MINOR),
            (Protected.MINOR, Protected.PROTECTION, Protected.PROTECTION),
            (Protected.PROTECTION, Protected.NONE, Protected.PROTECTION),
            (Protected.NOT_ASKED, Protected.NONE, Protected.NOT_ASKED),
            (Protected.NONE, Protected.NOT_ASKED, Protected.NONE),
        ],
    )
    def test_the_stricter_answer_on_protection_stands(
        self, kept: Protected, merged: Protected, stands: Protected, acteur: Acteur, rose: Usager,
        other: Usager, alice: Affectation, gesture: GestureOf, at: datetime,
    ) -> None:  # fmt: skip
        """P-33, P-34"""
        for usager, answer in ((rose, kept), (other, merged)):
            usager.protected = answer
            usager.protected_asked_at = None if answer == Protected.NOT_ASKED else at
            usager.save()

        merge_usagers(acteur=acteur, one=rose, other=other, response=gesture(alice, at), at=at)

        rose.refresh_from_db()
        assert rose.protected == stands


class TestWhoSees:
    def test_a_file_closed_to_a_colleague_stays_closed_to_them(
        self, acteur: Acteur, rose: Usager, other: Usager, alice: Affectation, bob: Affectation,
        as_acteur: ActeurOf, gesture: GestureOf, at: datetime,
    ) -> None:  # fmt: skip
        """P-10: bob follows the open file, and the other was kept from him."""
        usagers_actions.start_suivi(acteur=acteur, usager=rose, affectation=bob, at=at)
        usagers_actions.set_team_access(acteur=acteur, usager=other, team_access=False, at=at)

        row = merge_usagers(
            acteur=acteur, one=rose, other=other, response=gesture(alice, at), at=at
        )

        rose.refresh_from_db()
        assert not rose.team_access
        assert rose in usagers_visible_to(acteur)
        assert rose not in usagers_visible_to(as_acteur(bob))
        assert [label for label, _pk in row.set_aside] == ["usagers.Suivi.usager"]

    def test_followers_of_two_open_files_follow_the_one_kept_once(
        self, acteur: Acteur, rose: Usager, other: Usager, alice: Affectation, bob: Affectation,
        gesture: GestureOf, at: datetime,
    ) -> None:  # fmt: skip
        for usager in (rose, other):
            usagers_actions.start_suivi(acteur=acteur, usager=usager, affectation=bob, at=at)
        bea = AffectationFactory.create(structure=rose.structure)
        usagers_actions.start_suivi(acteur=acteur, usager=other, affectation=bea, at=at)

        merge_usagers(acteur=acteur, one=rose, other=other, response=gesture(alice, at), at=at)

        live = Suivi.objects.filter(usager=rose, ended_at=None)
        assert {suivi.affectation for suivi in live} == {bob, bea}


class TestErasing:
    def test_erases_the_hidden_files_with_the_one_kept(
        self, merged: Rapprochement, rose: Usager, other: Usager, bea: Affectation,
        as_acteur: ActeurOf, at: datetime,
    ) -> None:  # fmt: skip
        """P-22: nothing of the person is left under another row."""
        usagers_actions.erase_usager(acteur=as_acteur(bea), usager=rose, at=at)

        other.refresh_from_db()
        merged.refresh_from_db()
        assert (other.erased_at, other.family_name) == (at, "")
        assert (merged.moved, merged.changes) == ([], [])
