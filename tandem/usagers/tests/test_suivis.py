from datetime import datetime

import pytest

from tandem.journal.models import Entry
from tandem.structures.models import Acteur, Affectation, Structure
from tandem.structures.tests.cast import ActeurOf
from tandem.structures.tests.factories import AffectationFactory
from tandem.usagers import actions
from tandem.usagers.models import Suivi, Usager
from tandem.usagers.queries import usagers_visible_to
from tandem.usagers.tests.factories import UsagerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def acteur(alice: Affectation, as_acteur: ActeurOf) -> Acteur:
    return as_acteur(alice)


@pytest.fixture
def kept(acteur: Acteur, rose: Usager, at: datetime) -> Usager:
    """Rose's file, kept by alice to those who follow her."""
    return actions.set_team_access(acteur=acteur, usager=rose, team_access=False, at=at)


class TestTeamAccess:
    def test_is_open_to_the_team_at_first(
        self, rose: Usager, bob: Affectation, as_acteur: ActeurOf
    ) -> None:
        assert rose in usagers_visible_to(as_acteur(bob))

    def test_closed_leaves_those_who_follow_the_person(
        self, kept: Usager, acteur: Acteur, bob: Affectation, bea: Affectation, as_acteur: ActeurOf
    ) -> None:
        """P-10: not even the référente, unless she follows the person."""
        assert kept in usagers_visible_to(acteur)
        assert kept not in usagers_visible_to(as_acteur(bob))
        assert kept not in usagers_visible_to(as_acteur(bea))
        assert list(Entry.objects.order_by("pk").values_list("event", flat=True)) == [
            "usagers.team_access_changed", "usagers.suivi_started",
        ]  # fmt: skip

    def test_opens_again(
        self, kept: Usager, acteur: Acteur, bob: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        actions.set_team_access(acteur=acteur, usager=kept, team_access=True, at=at)

        assert kept in usagers_visible_to(as_acteur(bob))

    def test_already_so_is_refused(self, kept: Usager, acteur: Acteur, at: datetime) -> None:
        with pytest.raises(actions.UsagerRefused):
            actions.set_team_access(acteur=acteur, usager=kept, team_access=False, at=at)

    @pytest.mark.parametrize("who", ["bob", "charlie"])
    def test_is_not_opened_by_someone_outside(
        self,
        who: str,
        kept: Usager,
        as_acteur: ActeurOf,
        at: datetime,
        request: pytest.FixtureRequest,
    ) -> None:
        with pytest.raises(actions.NotAllowed):
            actions.set_team_access(
                acteur=as_acteur(request.getfixturevalue(who)), usager=kept, team_access=True, at=at
            )


class TestFollowing:
    def test_opens_the_file_to_a_colleague(
        self, kept: Usager, acteur: Acteur, bob: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:

        actions.start_suivi(acteur=acteur, usager=kept, affectation=bob, at=at)

        assert kept in usagers_visible_to(as_acteur(bob))
        assert Entry.objects.order_by("-pk")[0].facts == {"affectation": str(bob.public_id)}
        with pytest.raises(actions.UsagerRefused):
            actions.start_suivi(acteur=acteur, usager=kept, affectation=bob, at=at)

    def test_is_for_habilites_at_work_in_the_structure(
        self, kept: Usager, acteur: Acteur, charlie: Affectation, ccas: Structure, at: datetime
    ) -> None:
        wrong = [
            charlie,
            AffectationFactory.create(structure=ccas, ended=True),
            AffectationFactory.create(structure=ccas, not_habilite=True),
        ]
        for affectation in wrong:
            with pytest.raises(actions.UsagerRefused):
                actions.start_suivi(acteur=acteur, usager=kept, affectation=affectation, at=at)

    def test_is_not_given_to_oneself_from_outside(
        self, kept: Usager, bob: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        with pytest.raises(actions.NotAllowed):
            actions.start_suivi(
                acteur=as_acteur(bob),
                usager=kept,
                affectation=bob,
                at=at,
            )


class TestFollowingNoMore:
    def test_closes_the_file(
        self, kept: Usager, acteur: Acteur, bob: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        suivi = actions.start_suivi(acteur=acteur, usager=kept, affectation=bob, at=at)

        actions.end_suivi(acteur=acteur, usager=kept, suivi=suivi, at=at)

        assert kept not in usagers_visible_to(as_acteur(bob))
        with pytest.raises(actions.UsagerRefused):
            actions.end_suivi(acteur=acteur, usager=kept, suivi=suivi, at=at)

    def test_never_leaves_a_file_that_nobody_sees(
        self, kept: Usager, acteur: Acteur, ccas: Structure, at: datetime
    ) -> None:
        """Someone who has left the structure does not count among those who see it."""
        Suivi.objects.create(
            usager=kept,
            affectation=AffectationFactory.create(structure=ccas, ended=True),
            started_at=at,
        )

        with pytest.raises(actions.UsagerRefused, match="Plus personne"):
            actions.end_suivi(
                acteur=acteur,
                usager=kept,
                suivi=Suivi.objects.get(affectation=acteur.affectation),
                at=at,
            )

    def test_of_an_open_file_is_free(self, acteur: Acteur, rose: Usager, at: datetime) -> None:
        assert acteur.affectation is not None
        suivi = actions.start_suivi(
            acteur=acteur, usager=rose, affectation=acteur.affectation, at=at
        )

        actions.end_suivi(acteur=acteur, usager=rose, suivi=suivi, at=at)

        assert rose in usagers_visible_to(acteur)

    def test_is_not_for_a_stranger(
        self, kept: Usager, charlie: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        with pytest.raises(actions.NotAllowed):
            actions.end_suivi(
                acteur=as_acteur(charlie), usager=kept, suivi=Suivi.objects.get(), at=at
            )

    def test_is_said_of_the_right_person(
        self, kept: Usager, acteur: Acteur, ccas: Structure, at: datetime
    ) -> None:
        other = UsagerFactory.create(structure=ccas)

        with pytest.raises(actions.UsagerRefused):
            actions.end_suivi(acteur=acteur, usager=other, suivi=Suivi.objects.get(), at=at)
        assert Suivi.objects.get().ended_at is None
