from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from tandem.structures.models import Affectation, Structure
from tandem.usagers.models import OneTimeCode, RungStep, Suivi, Usager
from tandem.usagers.rules import FreezeReason, Protected, Rung
from tandem.usagers.tests.factories import ChannelFactory, UsagerFactory

pytestmark = pytest.mark.django_db


class TestTheDatabaseRefuses:
    def test_two_rows_of_one_franceconnect_sub_in_one_structure(
        self, rose: Usager, ccas: Structure, mairie: Structure
    ) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            UsagerFactory.create(structure=ccas, sub="rose")

        assert UsagerFactory.create(structure=mairie, sub="rose").sub_index == rose.sub_index

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"freeze_reason": FreezeReason.DOUBT}, "frozen_usager_has_a_reason_and_a_day"),
            (
                {"protected": Protected.PROTECTION, "protected_asked_at": None},
                "protection_is_answered_some_day",
            ),
            ({"rung": "sure"}, "usager_rung_is_known"),
        ],
    )
    def test_a_state_that_cannot_be(
        self, changes: dict[str, str], sentence: str, rose: Usager
    ) -> None:
        with pytest.raises(IntegrityError, match=sentence), transaction.atomic():
            Usager.objects.filter(pk=rose.pk).update(**changes)

    def test_an_erased_person_who_can_still_be_found(self, rose: Usager, at: datetime) -> None:
        with (
            pytest.raises(IntegrityError, match="erased_usager_has_no_index_left"),
            transaction.atomic(),
        ):
            Usager.objects.filter(pk=rose.pk).update(erased_at=at)

    def test_following_someone_twice_at_once(
        self, rose: Usager, alice: Affectation, at: datetime
    ) -> None:
        Suivi.objects.create(usager=rose, affectation=alice, started_at=at)

        with pytest.raises(IntegrityError), transaction.atomic():
            Suivi.objects.create(usager=rose, affectation=alice, started_at=at)

        Suivi.objects.update(ended_at=at)
        assert Suivi.objects.create(usager=rose, affectation=alice, started_at=at).ended_at is None

    def test_the_same_address_twice_for_one_person(self, rose: Usager, alice: Affectation) -> None:
        ChannelFactory.create(usager=rose, value="rose@exemple.fr")

        with pytest.raises(IntegrityError), transaction.atomic():
            ChannelFactory.create(usager=rose, value="rose@exemple.fr")

        assert ChannelFactory.create(usager=rose, value="rose@exemple.fr", ended=True).ended_at

    def test_two_open_codes_for_one_purpose(
        self, rose: Usager, alice: Affectation, at: datetime
    ) -> None:
        channel = ChannelFactory.create(usager=rose)
        values = {
            "usager": rose,
            "channel": channel,
            "purpose": "usage:x",
            "code_hash": "0",
            "created_at": at,
        }
        OneTimeCode.objects.create(**values, expires_at=at + timedelta(minutes=10))

        with pytest.raises(IntegrityError), transaction.atomic():
            OneTimeCode.objects.create(**values, expires_at=at + timedelta(minutes=10))

    def test_a_code_used_too_late(self, rose: Usager, alice: Affectation, at: datetime) -> None:
        with (
            pytest.raises(IntegrityError, match="code_is_used_before_it_expires"),
            transaction.atomic(),
        ):
            OneTimeCode.objects.create(
                usager=rose, channel=ChannelFactory.create(usager=rose), purpose="usage:x", code_hash="0",
                created_at=at, expires_at=at + timedelta(minutes=10), used_at=at + timedelta(minutes=10),
            )  # fmt: skip

    @pytest.mark.parametrize("piece", [{"piece": "passeport"}, {"piece_seen_on": "2026-11-02"}, {}])
    def test_an_identity_seen_on_nothing(
        self, piece: dict[str, str], rose: Usager, alice: Affectation, at: datetime
    ) -> None:
        """P-32: the kind of the document and the day, always both."""
        with pytest.raises(IntegrityError, match="piece_vue_names_the_piece"), transaction.atomic():
            RungStep.objects.create(
                usager=rose, rung=Rung.PIECE_VUE, established_at=at,
                established_by=alice, **piece,
            )  # fmt: skip


class TestAPersonAtRest:
    def test_is_not_readable_in_the_database(self, rose: Usager, alice: Affectation) -> None:
        """P-22's first half: nothing in clear but dates and states."""
        ChannelFactory.create(usager=rose, value="rose.lefevre@exemple.fr")
        dump = ""
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names():
                if table.startswith("usagers_"):
                    cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names of our own tables
                    dump += repr(cursor.fetchall())

        # Long enough never to stand in a ciphertext by chance.
        for word in ("Rose Marie", "Lefèvre", "lefevre", "1955-04", "exemple.fr"):
            assert word.lower() not in dump.lower()

    def test_has_random_identifiers(self, rose: Usager) -> None:
        """S-41."""
        assert rose.public_id.version == 4
        assert str(rose.pk) != str(rose.public_id)


class TestNames:
    def test_are_said_by_the_first_given_name_and_the_name_used(self, rose: Usager) -> None:
        assert (rose.full_name, rose.display_name) == ("Rose Marie Lefèvre", "Rose Lefèvre")

        rose.preferred_name = "Martin"

        assert (rose.full_name, rose.display_name) == ("Rose Marie Lefèvre", "Rose Martin")

    def test_of_nobody_are_empty(self) -> None:
        assert Usager().display_name == ""
