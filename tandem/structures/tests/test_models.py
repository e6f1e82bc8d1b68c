from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from tandem.structures.models import Affectation, CharteAcceptance, Structure
from tandem.structures.rules import Role
from tandem.structures.tests.factories import StructureFactory


@pytest.mark.django_db
class TestTheDatabaseRefuses:
    def test_two_live_affectations_of_one_compte_in_one_structure(
        self, alice: Affectation, ccas: Structure, at: datetime
    ) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Affectation.objects.create(
                compte=alice.compte, structure=ccas, role=Role.REFERENT, started_at=at
            )

        Affectation.objects.filter(pk=alice.pk).update(ended_at=at)
        again = Affectation.objects.create(
            compte=alice.compte, structure=ccas, role=Role.REFERENT, started_at=at
        )

        assert again.is_live

    def test_an_affectation_that_ends_before_it_starts(
        self, alice: Affectation, at: datetime
    ) -> None:

        with (
            pytest.raises(IntegrityError, match="affectation_ends_after_it_starts"),
            transaction.atomic(),
        ):
            Affectation.objects.filter(pk=alice.pk).update(
                ended_at=alice.started_at - timedelta(seconds=1)
            )

    def test_a_role_nobody_knows(self, alice: Affectation) -> None:
        with pytest.raises(IntegrityError, match="affectation_role_is_known"), transaction.atomic():
            Affectation.objects.filter(pk=alice.pk).update(role="chef")

    def test_accepting_one_charte_twice(
        self, alice: Affectation, ccas: Structure, at: datetime
    ) -> None:
        former = CharteAcceptance.objects.get(compte=alice.compte, structure=ccas)

        with pytest.raises(IntegrityError), transaction.atomic():
            CharteAcceptance.objects.create(
                compte=alice.compte, structure=ccas, version=former.version, accepted_at=at
            )

    def test_the_same_structure_open_twice(self, ccas: Structure, at: datetime) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            StructureFactory.create(name=ccas.name, siret=ccas.siret)

        Structure.objects.filter(pk=ccas.pk).update(closed_at=at)

        assert StructureFactory.create(name=ccas.name, siret=ccas.siret).is_active


@pytest.mark.django_db
class TestTheSearchKey:
    def test_is_thirty_two_bytes_and_encrypted_at_rest(self, ccas: Structure) -> None:
        from django.db import connection

        ccas.refresh_from_db()
        with connection.cursor() as cursor:
            cursor.execute("SELECT search_key FROM structures_structure WHERE id = %s", [ccas.pk])
            [stored] = cursor.fetchone()

        assert len(ccas.search_key_bytes) == 32
        assert ccas.search_key not in stored
