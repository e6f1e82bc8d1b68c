"""The aidant's home: what needs me today."""

import re
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tandem.accompagnements.actions import keep_brouillon
from tandem.accompagnements.models import Besoin
from tandem.accompagnements.rules import RelaisReason
from tandem.espaces import queries
from tandem.espaces.queries import TaskKind
from tandem.espaces.rules import SOMEONE, Presence
from tandem.espaces.tests import people
from tandem.espaces.tests.people import ActeurOf, ClientOf
from tandem.kernel import clock
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

    def test_asks_one_query_at_any_size(
        self,
        acteur: Acteur,
        rose: Usager,
        at: datetime,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        """Law 12: whatever waits."""
        for size in (1, 12):
            for _ in range(size):
                mandat = people.mandat(rose, acteur, at=at - timedelta(days=160), scopes=())
                people.draft(acteur, at=at, usager=rose)
                assert mandat.pk
            with django_assert_num_queries(1):
                queries.home(acteur, at=at, presence=NOBODY)

    def test_shows_five_of_each_and_says_there_are_more(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        for _ in range(6):
            people.draft(acteur, at=at, usager=rose)
        found = queries.home(acteur, at=at, presence=NOBODY)
        assert len(found.tasks) == 5
        assert found.more == {TaskKind.DRAFT}


class TestASentenceBegun:
    def test_is_in_its_field_again_but_not_while_someone_looks(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """A-07, P-28: an interruption loses nothing, and shows nothing to whoever sits beside."""
        keep_brouillon(acteur=acteur, page="besoin", fields={"words": "Elle voudrait"}, at=at)
        assert queries.home(acteur, at=at, presence=NOBODY).words == "Elle voudrait"
        beside = queries.home(acteur, at=at, presence=Presence(str(rose.public_id)))
        assert beside.words == ""

    def test_is_shown_by_the_page(
        self, client_of: ClientOf, alice: Affectation, acteur: Acteur
    ) -> None:
        """A-07."""
        fields = {"words": "Elle voudrait"}
        keep_brouillon(acteur=acteur, page="besoin", fields=fields, at=clock.now())
        assert ">Elle voudrait</textarea>" in client_of(alice).get("/accueil/").content.decode()


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


class TestTheDesk:
    def test_begins_with_what_the_person_wants(
        self, alice: Affectation, client_of: ClientOf
    ) -> None:
        """Write first: one field, no identity."""
        browser = client_of(alice)
        html = browser.get(reverse("espaces:home")).content.decode()
        assert html.index("Que veut la personne, avec ses mots") < html.index(
            "Trouver une personne</h2>"
        )
        key = re.search(r'name="key" value="([^"]+)"', html)
        assert key is not None
        words = {"words": "Je veux comprendre cette lettre", "key": key[1]}
        answer = browser.post(reverse("accompagnements:besoin_new"), words, follow=True)
        assert answer.status_code == 200
        assert (
            "Je veux comprendre cette lettre"
            in browser.get(reverse("espaces:home")).content.decode()
        )

    def test_shows_who_calls_and_what_was_handed_over(
        self, alice: Affectation, bob: Affectation, client_of: ClientOf
    ) -> None:
        """A-15, and the second desk that asks nothing again."""
        theirs = client_of(bob)
        html = theirs.get(reverse("espaces:home")).content.decode()
        key = re.search(r'name="key" value="([^"]+)"', html)
        assert key is not None
        theirs.post(
            reverse("accompagnements:besoin_new"),
            {"words": "Mon badge ne marche plus", "key": key[1]},
        )
        besoin = Besoin.objects.get()
        theirs.post(
            reverse("accompagnements:besoin_hand", args=[besoin.public_id]),
            {"to": str(alice.public_id), "reason": RelaisReason.values[0]},
        )
        theirs.post(reverse("entraide:call"), {"page": "/mandats/"})
        html = client_of(alice).get(reverse("espaces:home")).content.decode()
        assert "Passé par un collègue" in html
        assert "Mon badge ne marche plus" in html
        assert "Bob Exemple a besoin d’aide" in html

    def test_hides_what_is_not_the_person_s_beside_the_screen(
        self, alice: Affectation, client_of: ClientOf
    ) -> None:
        """P-28."""
        browser = client_of(alice)
        html = browser.get(reverse("espaces:home")).content.decode()
        key = re.search(r'name="key" value="([^"]+)"', html)
        assert key is not None
        browser.post(reverse("accompagnements:besoin_new"), {"words": "Un secret", "key": key[1]})
        browser.post(reverse("espaces:person_present"), {"present": "1"})
        html = browser.get(reverse("espaces:home")).content.decode()
        assert "Un secret" not in html
        assert "les noms des autres personnes sont masqués" in html
