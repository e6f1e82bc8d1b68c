from datetime import datetime, timedelta

import pytest

from tandem.accompagnements.actions import purge_follow_up
from tandem.accompagnements.models import DemarcheSuivie
from tandem.echeances.actions import drop_echeance, purge_echeances
from tandem.echeances.models import Echeance
from tandem.echeances.rules import ENDED_KEPT
from tandem.echeances.tests.story import filed, noted
from tandem.structures.models import Acteur, Affectation
from tandem.structures.tests.cast import ActeurOf
from tandem.usagers.actions import erase_usager
from tandem.usagers.models import Usager
from tandem.usagers.tests.factories import UsagerFactory

pytestmark = pytest.mark.django_db


class TestPurge:
    def test_drops_what_ended_two_years_ago(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        """P-20."""
        row = noted(acteur, rsa, at.date(), at=at)
        kept = noted(acteur, rsa, at.date(), at=at)
        drop_echeance(acteur=acteur, echeance=row, at=at)

        assert purge_echeances(at=at + ENDED_KEPT - timedelta(seconds=1)) == 0
        assert purge_echeances(at=at + ENDED_KEPT) == 1
        assert list(Echeance.objects.all()) == [kept]

    def test_drops_those_of_people_met_two_years_ago(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-20, P-21."""
        noted(acteur, rose, at.date(), at=at)
        last = rose.last_contact_at

        assert purge_echeances(at=last + ENDED_KEPT - timedelta(seconds=1)) == 0
        assert purge_echeances(at=last + ENDED_KEPT) == 1

    def test_follows_the_demarche(self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime) -> None:
        filed(acteur, rsa, at=at)

        purge_follow_up(at=at + ENDED_KEPT)

        assert not Echeance.objects.exists()


class TestErasure:
    def test_takes_every_date_of_the_person_and_of_nobody_else(
        self, acteur: Acteur, rsa: DemarcheSuivie, rose: Usager, bea: Affectation, as_acteur: ActeurOf,
        at: datetime,
    ) -> None:  # fmt: skip
        """P-22."""
        other = UsagerFactory.create(structure=rose.structure)
        kept = noted(acteur, other, at.date(), at=at)
        for owner in (rsa, rose):
            noted(acteur, owner, at.date(), at=at)

        erase_usager(acteur=as_acteur(bea), usager=rose, at=at)

        assert list(Echeance.objects.all()) == [kept]
