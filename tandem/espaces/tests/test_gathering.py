"""Lists asked together give what each queryset would, and never what another acteur was given."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import Model, QuerySet
from pytest_django import DjangoAssertNumQueries

from tandem.accompagnements.queries import besoins_visible_to, demarches_listed, open_besoins
from tandem.accompagnements.rules import DemarcheState
from tandem.accompagnements.tests.factories import followed_for
from tandem.espaces.queries.acting import shape_of, stand_in, values_of
from tandem.espaces.tests import people
from tandem.espaces.tests.people import ActeurOf
from tandem.kernel import clock
from tandem.kernel.gather import Gathering, GatheringError, gathered
from tandem.mandats.queries import accounts_owed, mandats_listed
from tandem.mandats.rules import State
from tandem.notes.queries import notes_visible_to
from tandem.notes.tests.factories import note_of
from tandem.structures.models import Acteur, Affectation, Structure
from tandem.structures.tests.factories import AffectationFactory
from tandem.usagers.models import Usager
from tandem.usagers.queries import usagers_visible_to

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
Lists = dict[str, QuerySet[Any, Any]]


def columns(row: Model) -> dict[str, Any]:
    """Every column as the row holds it, those of the rows fetched beside it included."""
    own = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    others = row._state.fields_cache.items()
    return own | {name: columns(one) for name, one in others if isinstance(one, Model)}


def lists(acteur: Acteur, at: datetime) -> Lists:
    return {
        "besoins": open_besoins(acteur, mine=True)[:5],
        "demarches": demarches_listed(acteur, state=DemarcheState.FILED)[:5],
        "people": usagers_visible_to(acteur).order_by("-last_contact_at", "-pk"),
        "mandats": mandats_listed(acteur, state=State.ENDING, at=at).prefetch_related(None),
        "owed": accounts_owed(acteur),
        "notes": notes_visible_to(acteur, at=at),
        "names": besoins_visible_to(acteur).values_list("public_id", "opened_at"),
        "none": besoins_visible_to(acteur).none(),
    }


def _built(now: Mapping[str, Any], **shape: Any) -> Lists:
    return lists(stand_in(now, **shape), now["at"])


TOGETHER = Gathering(_built)


def asked(acteur: Acteur, at: datetime) -> dict[str, list[Any]]:
    """The same lists, compiled once for whoever asks."""
    return TOGETHER.fetch({**values_of(acteur), "at": at}, **shape_of(acteur))


@pytest.fixture
def desk(acteur: Acteur, rose: Usager, catalogue: None, at: datetime) -> Acteur:
    """Something of everything."""
    followed_for(acteur, rose, at=at)
    mandat = people.mandat(rose, acteur, at=at - 160 * DAY)
    people.use(mandat, acteur, at=at - DAY, absent=True)
    note_of(people.desk(acteur), rose, at=at)
    return acteur


class TestListsAskedTogether:
    def test_are_row_by_row_and_column_by_column_those_of_the_orm(
        self, desk: Acteur, at: datetime
    ) -> None:
        for found in (gathered(lists(desk, at)), asked(desk, at)):
            for name, rows in lists(desk, at).items():
                wanted = list(rows)
                assert bool(wanted) == (name != "none"), name
                if name == "names":
                    assert found[name] == wanted
                else:
                    assert [columns(row) for row in found[name]] == [columns(row) for row in wanted]

    def test_are_asked_in_one_query_whose_values_are_those_of_the_moment(
        self,
        desk: Acteur,
        ccas: Structure,
        bea: Affectation,
        charlie: Affectation,
        as_acteur: ActeurOf,
        at: datetime,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        """P-10, S-40: the statement is kept, what it gave is not; nobody is given what is another's."""
        newcomer = as_acteur(AffectationFactory.create(structure=ccas))
        assert len(asked(desk, at)["besoins"]) == 2
        with django_assert_num_queries(1):
            theirs = asked(newcomer, at)
        assert theirs["besoins"] == []
        assert len(theirs["people"]) == 1
        assert theirs["owed"] == []
        assert len(asked(as_acteur(bea), at)["owed"]) == 1
        assert not any(asked(as_acteur(charlie), at).values())
        # The mandat ends in three weeks: not soon, two months ago.
        assert asked(desk, at - 60 * DAY)["mandats"] == []
        Usager.objects.update(team_access=False)
        assert not asked(newcomer, at)["people"]


class TestAMistake:
    """Something that would be kept from the first call for all others is refused at the first call."""

    def test_a_moment_read_inside_is_refused(self, desk: Acteur) -> None:
        def build(now: Mapping[str, Any], **shape: Any) -> Lists:
            rows = mandats_listed(stand_in(now, **shape), state=State.ACTIVE, at=clock.now())
            return {"mandats": rows.prefetch_related(None)}

        values = values_of(desk)
        with pytest.raises(GatheringError, match="not one of the values given"):
            Gathering(build).fetch(values, **shape_of(desk))

    def test_a_value_used_nowhere_is_refused(self, desk: Acteur) -> None:
        """The true acteur was asked about, and not the one that stands for all."""

        def build(_now: Mapping[str, Any], **_shape: Any) -> Lists:
            return {"people": usagers_visible_to(desk)}

        with pytest.raises(GatheringError, match="used by no list: affectation, compte, structure"):
            Gathering(build).fetch(values_of(desk), **shape_of(desk))

    def test_rows_to_be_fetched_afterwards_are_refused(self, desk: Acteur, at: datetime) -> None:
        with pytest.raises(GatheringError, match="nothing is fetched"):
            gathered({"mandats": mandats_listed(desk, state=State.ACTIVE, at=at)})
