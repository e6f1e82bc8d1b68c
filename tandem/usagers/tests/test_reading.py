from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from tandem.journal.models import Entry
from tandem.journal.queries import entries_about
from tandem.structures.models import Affectation
from tandem.structures.tests.cast import ActeurOf
from tandem.usagers import actions
from tandem.usagers.models import Usager
from tandem.usagers.tests.factories import UsagerFactory

pytestmark = pytest.mark.django_db


class TestReading:
    def test_leaves_one_line_each_time(
        self, rose: Usager, alice: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        """P-11: two readings in the same second are two."""
        for _ in range(2):
            actions.record_reading(acteur=as_acteur(alice), usager=rose, at=at)

        lines = list(entries_about(rose.public_id))
        assert [line.event for line in lines] == ["usagers.read", "usagers.read"]
        assert {line.author_id for line in lines} == {alice.compte.public_id}

    def test_does_not_move_the_last_contact(
        self, rose: Usager, alice: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        """P-21."""
        before = rose.last_contact_at

        actions.record_reading(acteur=as_acteur(alice), usager=rose, at=at)

        rose.refresh_from_db()
        assert rose.last_contact_at == before

    def test_stays_closed_while_another_person_looks_at_the_screen(
        self, rose: Usager, alice: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        """P-28: whoever is beside the aidant reads nothing of another; someone unnamed may be the person."""
        acteur = as_acteur(alice)

        with pytest.raises(actions.BesideAnother):
            actions.record_reading(acteur=replace(acteur, beside=str(uuid4())), usager=rose, at=at)
        assert not Entry.objects.exists()
        for beside in ("", "1", str(rose.public_id)):
            actions.record_reading(acteur=replace(acteur, beside=beside), usager=rose, at=at)
        assert Entry.objects.count() == 3

    def test_is_not_for_a_stranger_who_has_people_of_their_own(
        self, rose: Usager, charlie: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        UsagerFactory.create(structure=charlie.structure)

        with pytest.raises(actions.NotAllowed):
            actions.record_reading(acteur=as_acteur(charlie), usager=rose, at=at)
        assert not Entry.objects.exists()


class TestTheLastContact:
    def test_never_goes_back(self, rose: Usager, at: datetime) -> None:
        """P-21, R-18."""
        actions.record_contact(usager=rose, at=at)
        actions.record_contact(usager=rose, at=at - timedelta(days=1))

        assert rose.last_contact_at == at
        rose.refresh_from_db()
        assert rose.last_contact_at == at
