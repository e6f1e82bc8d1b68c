"""Files that look like one person's are found, in one structure, by fingerprints only."""

from dataclasses import replace
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tandem.journal.models import Entry
from tandem.rapprochements.actions import NotAllowed, distinguish, index_missing
from tandem.rapprochements.models import Distinction, Likeness
from tandem.rapprochements.queries import doubles_of, pairs_of, people_with_doubles
from tandem.rapprochements.rules import Reason
from tandem.structures.models import Acteur, Affectation
from tandem.structures.tests.cast import ActeurOf
from tandem.usagers.actions import rename_usager
from tandem.usagers.models import Usager
from tandem.usagers.tests.factories import ChannelFactory, UsagerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def acteur(alice: Affectation, as_acteur: ActeurOf) -> Acteur:
    return as_acteur(alice)


def found(acteur: Acteur, usager: Usager) -> dict[Usager, list[Reason]]:
    return {double.usager: double.reasons for double in doubles_of(acteur, usager)}


def listed(acteur: Acteur) -> set[frozenset[Usager]]:
    pairs = pairs_of(acteur, list(people_with_doubles(acteur)))
    return {frozenset({pair.newer, pair.older}) for pair in pairs}


class TestNames:
    @pytest.mark.parametrize(
        ("given", "family", "used"),
        [
            ("Rose", "Lefevre", ""),  # accents
            ("ROSE", "LEFÈVRE", ""),
            ("Rose-Marie", "Le Fèvre", ""),  # hyphens and spaces
            ("Marie", "Lefèvre", ""),  # another of her given names
            ("Lefèvre", "Rose", ""),  # order
            ("Rose", "Martin", "Lefèvre"),  # birth name and used name
            ("Rose", "Lefèvre-Martin", ""),
        ],
    )
    def test_close_to_hers_are_proposed_while_a_birthdate_is_missing(
        self, given: str, family: str, used: str, acteur: Acteur, rose: Usager
    ) -> None:
        close = UsagerFactory.create(
            structure=rose.structure, declared=True, birthdate="",
            given_names=given, family_name=family, preferred_name=used,
        )  # fmt: skip

        assert found(acteur, rose) == {close: [Reason.NAMES]}
        assert found(acteur, close) == {rose: [Reason.NAMES]}
        assert listed(acteur) == {frozenset({rose, close})}

    @pytest.mark.parametrize(
        ("given", "family", "birthdate"),
        [
            ("Rose", "Lefèvre", "1990-01-01"),  # the same names, another date
            ("Jeanne", "Lefèvre", ""),
            ("Rose", "Durand", ""),
            ("Jeanne", "Lefèvre", "1955-04-12"),  # a twin
        ],
    )
    def test_of_someone_else_are_not(
        self, given: str, family: str, birthdate: str, acteur: Acteur, rose: Usager
    ) -> None:
        UsagerFactory.create(
            structure=rose.structure, declared=True,
            given_names=given, family_name=family, birthdate=birthdate,
        )  # fmt: skip

        assert found(acteur, rose) == {}
        assert listed(acteur) == set()

    def test_and_birthdate_the_same_say_it_louder(self, acteur: Acteur, rose: Usager) -> None:
        same = UsagerFactory.create(
            structure=rose.structure, declared=True, given_names="Rose", family_name="Lefevre",
            birthcountry="",
        )  # fmt: skip
        mistyped = UsagerFactory.create(
            structure=rose.structure, declared=True, given_names="Rose", family_name="Lefebure",
            birthcountry="",
        )  # fmt: skip

        assert found(acteur, rose) == {same: [Reason.NAMES_AND_BIRTH], mistyped: [Reason.BIRTH]}

    def test_the_same_civil_identity_is_found(self, acteur: Acteur, rose: Usager) -> None:
        same = UsagerFactory.create(
            structure=rose.structure, piece_seen=True, given_names=rose.given_names,
            family_name=rose.family_name,
        )  # fmt: skip

        assert Reason.IDENTITY in found(acteur, rose)[same]
        assert listed(acteur) == {frozenset({rose, same})}

    def test_presumed_birthdate_proves_nothing_against(self, acteur: Acteur, rose: Usager) -> None:
        close = UsagerFactory.create(
            structure=rose.structure, declared=True, given_names="Rose", family_name="Lefèvre",
            birthdate="1955-00-00",
        )  # fmt: skip

        assert found(acteur, rose) == {close: [Reason.NAMES]}

    def test_changed_are_compared_as_they_are_now(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        married = UsagerFactory.create(
            structure=rose.structure, declared=True, given_names="Rose", family_name="Martin",
            birthdate="",
        )  # fmt: skip
        assert found(acteur, rose) == {}

        rename_usager(acteur=acteur, usager=married, preferred_name="Lefèvre", at=at)

        assert found(acteur, rose) == {married: [Reason.NAMES]}

    def test_are_never_written_in_clear(self, rose: Usager) -> None:
        """Nothing but keyed fingerprints: no name, no date, and another key in another structure."""
        elsewhere = UsagerFactory.create(given_names="Rose Marie", family_name="Lefèvre")
        ours, theirs = (
            set(Likeness.objects.filter(usager=usager).values_list("token", flat=True))
            for usager in (rose, elsewhere)
        )

        assert ours
        assert all(len(token) == 64 and int(token, 16) for token in ours)
        assert not ours & theirs


class TestChannels:
    def test_the_same_number_is_proposed(self, acteur: Acteur, rose: Usager) -> None:
        other = UsagerFactory.create(structure=rose.structure, declared=True, birthdate="")
        for usager in (rose, other):
            ChannelFactory.create(usager=usager, sms=True, value="+33612345678")

        assert found(acteur, rose)[other][-1] == Reason.CHANNEL
        assert listed(acteur) == {frozenset({rose, other})}

    def test_an_ended_one_is_not(self, acteur: Acteur, rose: Usager) -> None:
        other = UsagerFactory.create(
            structure=rose.structure, declared=True, given_names="Jeanne", birthdate=""
        )
        ChannelFactory.create(usager=rose, sms=True, value="+33612345678")
        ChannelFactory.create(usager=other, sms=True, value="+33612345678", ended=True)

        assert found(acteur, rose) == {}
        assert listed(acteur) == set()


class TestWhoIsProposed:
    @pytest.fixture
    def close(self, rose: Usager) -> Usager:
        return UsagerFactory.create(
            structure=rose.structure, declared=True, given_names="Rose", family_name="Lefèvre",
            birthdate="",
        )  # fmt: skip

    def test_never_someone_of_another_structure(
        self, acteur: Acteur, rose: Usager, charlie: Affectation, as_acteur: ActeurOf
    ) -> None:
        """S-01: even by the civil identity and the number, whose fingerprints are the same everywhere."""
        there = UsagerFactory.create(
            structure=charlie.structure, given_names=rose.given_names,
            family_name=rose.family_name, piece_seen=True,
        )  # fmt: skip
        for usager in (rose, there):
            ChannelFactory.create(usager=usager, sms=True, value="+33612345678")

        for who, usager in ((acteur, rose), (as_acteur(charlie), there)):
            assert found(who, usager) == {}
            assert listed(who) == set()

    def test_never_a_file_kept_from_the_aidant(
        self, acteur: Acteur, rose: Usager, close: Usager
    ) -> None:
        """P-10"""
        close.team_access = False
        close.save()

        assert found(acteur, rose) == {}
        assert listed(acteur) == set()

    def test_never_two_identities_of_franceconnect(self, acteur: Acteur, rose: Usager) -> None:
        twin = UsagerFactory.create(
            structure=rose.structure, given_names="Rose", family_name="Lefèvre", sub="another"
        )
        ChannelFactory.create(usager=twin, value="rose@exemple.fr")
        ChannelFactory.create(usager=rose, value="rose@exemple.fr")

        assert found(acteur, rose) == {}
        assert listed(acteur) == set()

    def test_nobody_beside_someone_who_looks_at_the_screen(
        self, rose: Usager, close: Usager, alice: Affectation, as_acteur: ActeurOf
    ) -> None:
        """P-28"""
        beside = replace(as_acteur(alice), beside=str(rose.public_id))

        assert found(as_acteur(alice), rose) == {close: [Reason.NAMES]}
        assert found(beside, rose) == {}

    def test_two_persons_told_apart_are_never_proposed_again(
        self, acteur: Acteur, rose: Usager, close: Usager, at: datetime
    ) -> None:
        for one, other in ((rose, close), (close, rose)):
            distinguish(acteur=acteur, one=one, other=other, at=at)

        assert found(acteur, rose) == found(acteur, close) == {}
        assert listed(acteur) == set()
        assert Distinction.objects.count() == 1
        lines = Entry.objects.filter(event="rapprochements.distinguished")
        assert {line.about for line in lines} == {rose.public_id, close.public_id}

    def test_only_whoever_sees_both_tells_them_apart(
        self, rose: Usager, close: Usager, charlie: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        with pytest.raises(NotAllowed):
            distinguish(acteur=as_acteur(charlie), one=rose, other=close, at=at)
        assert not Distinction.objects.exists()


class TestCost:
    def test_is_the_same_for_one_and_for_thirty(self, acteur: Acteur, rose: Usager) -> None:
        def asked() -> tuple[int, int]:
            with CaptureQueriesContext(
                connection,
            ) as card:
                doubles_of(acteur, rose)
            with CaptureQueriesContext(connection) as page:
                pairs_of(acteur, list(people_with_doubles(acteur)[:20]))
            return len(card), len(page)

        close = {"given_names": "Rose", "family_name": "Lefèvre", "birthdate": ""}
        UsagerFactory.create(structure=rose.structure, declared=True, **close)
        assert asked() == (1, 3)
        for _file in range(30):
            UsagerFactory.create(structure=rose.structure, declared=True, **close)
        assert asked() == (1, 3)

    def test_people_known_before_are_fingerprinted_by_rounds(
        self, acteur: Acteur, rose: Usager
    ) -> None:
        Likeness.objects.all().delete()

        assert (index_missing(), index_missing()) == (1, 0)
        assert Likeness.objects.filter(usager=rose).exists()
