"""The aidant's home: what needs me today."""

from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from tandem.espaces import queries
from tandem.espaces.queries import TaskKind
from tandem.espaces.rules import SOMEONE, Presence
from tandem.espaces.tests import people
from tandem.espaces.tests.people import ActeurOf, ClientOf
from tandem.structures.models import Acteur, Affectation
from tandem.usagers.models import Usager

pytestmark = pytest.mark.django_db
NOBODY = Presence()


def kinds(found: queries.Home) -> list[TaskKind]:
    return [task.kind for task in found.tasks]


class TestHome:
    def test_says_that_nothing_waits(self, client_of: ClientOf, alice: Affectation) -> None:
        html = client_of(alice).get("/accueil/").content.decode()
        assert "Bonjour Alice" in html
        assert "Rien n’attend" in html

    def test_shows_what_waits_for_me_the_most_pressing_first(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        mandat = people.mandat(rose, acteur, at=at - timedelta(days=160))
        people.use(mandat, acteur, at=at - timedelta(hours=2), absent=True)
        people.draft(acteur, at=at)
        found = queries.home(acteur, at=at, presence=NOBODY)
        assert kinds(found) == [TaskKind.ACCOUNT, TaskKind.DRAFT, TaskKind.ENDING]
        assert [person.pk for person in found.recents] == [rose.pk]

    def test_leads_from_each_thing_to_where_it_is_done(
        self, client_of: ClientOf, alice: Affectation, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        mandat = people.mandat(rose, acteur, at=at - timedelta(days=160))
        use = people.use(mandat, acteur, at=at - timedelta(hours=30), absent=True)
        draft = people.draft(acteur, at=at, usager=rose)
        html = client_of(alice).get("/accueil/").content.decode()
        assert f"/mandats/usages/{use.public_id}/" in html
        assert "C’est en retard" in html
        assert f"/mandats/brouillons/{draft.public_id}/" in html
        assert f"/personnes/{rose.public_id}/" in html

    def test_of_a_colleague_does_not_show_my_debts_but_that_of_the_referente_does(
        self,
        acteur: Acteur,
        bob: Affectation,
        bea: Affectation,
        rose: Usager,
        at: datetime,
        as_acteur: ActeurOf,
    ) -> None:
        """P-05: an account that is owed appears to the head of the structure."""
        mandat = people.mandat(rose, acteur, at=at)
        people.use(mandat, acteur, at=at - timedelta(hours=2), absent=True)
        assert kinds(queries.home(as_acteur(bob), at=at, presence=NOBODY)) == []
        assert kinds(queries.home(as_acteur(bea), at=at, presence=NOBODY)) == [TaskKind.ACCOUNT]

    def test_of_another_structure_shows_nothing(
        self, acteur: Acteur, charlie: Affectation, rose: Usager, at: datetime, as_acteur: ActeurOf
    ) -> None:
        """S-40, P-10."""
        mandat = people.mandat(rose, acteur, at=at - timedelta(days=160))
        people.use(mandat, acteur, at=at, absent=True)
        found = queries.home(as_acteur(charlie), at=at, presence=NOBODY)
        assert (found.tasks, found.recents, found.hidden) == ([], [], 0)

    def test_asks_five_queries_at_any_size(
        self,
        acteur: Acteur,
        rose: Usager,
        at: datetime,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        """≤ 6 queries (law 12)."""
        for size in (1, 12):
            for _ in range(size):
                mandat = people.mandat(rose, acteur, at=at - timedelta(days=160), scopes=())
                people.draft(acteur, at=at, usager=rose)
                assert mandat.pk
            with django_assert_num_queries(5):
                queries.home(acteur, at=at, presence=NOBODY)

    def test_shows_five_of_each_and_says_there_are_more(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        for _ in range(6):
            people.draft(acteur, at=at, usager=rose)
        found = queries.home(acteur, at=at, presence=NOBODY)
        assert len(found.tasks) == 5
        assert found.more == {TaskKind.DRAFT}


class TestBesideAPerson:
    def test_home_shows_only_what_is_theirs(
        self, acteur: Acteur, rose: Usager, andrei: Usager, at: datetime
    ) -> None:
        """P-28: no other person's name, recents included; a draft of nobody is hidden too."""
        people.mandat(rose, acteur, at=at - timedelta(days=160))
        people.mandat(andrei, acteur, at=at - timedelta(days=160))
        people.draft(acteur, at=at)
        found = queries.home(acteur, at=at, presence=Presence(str(rose.public_id)))
        assert [task.usager for task in found.tasks] == [rose]
        assert found.recents == [rose]
        assert found.hidden == 3

    def test_home_of_someone_unnamed_shows_no_name(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        people.mandat(rose, acteur, at=at - timedelta(days=160))
        found = queries.home(acteur, at=at, presence=Presence(SOMEONE))
        assert (found.tasks, found.recents, found.hidden) == ([], [], 2)

    def test_no_name_is_left_in_the_page(
        self, client_of: ClientOf, alice: Affectation, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-28."""
        people.mandat(rose, acteur, at=at - timedelta(days=160))
        browser = client_of(alice)
        assert "LEFEVRE" in browser.get("/accueil/").content.decode()
        browser.post("/presence/", {"present": "1"})
        html = browser.get("/accueil/").content.decode()
        assert "LEFEVRE" not in html
        assert "les noms des autres personnes sont masqués" in html
        assert "data-person-present" in html
