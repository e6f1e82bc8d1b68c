"""Brought together by mistake, two files are two again: everything goes back, but what was made since."""

from datetime import datetime, timedelta

import pytest

from tandem.comptes.actions import GestureRefused
from tandem.comptes.rules import GestureResponse
from tandem.journal.models import Entry
from tandem.rapprochements.actions import (
    MergeRefused,
    NotAllowed,
    merge_usagers,
    separate_usagers,
)
from tandem.rapprochements.models import Likeness, Rapprochement
from tandem.structures.models import Acteur, Affectation
from tandem.structures.tests.cast import ActeurOf
from tandem.usagers import actions as usagers_actions
from tandem.usagers.models import Channel, Notice, RungStep, SearchToken, Suivi, Usager
from tandem.usagers.queries import search_usagers, usagers_visible_to
from tandem.usagers.rules import FreezeReason
from tandem.usagers.tests.cast import GestureOf
from tandem.usagers.tests.factories import ChannelFactory, UsagerFactory

pytestmark = pytest.mark.django_db

LATER = timedelta(minutes=2)


@pytest.fixture
def acteur(alice: Affectation, as_acteur: ActeurOf) -> Acteur:
    return as_acteur(alice)


@pytest.fixture
def other(
    rose: Usager, acteur: Acteur, alice: Affectation, bob: Affectation, at: datetime
) -> Usager:
    """A second file with one of everything of usagers, kept to alice, frozen."""
    row = UsagerFactory.create(
        structure=rose.structure, given_names="Rosa", family_name="Martin", declared=True
    )
    RungStep.objects.create(usager=row, rung=row.rung, established_at=at, established_by=alice)
    ChannelFactory.create(usager=row)
    ChannelFactory.create(usager=row, value="rose@exemple.fr", discreet=True)
    ChannelFactory.create(usager=rose, value="rose@exemple.fr")
    usagers_actions.start_suivi(acteur=acteur, usager=rose, affectation=bob, at=at)
    usagers_actions.set_team_access(acteur=acteur, usager=row, team_access=False, at=at)
    usagers_actions.freeze_usager(acteur=acteur, usager=row, reason=FreezeReason.DISPUTE, at=at)
    return row


def picture() -> dict[str, list[tuple[object, ...]]]:
    """What usagers and the fingerprints hold of the two files, but rows told to the person."""
    return {
        "usagers": list(
            Usager.objects.order_by("pk").values_list(
                "pk", "merged_into", "frozen_at", "freeze_reason", "stopped_by", "died_known_at",
                "protected", "team_access", "last_contact_at",
            )
        ),
        "channels": list(
            Channel.objects.order_by("pk").values_list(
                "pk", "usager", "created_at", "discreet", "holder", "proven_at", "ended_at"
            )
        ),
        "suivis": list(Suivi.objects.order_by("pk").values_list("pk", "usager", "ended_at")),
        "steps": list(RungStep.objects.order_by("pk").values_list("pk", "usager")),
        "tokens": sorted(SearchToken.objects.values_list("usager", "token")),
        "likeness": sorted(Likeness.objects.values_list("usager", "token")),
    }  # fmt: skip


class TestSeparating:
    def test_puts_everything_back(
        self, acteur: Acteur, rose: Usager, other: Usager, alice: Affectation,
        gesture: GestureOf, at: datetime,
    ) -> None:  # fmt: skip
        before = picture()
        row = merge_usagers(
            acteur=acteur, one=rose, other=other, response=gesture(alice, at), at=at
        )
        assert picture() != before

        separate_usagers(
            acteur=acteur, rapprochement=row, response=gesture(alice, at + LATER), at=at + LATER
        )

        assert picture() == before
        assert search_usagers(acteur, "Martin") == [other]
        lines = Entry.objects.filter(event="rapprochements.separated").order_by("pk")
        assert [line.about for line in lines] == [rose.public_id, other.public_id]
        assert Notice.objects.filter(key__startswith="rapprochements.separated").exists()

    def test_leaves_what_was_made_since_on_the_file_kept(
        self, acteur: Acteur, rose: Usager, other: Usager, alice: Affectation,
        gesture: GestureOf, at: datetime,
    ) -> None:  # fmt: skip
        row = merge_usagers(
            acteur=acteur, one=rose, other=other, response=gesture(alice, at), at=at
        )
        since = ChannelFactory.create(usager=rose)
        rose.refresh_from_db()
        rose.frozen_at, rose.freeze_reason, rose.stopped_by = None, "", None
        rose.save()
        separate_usagers(
            acteur=acteur, rapprochement=row, response=gesture(alice, at + LATER), at=at + LATER
        )

        since.refresh_from_db()
        rose.refresh_from_db()
        other.refresh_from_db()
        assert since.usager == rose
        assert (rose.frozen_at, other.frozen_at) == (None, at)

    def test_twice_separates_once(
        self, acteur: Acteur, rose: Usager, other: Usager, alice: Affectation,
        gesture: GestureOf, at: datetime,
    ) -> None:  # fmt: skip
        """S-24"""
        row = merge_usagers(
            acteur=acteur, one=rose, other=other, response=gesture(alice, at), at=at
        )
        for minutes in (2, 4):
            then = at + timedelta(minutes=minutes)
            separate_usagers(
                acteur=acteur, rapprochement=row, response=gesture(alice, then), at=then
            )

        row.refresh_from_db()
        assert row.undone_at == at + LATER
        assert Entry.objects.filter(event="rapprochements.separated").count() == 2

    def test_asks_for_a_gesture_and_for_who_sees_the_file(
        self, acteur: Acteur, rose: Usager, other: Usager, alice: Affectation, charlie: Affectation,
        bob: Affectation, as_acteur: ActeurOf, gesture: GestureOf, at: datetime,
    ) -> None:  # fmt: skip
        """S-08, S-01, P-10: bob was kept from the second file, and is from both."""
        row = merge_usagers(
            acteur=acteur, one=rose, other=other, response=gesture(alice, at), at=at
        )

        with pytest.raises(GestureRefused):
            separate_usagers(acteur=acteur, rapprochement=row, response=GestureResponse(), at=at)
        for who in (bob, charlie):
            with pytest.raises(NotAllowed):
                separate_usagers(
                    acteur=as_acteur(who), rapprochement=row, response=gesture(who, at), at=at
                )
        row.refresh_from_db()
        assert row.undone_at is None

    def test_goes_from_the_last_one_brought_to_the_first(
        self, acteur: Acteur, rose: Usager, other: Usager, alice: Affectation,
        gesture: GestureOf, at: datetime,
    ) -> None:  # fmt: skip
        """A file kept, then hidden in turn: the way back begins by the last."""
        seen = UsagerFactory.create(structure=rose.structure, piece_seen=True)
        when = [at + timedelta(minutes=2 * n) for n in range(5)]
        first = merge_usagers(
            acteur=acteur, one=seen, other=other, response=gesture(alice, when[0]), at=when[0]
        )
        second = merge_usagers(
            acteur=acteur, one=rose, other=seen, response=gesture(alice, when[1]), at=when[1]
        )
        assert list(usagers_visible_to(acteur)) == [rose]

        with pytest.raises(NotAllowed):
            separate_usagers(
                acteur=acteur, rapprochement=first, response=gesture(alice, when[2]), at=when[2]
            )
        for row, then in ((second, when[3]), (first, when[4])):
            separate_usagers(
                acteur=acteur, rapprochement=row, response=gesture(alice, then), at=then
            )

        assert set(usagers_visible_to(acteur)) == {rose, seen, other}
        assert not Rapprochement.objects.standing().exists()

    def test_refuses_when_the_other_is_erased(
        self, acteur: Acteur, rose: Usager, other: Usager, bea: Affectation, alice: Affectation,
        as_acteur: ActeurOf, gesture: GestureOf, at: datetime,
    ) -> None:  # fmt: skip
        row = merge_usagers(
            acteur=acteur, one=rose, other=other, response=gesture(alice, at), at=at
        )
        usagers_actions.erase_usager(acteur=as_acteur(bea), usager=other, at=at)

        with pytest.raises(MergeRefused, match="effacé"):
            separate_usagers(
                acteur=acteur, rapprochement=row, response=gesture(alice, at + LATER), at=at + LATER
            )
