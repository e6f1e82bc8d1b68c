from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tandem.comptes.models import Compte
from tandem.journal.rules import SYSTEM
from tandem.structures import queries
from tandem.structures.models import (
    ANONYMOUS,
    SYSTEM_ACTEUR,
    Affectation,
    CharteAcceptance,
    Structure,
)
from tandem.structures.rules import ActeurKind, Obstacle
from tandem.structures.tests.cast import ActeurOf
from tandem.structures.tests.factories import AffectationFactory, StructureFactory


@pytest.mark.django_db
class TestTheActeur:
    def test_is_read_in_one_query(self, alice: Affectation) -> None:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            acteur = queries.acteur_of(alice.compte)
            assert acteur.may_act
            assert acteur.structure is not None
            assert acteur.structure.name == "CCAS de Valmont"
            assert acteur.author.id == alice.compte.public_id

        assert len(seen) == 1

    def test_of_one_affectation_is_taken_without_a_choice(
        self, alice: Affectation, bea: Affectation
    ) -> None:
        assert queries.acteur_of(alice.compte).kind is ActeurKind.AIDANT
        assert queries.acteur_of(bea.compte).kind is ActeurKind.REFERENT
        assert queries.acteur_of(bea.compte).is_referent

    def test_of_several_waits_for_a_choice(self, alice: Affectation, mairie: Structure) -> None:
        there = AffectationFactory.create(compte=alice.compte, structure=mairie)

        waiting = queries.acteur_of(alice.compte)
        chosen = queries.acteur_of(alice.compte, chosen=str(there.public_id))

        assert (waiting.structure, waiting.affectation_count) == (None, 2)
        assert not waiting.may_act
        assert chosen.structure == mairie

    def test_does_not_slip_into_another_structure_when_the_chosen_one_ends(
        self, alice: Affectation, ccas: Structure, mairie: Structure, at: datetime
    ) -> None:
        there = AffectationFactory.create(compte=alice.compte, structure=mairie)
        Affectation.objects.filter(pk=there.pk).update(ended_at=at)

        acteur = queries.acteur_of(alice.compte, chosen=str(there.public_id))

        assert acteur.structure is None
        assert acteur.affectation_count == 1

    def test_cannot_be_someone_elses_affectation(
        self, alice: Affectation, charlie: Affectation
    ) -> None:

        assert queries.acteur_of(alice.compte, chosen=str(charlie.public_id)).structure is None

    def test_of_nowhere_is_nobody_and_of_the_instance_an_operator(self, oscar: Compte) -> None:
        acteur = queries.acteur_of(oscar)

        assert acteur.kind is ActeurKind.OPERATOR
        assert acteur.is_operator
        assert not acteur.may_act
        assert acteur.author.chain == "instance"

    def test_of_the_machine_signs_as_the_system(self) -> None:
        assert SYSTEM_ACTEUR.author == SYSTEM
        assert not ANONYMOUS.is_authenticated


@pytest.mark.django_db
class TestNobodyActs:
    """P-04, P-39, P-40: each condition alone is enough to stop."""

    def obstacle(self, alice: Affectation, as_acteur: ActeurOf) -> Obstacle | None:
        return as_acteur(alice).obstacle

    def test_unless_something_is_missing(self, alice: Affectation, as_acteur: ActeurOf) -> None:
        assert self.obstacle(alice, as_acteur) is None

    def test_after_their_affectation_ended(
        self, alice: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        Affectation.objects.filter(pk=alice.pk).update(ended_at=at)
        assert self.obstacle(alice, as_acteur) is Obstacle.NO_AFFECTATION

    def test_with_a_closed_compte(
        self, alice: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        Compte.objects.filter(pk=alice.compte.pk).update(is_active=False, deactivated_at=at)
        assert self.obstacle(alice, as_acteur) is Obstacle.COMPTE_CLOSED

    def test_for_a_closed_structure(
        self, alice: Affectation, ccas: Structure, as_acteur: ActeurOf, at: datetime
    ) -> None:
        Structure.objects.filter(pk=ccas.pk).update(closed_at=at)
        assert self.obstacle(alice, as_acteur) is Obstacle.STRUCTURE_CLOSED

    def test_before_being_habilite(self, alice: Affectation, as_acteur: ActeurOf) -> None:
        Affectation.objects.filter(pk=alice.pk).update(habilite_at=None)
        assert self.obstacle(alice, as_acteur) is Obstacle.NOT_HABILITE

    def test_without_the_current_charte(self, alice: Affectation, as_acteur: ActeurOf) -> None:
        CharteAcceptance.objects.filter(compte=alice.compte).update(version="2025-01")
        assert self.obstacle(alice, as_acteur) is Obstacle.CHARTE

    def test_with_the_charte_of_another_structure_or_person(
        self, alice: Affectation, bob: Affectation, mairie: Structure, as_acteur: ActeurOf
    ) -> None:
        CharteAcceptance.objects.filter(compte=alice.compte).update(structure=mairie)
        assert self.obstacle(alice, as_acteur) is Obstacle.CHARTE

    def test_as_operator(self, oscar: Compte) -> None:
        assert queries.acteur_of(oscar).obstacle is Obstacle.NO_AFFECTATION


@pytest.mark.django_db
class TestReread:
    def test_sees_what_changed_since_the_request_began(
        self, alice: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        """S-02: the acteur of a request is a photograph; a release asks again."""
        acteur = as_acteur(alice)
        Affectation.objects.filter(pk=alice.pk).update(ended_at=at, allowed_themes=["social"])

        assert acteur.may_act
        assert not queries.reread(acteur).may_act

    def test_sees_a_theme_closed_meanwhile(
        self, alice: Affectation, ccas: Structure, as_acteur: ActeurOf
    ) -> None:
        acteur = as_acteur(alice)
        Structure.objects.filter(pk=ccas.pk).update(allowed_themes=["social"])

        assert acteur.allows_theme("argent")
        assert not queries.reread(acteur).allows_theme("argent")
        assert queries.reread(acteur).allows_theme("social")

    def test_of_nobody_is_nobody(self) -> None:
        assert queries.reread(ANONYMOUS) == ANONYMOUS
        assert not ANONYMOUS.allows_theme("social")


@pytest.mark.django_db
class TestPeople:
    def test_are_shown_to_their_referent_only(
        self, alice: Affectation, bea: Affectation, charlie: Affectation, as_acteur: ActeurOf
    ) -> None:
        seen = queries.people_visible_to(as_acteur(bea))

        assert set(seen) == {alice, bea}
        assert not queries.people_visible_to(as_acteur(alice)).exists()
        assert not queries.people_visible_to(as_acteur(charlie)).exists()

    def test_of_another_structure_do_not_exist(
        self, bea: Affectation, charlie: Affectation, as_acteur: ActeurOf
    ) -> None:

        with pytest.raises(queries.AffectationUnknown) as refusal:
            queries.person_visible_to(as_acteur(bea), charlie.public_id)

        assert refusal.value.status == 404

    def test_at_work_come_first(
        self, ccas: Structure, alice: Affectation, bob: Affectation, at: datetime
    ) -> None:
        Affectation.objects.filter(pk=alice.pk).update(ended_at=at)

        assert list(queries.affectations_of(ccas)) == [bob, alice]

    def test_habilites_are_those_who_may_be_named_in_a_mandat(
        self, ccas: Structure, alice: Affectation
    ) -> None:
        AffectationFactory.create(structure=ccas, not_habilite=True)
        AffectationFactory.create(structure=ccas, ended=True)

        assert list(queries.habilites_of(ccas)) == [alice]

    def test_see_the_open_structures_they_work_for(
        self, alice: Affectation, charlie: Affectation, ccas: Structure
    ) -> None:
        AffectationFactory.create(
            compte=alice.compte, structure=StructureFactory.create(closed=True)
        )
        AffectationFactory.create(
            compte=alice.compte, structure=StructureFactory.create(), ended=True
        )

        assert list(queries.structures_of(alice.compte)) == [ccas]

    def test_switch_to_their_own_affectations_only(
        self, alice: Affectation, charlie: Affectation, as_acteur: ActeurOf
    ) -> None:

        with pytest.raises(queries.AffectationUnknown):
            queries.own_affectation(as_acteur(alice), str(charlie.public_id))
