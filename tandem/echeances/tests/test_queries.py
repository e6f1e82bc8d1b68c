from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tandem.accompagnements.models import DemarcheSuivie
from tandem.accompagnements.queries import demarche_visible_to
from tandem.echeances import queries
from tandem.echeances.models import Echeance
from tandem.echeances.queries import Listed
from tandem.echeances.rules import EcheanceKind, EcheanceState
from tandem.echeances.tests.story import filed, followed, noted
from tandem.echeances.words import words_of
from tandem.structures.models import Acteur, Affectation
from tandem.structures.tests.cast import ActeurOf
from tandem.usagers.models import Usager
from tandem.usagers.tests.factories import UsagerFactory

pytestmark = pytest.mark.django_db


def listed(acteur: Acteur, what: Listed, at: datetime, *, mine: bool = False) -> list[Echeance]:
    return list(queries.echeances_listed(acteur, listed=what, at=at, mine=mine))


class TestEcheancesListed:
    def test_are_three_lists(self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime) -> None:
        today = at.date()
        soon = noted(acteur, rsa, today + timedelta(days=7), at=at)
        later = noted(acteur, rsa, today + timedelta(days=8), at=at)
        done = noted(acteur, rsa, today, at=at)
        late = noted(acteur, rsa, today, at=at)
        Echeance.objects.filter(pk=done.pk).update(done_at=at)
        Echeance.objects.filter(pk=late.pk).update(due_on=today - timedelta(days=1))

        assert listed(acteur, Listed.SOON, at) == [late, soon]
        assert listed(acteur, Listed.LATER, at) == [later]
        assert listed(acteur, Listed.ENDED, at) == [done]

    def test_can_be_only_those_one_holds(
        self, acteur: Acteur, rsa: DemarcheSuivie, rose: Usager, bob: Affectation, as_acteur: ActeurOf,
        at: datetime,
    ) -> None:  # fmt: skip
        of_demarche = noted(acteur, rsa, at.date(), at=at)
        of_rose = noted(as_acteur(bob), rose, at.date(), at=at)

        assert listed(acteur, Listed.SOON, at, mine=True) == [of_demarche]
        assert listed(as_acteur(bob), Listed.SOON, at, mine=True) == [of_rose]

        DemarcheSuivie.objects.update(held_by=bob)

        assert listed(acteur, Listed.SOON, at, mine=True) == []

    def test_hide_what_is_not_theirs(
        self, acteur: Acteur, rsa: DemarcheSuivie, rose: Usager, bob: Affectation, charlie: Affectation,
        as_acteur: ActeurOf, at: datetime,
    ) -> None:  # fmt: skip
        """P-10, S-40."""
        noted(acteur, rsa, at.date(), at=at)
        noted(acteur, rose, at.date(), at=at)
        assert len(listed(as_acteur(bob), Listed.SOON, at)) == 2
        assert listed(as_acteur(charlie), Listed.SOON, at) == []

        Usager.objects.filter(pk=rose.pk).update(team_access=False)

        assert listed(as_acteur(bob), Listed.SOON, at) == []

    def test_show_one_person_alone_beside_them(
        self, acteur: Acteur, rsa: DemarcheSuivie, rose: Usager, at: datetime
    ) -> None:
        """P-28: no other person's name on a screen someone looks at."""
        other = UsagerFactory.create(structure=rose.structure)
        mine = noted(acteur, rsa, at.date(), at=at)
        noted(acteur, other, at.date(), at=at)
        beside_rose = replace(acteur, beside=str(rose.public_id))
        beside_someone = replace(acteur, beside="1")

        assert listed(beside_rose, Listed.SOON, at) == [mine]
        assert listed(beside_someone, Listed.SOON, at) == []
        week = queries.could_be_lost_this_week(beside_rose, at=at)
        assert [row.echeance for row in week.rows] == [mine]


class TestCouldBeLostThisWeek:
    def test_holds_what_costs_a_right_the_nearest_first(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        today = at.date()
        noted(acteur, rsa, today + timedelta(days=8), at=at)
        noted(acteur, rsa, today + timedelta(days=1), at=at, kind=EcheanceKind.ANSWER)
        appeal = noted(acteur, rsa, today + timedelta(days=7), at=at, kind=EcheanceKind.APPEAL)
        late = noted(acteur, rsa, today, at=at)
        Echeance.objects.filter(pk=late.pk).update(due_on=today - timedelta(days=59))
        forgotten = noted(acteur, rsa, today, at=at)
        Echeance.objects.filter(pk=forgotten.pk).update(due_on=today - timedelta(days=61))

        week = queries.could_be_lost_this_week(acteur, at=at)

        assert [(row.echeance, row.state) for row in week.rows] == [
            (late, EcheanceState.LATE),
            (appeal, EcheanceState.SOON),
        ]
        assert week.count == 2

    def test_costs_two_queries_for_one_or_fifty(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime, django_assert_num_queries: Any
    ) -> None:
        for _n in range(50):
            noted(acteur, rsa, at.date(), at=at)

        with django_assert_num_queries(2):
            week = queries.could_be_lost_this_week(acteur, at=at)
            assert [row.person.display_name for row in week.rows if row.person]

        assert (len(week.rows), week.count) == (5, 50)


class TestDatesOf:
    def test_hold_what_the_catalogue_knows(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime, django_assert_num_queries: Any
    ) -> None:
        filed(acteur, rsa, at=at)
        row = demarche_visible_to(acteur, rsa.public_id)

        with django_assert_num_queries(1):
            dates = queries.dates_of(acteur, row, at=at)

        assert dates.known is not None
        assert dates.known.facts
        assert [row.echeance.rule for row in dates.open][-1] == "rsa-recours"


class TestEcheancesOf:
    def test_are_those_of_one_person(
        self, acteur: Acteur, rsa: DemarcheSuivie, rose: Usager, at: datetime
    ) -> None:
        other = UsagerFactory.create(structure=rose.structure)
        noted(acteur, other, at.date(), at=at)
        two = [noted(acteur, owner, at.date(), at=at) for owner in (rsa, rose)]

        assert [row.echeance for row in queries.echeances_of(acteur, rose, at=at)] == two


class TestWords:
    def test_come_from_the_source(self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime) -> None:
        filed(acteur, rsa, at=at)
        words = {row.rule: words_of(row) for row in rsa.echeances.all()}

        assert words["argent-silence"].title == "Sans réponse ce jour-là, c’est refusé"
        assert words["rsa-recours"].to == "le président du conseil départemental"
        assert words["rsa-recours"].source is not None
        assert "L. 262-47" in words["rsa-recours"].source.text

    def test_say_when_silence_accepts(self, acteur: Acteur, rose: Usager, at: datetime) -> None:
        row = filed(acteur, followed(acteur, rose, at=at, slug="ameli-css"), at=at)

        [silence] = row.echeances.filter(kind=EcheanceKind.SILENCE)
        assert words_of(silence).title == "Sans réponse ce jour-là, c’est accepté"

    def test_survive_a_rule_that_left_the_catalogue(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        row = Echeance(
            structure=rsa.structure, demarche_suivie=rsa, kind=EcheanceKind.APPEAL, rule="partie",
            due_on=date(2027, 1, 1), created_at=at,
        )  # fmt: skip

        assert words_of(row).title == "Dernier jour pour contester"
