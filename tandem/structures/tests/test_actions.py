"""What is done to structures and their people.

Longer than 400 lines: each act stands beside its refusals.
"""

from dataclasses import replace
from datetime import datetime

import pytest
from django.db import connection

from tandem.comptes.models import Compte
from tandem.envois.models import Message
from tandem.journal.models import Entry
from tandem.structures import actions, queries
from tandem.structures.models import SYSTEM_ACTEUR, Affectation, Structure
from tandem.structures.rules import Invited, Role, StructureDetails
from tandem.structures.tests.cast import ActeurOf
from tandem.structures.tests.factories import AffectationFactory

DETAILS = StructureDetails(
    name="France services  du Pays",
    siret="213 502 388 00019",
    address="2 rue de la Gare",
    postcode="35000",
    city="Rennes",
)


DANA = Invited("dana@aide.example", "Dana", "Nouvelle", Role.AIDANT)


RENE = Invited("rene@aide.example", "René", "Chef", Role.REFERENT)


def events() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("event", flat=True))


@pytest.mark.django_db
class TestCreateStructure:
    def test_gives_it_a_key_of_its_own_and_one_line(self, at: datetime) -> None:
        structure = actions.create_structure(acteur=SYSTEM_ACTEUR, details=DETAILS, at=at)
        other = actions.create_structure(
            acteur=SYSTEM_ACTEUR, details=replace(DETAILS, name="Autre service"), at=at
        )

        assert (structure.name, structure.siret) == ("France services du Pays", "21350238800019")
        assert len(structure.search_key_bytes) == 32
        assert structure.search_key_bytes != other.search_key_bytes
        assert events() == ["structures.created", "structures.created"]

    @pytest.mark.parametrize(
        "wrong", [{"siret": "21350238800018"}, {"timezone": "Paris"}, {"timezone": "../x"}]
    )
    def test_refuses_a_wrong_siret_or_time_zone(self, wrong: dict[str, str], at: datetime) -> None:
        with pytest.raises(actions.StructureRefused):
            actions.create_structure(acteur=SYSTEM_ACTEUR, details=replace(DETAILS, **wrong), at=at)

        assert not Structure.objects.exists()

    def test_refuses_the_same_one_twice(self, at: datetime) -> None:
        actions.create_structure(acteur=SYSTEM_ACTEUR, details=DETAILS, at=at)

        with pytest.raises(actions.StructureRefused):
            actions.create_structure(acteur=SYSTEM_ACTEUR, details=DETAILS, at=at)

    def test_is_for_operators(self, bea: Affectation, as_acteur: ActeurOf, at: datetime) -> None:
        with pytest.raises(actions.NotAllowed):
            actions.create_structure(acteur=as_acteur(bea), details=DETAILS, at=at)


@pytest.mark.django_db
class TestFoundStructure:
    def test_opens_it_with_people_who_may_act_once_the_charte_is_accepted(
        self, at: datetime
    ) -> None:
        founded = actions.found_structure(
            acteur=SYSTEM_ACTEUR, details=DETAILS, people=[RENE, DANA], at=at
        )

        rene, dana = founded.people
        assert rene.affectation.is_referent
        assert dana.affectation.habilite_at == at
        assert dana.link
        assert queries.acteur_from(dana.affectation).obstacle == "charte"

    def test_leaves_nothing_when_one_of_them_cannot_come(self, at: datetime) -> None:
        with pytest.raises(actions.AffectationRefused):
            actions.found_structure(
                acteur=SYSTEM_ACTEUR, details=DETAILS, people=[RENE, RENE], at=at
            )

        assert not Structure.objects.exists()
        assert events() == []

    def test_asks_for_a_referent(self, at: datetime) -> None:
        with pytest.raises(actions.StructureRefused):
            actions.found_structure(acteur=SYSTEM_ACTEUR, details=DETAILS, people=[DANA], at=at)


@pytest.mark.django_db
class TestCloseStructure:
    def test_stops_everyone_at_once(
        self, alice: Affectation, ccas: Structure, as_acteur: ActeurOf, at: datetime
    ) -> None:
        """P-40."""
        actions.close_structure(acteur=SYSTEM_ACTEUR, structure=ccas, at=at)

        assert as_acteur(alice).obstacle == "structure_closed"
        assert events() == ["structures.closed"]

    def test_is_done_once_and_by_operators(
        self, bea: Affectation, ccas: Structure, as_acteur: ActeurOf, at: datetime
    ) -> None:
        with pytest.raises(actions.NotAllowed):
            actions.close_structure(acteur=as_acteur(bea), structure=ccas, at=at)
        actions.close_structure(acteur=SYSTEM_ACTEUR, structure=ccas, at=at)
        with pytest.raises(actions.StructureRefused):
            actions.close_structure(acteur=SYSTEM_ACTEUR, structure=ccas, at=at)


@pytest.mark.django_db
class TestInvitePerson:
    def test_makes_a_compte_that_is_not_yet_habilite(
        self, bea: Affectation, ccas: Structure, as_acteur: ActeurOf, at: datetime
    ) -> None:
        welcomed = actions.invite_person(acteur=as_acteur(bea), structure=ccas, invited=DANA, at=at)

        assert welcomed.affectation.habilite_at is None
        assert welcomed.affectation.compte.email == "dana@aide.example"
        assert queries.acteur_from(welcomed.affectation).obstacle == "not_habilite"
        assert events()[-1] == "structures.affectation_started"
        [line] = Entry.objects.filter(event="structures.affectation_started")
        assert line.facts == {"role": "aidant", "habilite": False}
        assert line.chain == str(ccas.public_id)

    def test_tells_someone_who_has_a_compte_already(
        self,
        bea: Affectation,
        charlie: Affectation,
        ccas: Structure,
        as_acteur: ActeurOf,
        at: datetime,
    ) -> None:
        invited = replace(DANA, email=charlie.compte.email)

        welcomed = actions.invite_person(
            acteur=as_acteur(bea), structure=ccas, invited=invited, at=at
        )

        assert welcomed.affectation.compte == charlie.compte
        assert not welcomed.link
        [message] = Message.objects.all()
        assert message.recipient == charlie.compte.email

    def test_refuses_someone_who_is_there(
        self,
        alice: Affectation,
        bea: Affectation,
        ccas: Structure,
        as_acteur: ActeurOf,
        at: datetime,
    ) -> None:
        with pytest.raises(actions.AffectationRefused):
            actions.invite_person(
                acteur=as_acteur(bea),
                structure=ccas,
                invited=replace(DANA, email=alice.compte.email),
                at=at,
            )

    @pytest.mark.parametrize("closed", ["structure", "compte"])
    def test_refuses_what_is_closed(
        self, closed: str, charlie: Affectation, ccas: Structure, at: datetime
    ) -> None:
        if closed == "structure":
            actions.close_structure(acteur=SYSTEM_ACTEUR, structure=ccas, at=at)
        else:
            charlie.compte.is_active = False

        with pytest.raises(actions.AffectationRefused):
            actions.add_affectation(
                acteur=SYSTEM_ACTEUR, compte=charlie.compte, structure=ccas, role=Role.AIDANT, at=at
            )

    def test_is_for_the_referents_of_this_structure(
        self,
        alice: Affectation,
        bea: Affectation,
        mairie: Structure,
        ccas: Structure,
        as_acteur: ActeurOf,
        at: datetime,
    ) -> None:
        for acteur, structure in [(as_acteur(alice), ccas), (as_acteur(bea), mairie)]:
            with pytest.raises(actions.NotAllowed):
                actions.invite_person(acteur=acteur, structure=structure, invited=DANA, at=at)
        assert not Compte.objects.filter(email=DANA.email).exists()

    def test_by_a_referent_never_habilite(
        self,
        bea: Affectation,
        charlie: Affectation,
        ccas: Structure,
        as_acteur: ActeurOf,
        at: datetime,
    ) -> None:
        with pytest.raises(actions.NotAllowed):
            actions.add_affectation(
                acteur=as_acteur(bea),
                compte=charlie.compte,
                structure=ccas,
                role=Role.AIDANT,
                at=at,
                habilite=True,
            )


@pytest.mark.django_db
class TestHabiliteAffectation:
    def test_lets_someone_act(self, ccas: Structure, as_acteur: ActeurOf, at: datetime) -> None:
        waiting = AffectationFactory.create(structure=ccas, not_habilite=True)

        actions.habilite_affectation(acteur=SYSTEM_ACTEUR, affectation=waiting, at=at)

        assert as_acteur(waiting).may_act
        assert events() == ["structures.affectation_habilite"]
        with pytest.raises(actions.AffectationRefused):
            actions.habilite_affectation(acteur=SYSTEM_ACTEUR, affectation=waiting, at=at)

    def test_is_not_for_a_referent(
        self, bea: Affectation, ccas: Structure, as_acteur: ActeurOf, at: datetime
    ) -> None:
        waiting = AffectationFactory.create(structure=ccas, not_habilite=True)

        with pytest.raises(actions.NotAllowed):
            actions.habilite_affectation(acteur=as_acteur(bea), affectation=waiting, at=at)


@pytest.mark.django_db
def test_no_name_nor_address_enters_the_journal(
    bea: Affectation, ccas: Structure, as_acteur: ActeurOf, at: datetime
) -> None:
    actions.invite_person(acteur=as_acteur(bea), structure=ccas, invited=DANA, at=at)

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM journal_entry")
        dump = repr(cursor.fetchall())

    for word in ("Dana", "Nouvelle", "dana@", "Rennes"):
        assert word not in dump
