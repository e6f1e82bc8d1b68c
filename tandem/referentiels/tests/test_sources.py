import re

import pytest

from tandem.referentiels import sources
from tandem.referentiels.rules import REP_SCOPES, GraveAct
from tandem.ui.icons import PICTOGRAMS

CATALOGUE = sources.catalogue()
EVERY_TEXT = [theme.description for theme in CATALOGUE.themes] + [
    demarche.description for demarche in CATALOGUE.demarches
]


class TestCatalogue:
    def test_holds_at_least_sixty_demarches_in_the_ten_themes(self) -> None:
        per_theme = {
            key: sum(demarche.theme == key for demarche in CATALOGUE.demarches)
            for key in REP_SCOPES
        }

        assert len(CATALOGUE.demarches) >= 60
        assert min(per_theme.values()) >= 5

    def test_has_a_pictogram_for_each_theme(self) -> None:
        assert {theme.key for theme in CATALOGUE.themes} == set(PICTOGRAMS)

    def test_says_who_made_it_and_under_which_licence(self) -> None:
        for name in ("themes.toml", "demarches.toml", "communes.toml"):
            header = sources.read_data(name)
            assert header["version"]
            assert header["source"]
            assert header["licence"]

    @pytest.mark.parametrize("text", EVERY_TEXT)
    def test_speaks_in_short_sentences(self, text: str) -> None:
        """A-09: 25 words at most in a sentence."""
        for sentence in re.split(r"[.!?:;]\s", text):
            assert len(sentence.split()) <= 25

    def test_never_hesitates(self) -> None:
        assert not [text for text in EVERY_TEXT if "vérifier)" in text or "?" in text]

    def test_never_puts_a_private_body_behind_franceconnect(self) -> None:
        assert not [row for row in CATALOGUE.demarches if row.private and row.franceconnect]

    def test_warns_of_every_change_of_bank_account(self) -> None:
        """The name says « compte bancaire »: the aidant is warned."""
        changes = [row for row in CATALOGUE.demarches if "changement-rib" in row.slug]

        assert len(changes) >= 3
        assert all(GraveAct.CHANGER_IBAN in row.grave_acts for row in changes)

    def test_asks_for_no_password(self) -> None:
        """P-12: nobody is asked to bring a password."""
        brought = " ".join(" ".join(row.to_bring) for row in CATALOGUE.demarches).lower()

        assert "mot de passe" not in brought
        assert "identifiants" not in brought


class TestCountries:
    def test_know_france_and_the_world(self) -> None:
        names = sources.country_names()

        assert names["99100"] == "France"
        assert names["99352"] == "Algérie"
        assert len(names) > 190
        assert all(re.fullmatch(r"99\d{3}", code) for code in names)


class TestCommunes:
    def test_are_all_there_with_their_postcodes(self) -> None:
        rows = {row.insee: row for row in sources.communes()}

        assert len(rows) > 36_000
        assert rows["75056"].name == "Paris"
        assert "75011" in rows["75056"].postcodes.split()
        assert rows["2A004"].name == "Ajaccio"
        assert rows["97411"].name == "Saint-Denis"
        assert not rows["02285"].current
