"""The people of the demonstration, as the national register (RNIPP) would know them. Nobody real."""

import unicodedata
from dataclasses import dataclass

FRANCE = "99100"


@dataclass(frozen=True)
class Person:
    """One record of the register, and what the person gave to their identity provider (e-mail, name of use)."""

    key: str
    given_names: tuple[str, ...]
    family_name: str
    birthdate: str
    gender: str
    birthplace: str
    birthcountry: str = FRANCE
    preferred_username: str = ""
    email: str = ""
    deceased: bool = False

    @property
    def full_name(self) -> str:
        """First given name and family name, as one says it."""
        return f"{self.given_names[0]} {self.preferred_username or self.family_name}"

    @property
    def completed_birthdate(self) -> str:
        """A presumed date completed with 01, as FranceConnect sends it (FS-08)."""
        return "-".join("01" if part == "00" else part for part in self.birthdate.split("-"))


PEOPLE = (
    Person("rose", ("Rose", "Marie"), "MARTIN", "1955-03-12", "female", "75107", email="rose.martin@mail.example"),
    Person("andrei", ("Andrei",), "POPESCU", "1988-07-02", "male", "", "99114", email="andrei.popescu@mail.example"),
    Person("amina", ("Amina",), "BENALI", "1946-00-00", "female", "", "99352", email="amina.benali@mail.example"),
    Person("lucien", ("Lucien", "Joseph", "André"), "LEFÈVRE", "1938-11-30", "male", "2A004"),
    Person("camille", ("Camille",), "MOREAU", "1990-05-17", "unspecified", "97411", preferred_username="DURAND",
           email="camille.durand@mail.example"),
    Person("jeanne", ("Jeanne",), "ROUSSEL", "1931-02-08", "female", "59350", email="jeanne.roussel@mail.example",
           deceased=True),
)  # fmt: skip


def find_in_register(people: tuple[Person, ...], claims: dict[str, object]) -> list[Person]:
    """The records that match an identity: civil names, date, gender, places (FI-13)."""
    return [person for person in people if _matches(person, claims)]


def _matches(person: Person, claims: dict[str, object]) -> bool:
    return (
        _letters(claims.get("given_name")) == _letters(" ".join(person.given_names))
        and _letters(claims.get("family_name")) == _letters(person.family_name)
        # What the register answers to a presumed date completed with 01 is not documented: both are found here.
        and claims.get("birthdate") in {person.birthdate, person.completed_birthdate}
        and claims.get("gender") == person.gender
        and claims.get("birthcountry") == person.birthcountry
        and (claims.get("birthplace") or "") == person.birthplace
    )


def _letters(name: object) -> str:
    """A name as the register compares it: capital letters without accents."""
    plain = unicodedata.normalize("NFKD", str(name or "")).upper()
    return " ".join(
        "".join(c if c.isalpha() else " " for c in plain if not unicodedata.combining(c)).split()
    )
