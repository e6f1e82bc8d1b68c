"""The register of the demonstration (FI-13)."""

import pytest

from simulateurs.people import PEOPLE, find_in_register

ROSE = {
    "given_name": "Rose Marie",
    "family_name": "MARTIN",
    "birthdate": "1955-03-12",
    "gender": "female",
    "birthplace": "75107",
    "birthcountry": "99100",
}
AMINA = {
    "given_name": "Amina",
    "family_name": "BENALI",
    "birthdate": "1946-00-00",
    "gender": "female",
    "birthplace": "",
    "birthcountry": "99352",
}


def found(**claims: object) -> list[str]:
    return [person.key for person in find_in_register(PEOPLE, claims)]


class TestRegister:
    def test_finds_a_person_by_the_whole_civil_identity(self) -> None:
        assert found(**ROSE) == ["rose"]

    def test_reads_names_without_accents_nor_case(self) -> None:
        lucien = {"given_name": "lucien joseph andre", "family_name": "Lefevre", "birthdate": "1938-11-30",
                  "gender": "male", "birthplace": "2A004", "birthcountry": "99100"}  # fmt: skip

        assert found(**lucien) == ["lucien"]

    @pytest.mark.parametrize(
        "change",
        [
            {"given_name": "Rose"},
            {"given_name": "Marie Rose"},
            {"family_name": "MARTINE"},
            {"birthdate": "1955-12-03"},
            {"gender": "male"},
            {"birthplace": "75108"},
            {"birthcountry": "99352"},
        ],
    )
    def test_finds_nobody_when_one_part_differs(self, change: dict[str, str]) -> None:
        """FI-13: all given names, civil names, as FranceConnect gave them."""
        assert found(**{**ROSE, **change}) == []

    @pytest.mark.parametrize("birthdate", ["1946-00-00", "1946-01-01"])
    def test_finds_a_presumed_date_as_it_stands_and_completed(self, birthdate: str) -> None:
        """FS-08."""
        assert found(**{**AMINA, "birthdate": birthdate}) == ["amina"]

    def test_holds_the_cases_that_break_forms(self) -> None:
        assert {person.gender for person in PEOPLE} == {"female", "male", "unspecified"}
        assert any(not person.email for person in PEOPLE)
        assert any(not person.birthplace for person in PEOPLE)
        assert any("-00-00" in person.birthdate for person in PEOPLE)
        assert any(person.preferred_username for person in PEOPLE)
