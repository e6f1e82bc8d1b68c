"""The identity handed over: FranceConnect takes it, and nothing more is said."""

from dataclasses import replace

import pytest

from tandem.oidc_provider.rules import identity
from tandem.oidc_provider.rules.identity import Person

ROSE = Person(
    given_names="Rose  Marie Léonie",
    family_name="MARTIN",
    preferred_name="",
    birthdate="1955-03-08",
    gender="female",
    birthplace="35238",
    birthcountry="99100",
    email="rose@example.org",
)
EVERYTHING = ("openid", "profile", "email", "birth")


class TestAnIdentity:
    def test_is_fit_for_franceconnect(self) -> None:
        assert identity.problem(ROSE, scopes=EVERYTHING) is None

    @pytest.mark.parametrize(
        ("field", "value", "wrong"),
        [
            ("given_names", "", "given_name"), ("given_names", " ", "given_name"),
            ("given_names", "a" * 257, "given_name"), ("family_name", "", "family_name"),
            ("birthdate", "08/03/1955", "birthdate"), ("birthdate", "1955-02-30", "birthdate"),
            ("birthdate", "1955-00-08", "birthdate"), ("birthdate", "1955-13-00", "birthdate"),
            ("birthdate", "", "birthdate"), ("gender", "F", "gender"), ("gender", "", "gender"),
            ("birthcountry", "FR", "birthcountry"), ("birthcountry", "", "birthcountry"),
            ("birthplace", "", "birthplace"), ("birthplace", "Rennes", "birthplace"),
            ("birthplace", "3523٨", "birthplace"),
        ],
    )  # fmt: skip
    def test_is_not_when_one_field_is_wrong(self, field: str, value: str, wrong: str) -> None:
        """FI-12."""
        assert identity.problem(replace(ROSE, **{field: value}), scopes=EVERYTHING) == wrong

    @pytest.mark.parametrize("birthdate", ["1946-00-00", "1946-07-00", "2000-02-29"])
    def test_may_have_a_presumed_date_of_birth(self, birthdate: str) -> None:
        """FI-12: given as the register holds it, never completed."""
        presumed = replace(ROSE, birthdate=birthdate)

        assert identity.problem(presumed, scopes=EVERYTHING) is None
        assert identity.claims(presumed, sub="s", scopes=EVERYTHING)["birthdate"] == birthdate

    @pytest.mark.parametrize("place", ["2A004", "97209"])
    def test_may_be_of_corsica_or_overseas(self, place: str) -> None:
        assert identity.problem(replace(ROSE, birthplace=place), scopes=EVERYTHING) is None


class TestUserinfo:
    def test_says_the_civil_names_and_nothing_else(self) -> None:
        """FI-12, FI-13, FI-14: all given names separated by spaces."""
        assert identity.claims(ROSE, sub="s", scopes=EVERYTHING) == {
            "sub": "s",
            "given_name": "Rose Marie Léonie",
            "family_name": "MARTIN",
            "birthdate": "1955-03-08",
            "gender": "female",
            "birthplace": "35238",
            "birthcountry": "99100",
            "email": "rose@example.org",
        }

    @pytest.mark.parametrize(
        ("scopes", "names"),
        [
            (("openid",), {"sub"}),
            (("openid", "email"), {"sub", "email"}),
            (("openid", "birth"), {"sub", "birthplace", "birthcountry"}),
            (("openid", "profile"), {"sub", "given_name", "family_name", "birthdate", "gender"}),
        ],
    )
    def test_says_what_the_scopes_say(self, scopes: tuple[str, ...], names: set[str]) -> None:
        """S-07."""
        assert set(identity.claims(ROSE, sub="s", scopes=scopes)) == names

    def test_gives_no_birthplace_abroad(self) -> None:
        """FI-12: empty out of France."""
        abroad = replace(ROSE, birthcountry="99216", birthplace="")

        assert identity.problem(abroad, scopes=EVERYTHING) is None
        assert identity.claims(abroad, sub="s", scopes=EVERYTHING)["birthplace"] == ""

    def test_gives_the_name_used_when_there_is_one(self) -> None:
        said = identity.claims(replace(ROSE, preferred_name="DUPONT"), sub="s", scopes=EVERYTHING)

        assert said["preferred_username"] == "DUPONT"

    @pytest.mark.parametrize(
        "email", ["", "a..b@x.org", ".a@x.org", "a@x", "a b@x.org", "a@x.org\n"]
    )
    def test_is_not_given_without_an_address_that_franceconnect_takes(self, email: str) -> None:
        """FI-12: the whole identity would be refused with it; nobody else needs one."""
        person = replace(ROSE, email=email)

        assert identity.problem(person, scopes=EVERYTHING) == "email"
        assert identity.problem(person, scopes=("openid", "profile", "birth")) is None
        assert "email" not in identity.claims(person, sub="s", scopes=EVERYTHING)

    def test_is_never_printed(self) -> None:
        assert "MARTIN" not in repr(ROSE)
