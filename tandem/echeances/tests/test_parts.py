from datetime import datetime

import pytest
from django.template.loader import render_to_string

from tandem.accompagnements.models import DemarcheSuivie
from tandem.echeances import queries
from tandem.echeances.tests.story import noted
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager

pytestmark = pytest.mark.django_db


class TestWeek:
    """What a home includes."""

    def test_says_what_could_be_lost_and_for_whom(
        self, acteur: Acteur, rsa: DemarcheSuivie, rose: Usager, at: datetime
    ) -> None:
        for _n in range(7):
            noted(acteur, rsa, at.date(), at=at)
        week = queries.could_be_lost_this_week(acteur, at=at)

        page = render_to_string("echeances/parts/week.html", {"week": week})

        assert "Ce qui pourrait être perdu cette semaine" in page
        assert page.count(rose.display_name) == 5
        assert "Voir les 7 dates" in page

    def test_says_when_nothing_is(self, acteur: Acteur, at: datetime) -> None:
        week = queries.could_be_lost_this_week(acteur, at=at)

        assert "Rien à perdre" in render_to_string("echeances/parts/week.html", {"week": week})


class TestOfPerson:
    """What the page of a person includes."""

    def test_shows_their_dates_and_the_way_to_note_one(
        self, acteur: Acteur, rsa: DemarcheSuivie, rose: Usager, at: datetime
    ) -> None:
        noted(acteur, rsa, at.date(), at=at)
        dates = queries.echeances_of(acteur, rose, at=at)

        page = render_to_string("echeances/parts/of_person.html", {"dates": dates, "usager": rose})

        assert "Envoyer le certificat" in page
        assert f"/echeances/personne/{rose.public_id}/ajouter/" in page
        nothing = render_to_string("echeances/parts/of_person.html", {"dates": [], "usager": rose})
        assert "Aucune date n’attend." in nothing
