"""The sandbox of a compte: theirs alone, and never taken for a structure. A-14."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from tandem.comptes.models import Compte
from tandem.journal.models import Entry
from tandem.structures.actions import (
    AffectationRefused,
    NotAllowed,
    add_affectation,
    end_affectation,
    open_practice,
)
from tandem.structures.models import SYSTEM_ACTEUR, Affectation, Structure
from tandem.structures.queries import (
    acteur_from,
    acteur_of,
    affectations_of_compte,
    practice_affectation,
    referents_over,
    structures_of,
)
from tandem.structures.rules import Role
from tandem.structures.tests.factories import AffectationFactory, StructureFactory


@pytest.fixture
def sandbox(alice: Affectation, at: datetime) -> Affectation:
    return open_practice(acteur=acteur_from(alice), at=at)


@pytest.mark.django_db
class TestOpening:
    def test_makes_one_sandbox_where_the_compte_may_act_alone(
        self, alice: Affectation, sandbox: Affectation, at: datetime
    ) -> None:
        """A-14: habilitée, charte accepted; opened twice, it is the same."""
        acteur = acteur_of(alice.compte, chosen=str(sandbox.public_id))

        assert acteur.is_practising
        assert acteur.may_act
        assert not acteur.may_manage
        assert open_practice(acteur=acteur_from(alice), at=at) == sandbox
        assert Structure.objects.filter(practice_of=alice.compte).count() == 1

    def test_writes_in_its_own_chain_only(self, ccas: Structure, sandbox: Affectation) -> None:
        [line] = Entry.objects.all()

        assert line.chain == str(sandbox.structure.public_id)
        assert line.event == "structures.practice_opened"

    def test_is_open_to_someone_not_yet_habilite(self, ccas: Structure, at: datetime) -> None:
        newcomer = AffectationFactory.create(structure=ccas, not_habilite=True, charte=False)

        place = open_practice(acteur=acteur_from(newcomer), at=at)

        assert acteur_of(newcomer.compte, chosen=str(place.public_id)).may_act
        assert not acteur_of(newcomer.compte).may_act

    def test_is_closed_to_whoever_works_nowhere(self, oscar: Compte, at: datetime) -> None:
        with pytest.raises(NotAllowed):
            open_practice(acteur=acteur_of(oscar), at=at)

        assert not Structure.objects.exists()


@pytest.mark.django_db
class TestASandbox:
    def test_is_no_structure_of_the_compte(
        self, alice: Affectation, sandbox: Affectation, bea: Affectation
    ) -> None:
        """It is neither listed, nor chosen by itself, nor counted; a référent of it helps nobody back in."""
        acteur = acteur_of(alice.compte)

        assert acteur.affectation == alice
        assert acteur.affectation_count == 1
        assert list(affectations_of_compte(alice.compte)) == [alice]
        assert list(structures_of(alice.compte)) == [alice.structure]
        assert referents_over(alice.compte) == {bea.compte.public_id}
        assert practice_affectation(alice.compte) == sandbox
        assert practice_affectation(bea.compte) is None

    def test_closes_when_its_owner_works_nowhere_any_more(
        self, alice: Affectation, bea: Affectation, sandbox: Affectation, at: datetime
    ) -> None:
        end_affectation(acteur=acteur_from(bea), affectation=alice, at=at)

        assert not acteur_of(alice.compte, chosen=str(sandbox.public_id)).may_act

    def test_is_not_entered_by_another(self, bob: Affectation, sandbox: Affectation) -> None:
        assert not acteur_of(bob.compte, chosen=str(sandbox.public_id)).is_practising

    def test_receives_nobody_else(
        self, bob: Affectation, sandbox: Affectation, at: datetime
    ) -> None:
        with pytest.raises(AffectationRefused, match="entraînement"):
            add_affectation(
                acteur=SYSTEM_ACTEUR,
                compte=bob.compte,
                structure=sandbox.structure,
                role=Role.AIDANT,
                at=at,
            )

    def test_is_one_for_each_compte_says_the_database(
        self, alice: Affectation, bob: Affectation, sandbox: Affectation, at: datetime
    ) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            StructureFactory.create(name="Autre", practice_of=alice.compte)

        open_practice(acteur=acteur_from(bob), at=at)
        assert Structure.objects.exclude(practice_of=None).count() == 2
        assert list(Structure.objects.true()) == [alice.structure]
