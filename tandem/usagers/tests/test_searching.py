"""Searches by name are counted for each compte, wherever they come from (S-51)."""

import pytest
from pytest_django import DjangoAssertNumQueries

from tandem.structures.models import ANONYMOUS, Acteur, Affectation
from tandem.structures.tests.cast import ActeurOf
from tandem.usagers import queries, rules
from tandem.usagers.models import Usager
from tandem.usagers.tests.factories import UsagerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def acteur(alice: Affectation, as_acteur: ActeurOf) -> Acteur:
    return as_acteur(alice)


class TestASearch:
    @pytest.mark.parametrize(
        ("limit", "words"),
        [("SEARCHES_A_MINUTE", "Attendez une minute"), ("SEARCHES_AN_HOUR", "dans une heure")],
    )
    def test_is_refused_to_whoever_leafs_through_the_base(
        self,
        acteur: Acteur,
        bob: Affectation,
        rose: Usager,
        as_acteur: ActeurOf,
        monkeypatch: pytest.MonkeyPatch,
        limit: str,
        words: str,
    ) -> None:
        """S-51: for one compte; their colleague still finds."""
        monkeypatch.setattr(rules, limit, 2)
        for _ in range(2):
            assert queries.search_usagers(acteur, "lef") == [rose]

        with pytest.raises(queries.SearchRefused, match=words) as refusal:
            queries.search_usagers(acteur, "lef")

        assert refusal.value.status == 429
        assert queries.search_usagers(as_acteur(bob), "lef") == [rose]

    def test_of_too_few_letters_or_of_nobody_is_not_counted(
        self, acteur: Acteur, rose: Usager, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rules, "SEARCHES_A_MINUTE", 1)
        for _ in range(3):
            assert queries.search_usagers(acteur, "le") == []
            assert queries.search_usagers(ANONYMOUS, "lef") == []

        assert queries.search_usagers(acteur, "lef") == [rose]

    def test_asks_the_same_queries_for_one_person_and_for_many(
        self, acteur: Acteur, rose: Usager, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        """Law 12: two counters, then one query."""
        queries.search_usagers(acteur, "lef")
        with django_assert_num_queries(3):
            queries.search_usagers(acteur, "lef")
        UsagerFactory.create_batch(6, structure=rose.structure)
        with django_assert_num_queries(3):
            assert len(queries.search_usagers(acteur, "lef")) == 7
