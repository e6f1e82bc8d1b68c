from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tandem.comptes.models import Compte
from tandem.structures.models import Affectation, Structure
from tandem.structures.rules import Role

OPTIONS = {
    "name": "CCAS de Rennes", "siret": "213 502 388 00019", "address": "1 place de la Mairie",
    "postcode": "35000", "city": "Rennes", "referent_email": ["Béa Le Goff <bea@ccas.example>"],
}  # fmt: skip


@pytest.mark.django_db
class TestStructureAdd:
    def test_opens_a_structure_and_prints_one_link_per_person(self) -> None:
        out = StringIO()

        call_command(
            "structure_add",
            **OPTIONS,
            aidant_email=["Alice Martin <alice@ccas.example>"],
            stdout=out,
        )

        printed = out.getvalue()
        [structure] = Structure.objects.all()
        assert str(structure.public_id) in printed
        assert printed.count("https://tandem.example/") == 2
        bea = Affectation.objects.get(compte__email="bea@ccas.example")
        assert (bea.compte.given_name, bea.compte.family_name, bea.role) == (
            "Béa",
            "Le Goff",
            Role.REFERENT,
        )
        assert bea.habilite_at is not None

    @pytest.mark.parametrize(
        "person", ["bea@ccas.example", "Béa <bea@ccas.example>", "Béa Le Goff"]
    )
    def test_asks_for_a_name_and_an_address(self, person: str) -> None:
        with pytest.raises(CommandError):
            call_command("structure_add", **{**OPTIONS, "referent_email": [person]})
        assert not Compte.objects.exists()

    def test_says_a_refusal_and_leaves_nothing(self) -> None:
        with pytest.raises(CommandError, match="SIRET"):
            call_command("structure_add", **{**OPTIONS, "siret": "123"})
        assert not Structure.objects.exists()


@pytest.mark.django_db
class TestStructureClose:
    def test_closes_by_its_identifier(self, ccas: Structure) -> None:
        out = StringIO()

        call_command("structure_close", str(ccas.public_id), stdout=out)

        ccas.refresh_from_db()
        assert not ccas.is_active
        assert "CCAS de Valmont" in out.getvalue()

    @pytest.mark.parametrize("wrong", ["rennes", "00000000-0000-0000-0000-000000000000"])
    def test_says_when_there_is_none(self, wrong: str) -> None:
        with pytest.raises(CommandError, match="identifiant"):
            call_command("structure_close", wrong)
