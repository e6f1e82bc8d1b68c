"""What ends or limits an affectation: its end, the thèmes, the charte."""

from datetime import datetime

import pytest

from tandem.comptes.models import Compte
from tandem.journal.models import Entry
from tandem.structures import actions, queries
from tandem.structures.charte import CURRENT_VERSION
from tandem.structures.models import Affectation, CharteAcceptance, Structure
from tandem.structures.tests.cast import ActeurOf
from tandem.structures.tests.factories import AffectationFactory, StructureFactory


@pytest.mark.django_db
class TestEndAffectation:
    def test_takes_everything_away_at_once(
        self, alice: Affectation, bea: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        """P-39: the next request of someone who left finds nothing to act with."""
        before = as_acteur(alice)

        actions.end_affectation(acteur=as_acteur(bea), affectation=alice, at=at)

        assert as_acteur(alice).obstacle == "no_affectation"
        assert not queries.reread(before).may_act
        [line] = Entry.objects.all()
        assert (line.event, line.facts) == ("structures.affectation_ended", {"role": "aidant"})

    def test_is_for_another_referent_of_the_structure(
        self,
        alice: Affectation,
        bob: Affectation,
        bea: Affectation,
        charlie: Affectation,
        as_acteur: ActeurOf,
        at: datetime,
    ) -> None:
        there = AffectationFactory.create(structure=as_acteur(charlie).structure, referent=True)

        for acteur, affectation in [
            (as_acteur(bob), alice),
            (as_acteur(there), alice),
            (as_acteur(bea), bea),
        ]:
            with pytest.raises(actions.NotAllowed):
                actions.end_affectation(acteur=acteur, affectation=affectation, at=at)
        assert as_acteur(alice).may_act

    def test_happens_once(
        self, alice: Affectation, bea: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        actions.end_affectation(acteur=as_acteur(bea), affectation=alice, at=at)

        with pytest.raises(actions.AffectationRefused):
            actions.end_affectation(acteur=as_acteur(bea), affectation=alice, at=at)
        assert Entry.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("catalogue")
class TestRestrict:
    def test_a_structure_closes_a_theme_to_everyone_at_once(
        self,
        alice: Affectation,
        bea: Affectation,
        ccas: Structure,
        as_acteur: ActeurOf,
        at: datetime,
    ) -> None:
        actions.restrict_structure(
            acteur=as_acteur(bea), structure=ccas, themes=["social", "papiers"], at=at
        )

        assert not as_acteur(alice).allows_theme("argent")
        assert as_acteur(alice).allows_theme("papiers")
        [line] = Entry.objects.all()
        assert line.facts == {"themes": ["papiers", "social"]}

    def test_an_affectation_closes_a_theme_to_one_person(
        self,
        alice: Affectation,
        bob: Affectation,
        bea: Affectation,
        as_acteur: ActeurOf,
        at: datetime,
    ) -> None:

        actions.restrict_affectation(
            acteur=as_acteur(bea), affectation=alice, themes=["social"], at=at
        )

        assert not as_acteur(alice).allows_theme("argent")
        assert as_acteur(bob).allows_theme("argent")

    def test_every_theme_restricts_nothing(
        self, bea: Affectation, ccas: Structure, as_acteur: ActeurOf, at: datetime
    ) -> None:
        from tandem.referentiels.queries import themes

        every = [theme.key for theme in themes()]

        actions.restrict_structure(acteur=as_acteur(bea), structure=ccas, themes=every, at=at)

        assert ccas.allowed_themes == []

    def test_refuses_a_theme_nobody_knows(
        self, bea: Affectation, ccas: Structure, as_acteur: ActeurOf, at: datetime
    ) -> None:
        with pytest.raises(actions.StructureRefused):
            actions.restrict_structure(
                acteur=as_acteur(bea), structure=ccas, themes=["astrologie"], at=at
            )

    def test_is_for_the_referents_of_this_structure(
        self,
        alice: Affectation,
        bob: Affectation,
        bea: Affectation,
        charlie: Affectation,
        mairie: Structure,
        as_acteur: ActeurOf,
        at: datetime,
    ) -> None:
        with pytest.raises(actions.NotAllowed):
            actions.restrict_structure(
                acteur=as_acteur(bea), structure=mairie, themes=["social"], at=at
            )
        with pytest.raises(actions.NotAllowed):
            actions.restrict_affectation(
                acteur=as_acteur(bob),
                affectation=alice,
                themes=["social"],
                at=at,
            )
        with pytest.raises(actions.NotAllowed):
            actions.restrict_affectation(
                acteur=as_acteur(bea),
                affectation=charlie,
                themes=["social"],
                at=at,
            )

    def test_refuses_an_affectation_that_ended(
        self, bea: Affectation, ccas: Structure, as_acteur: ActeurOf, at: datetime
    ) -> None:
        gone = AffectationFactory.create(structure=ccas, ended=True)

        with pytest.raises(actions.AffectationRefused):
            actions.restrict_affectation(
                acteur=as_acteur(bea), affectation=gone, themes=["social"], at=at
            )


@pytest.mark.django_db
class TestAcceptCharte:
    def test_by_name_opens_the_structure(
        self, ccas: Structure, as_acteur: ActeurOf, at: datetime
    ) -> None:
        """P-04."""
        dana = AffectationFactory.create(structure=ccas, charte=False)

        acceptance = actions.accept_charte(acteur=as_acteur(dana), version=CURRENT_VERSION, at=at)
        actions.accept_charte(acteur=as_acteur(dana), version=CURRENT_VERSION, at=at)

        assert (acceptance.compte, acceptance.accepted_at) == (dana.compte, at)
        assert as_acteur(dana).may_act
        [line] = Entry.objects.all()
        assert (line.event, line.facts) == (
            "structures.charte_accepted",
            {"version": CURRENT_VERSION},
        )

    def test_refuses_a_text_that_changed_meanwhile(
        self, ccas: Structure, as_acteur: ActeurOf, at: datetime
    ) -> None:
        dana = AffectationFactory.create(structure=ccas, charte=False)

        with pytest.raises(actions.AffectationRefused):
            actions.accept_charte(acteur=as_acteur(dana), version="2025-01", at=at)
        assert not CharteAcceptance.objects.exists()

    def test_needs_a_structure(
        self, oscar: Compte, ccas: Structure, as_acteur: ActeurOf, at: datetime
    ) -> None:
        gone = AffectationFactory.create(structure=ccas, ended=True, charte=False)
        closed = AffectationFactory.create(
            structure=StructureFactory.create(closed=True), charte=False
        )

        for acteur in [queries.acteur_of(oscar), as_acteur(gone), as_acteur(closed)]:
            with pytest.raises(actions.NotAllowed):
                actions.accept_charte(acteur=acteur, version=CURRENT_VERSION, at=at)
