import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.referentiels.rules import (
    FRESH_CONFIRMATION_THEMES,
    REP_SCOPES,
    InvalidScope,
    Scope,
    fold,
    overlaps,
)

THEME_OF = {
    "declaration-revenus": "argent",
    "avis-imposition": "argent",
    "caf-rsa-demande": "social",
}


class TestRepScopes:
    def test_are_franceconnects_ten_labels(self) -> None:
        """FI-03: the labels are compared byte for byte by FranceConnect."""
        assert list(REP_SCOPES.values()) == [
            "Papier-Citoyenneté-Elections",
            "Famille-Scolarité",
            "Social-Santé",
            "Travail-Formation",
            "Logement",
            "Transports-Mobilité",
            "Argent-Impots-Consommation",
            "Justice",
            "Etranger-Europe",
            "Loisirs-Sport-Culture",
        ]

    def test_ask_again_for_money_and_justice(self) -> None:
        """P-06: these two thèmes need the person's fresh confirmation."""
        assert {"argent", "justice"} == FRESH_CONFIRMATION_THEMES


class TestScope:
    @pytest.mark.parametrize("text", ["theme:argent", "demarche:declaration-revenus"])
    def test_reads_what_it_writes(self, text: str) -> None:
        assert str(Scope.parse(text)) == text

    @pytest.mark.parametrize(
        "text",
        ["", "argent", "theme:", "theme:tout", "*", "theme:argent ", "demarche:Été", "demarche:a b",
         "autre:argent", "theme:argent:justice", "demarche:" + "a" * 81],
    )  # fmt: skip
    def test_refuses_anything_else(self, text: str) -> None:
        """P-01: the object of a mandat is never « all »."""
        with pytest.raises(InvalidScope):
            Scope.parse(text)

    @given(st.text())
    def test_never_breaks_on_any_text(self, text: str) -> None:
        try:
            scope = Scope.parse(text)
        except InvalidScope:
            return
        assert str(scope) == text


class TestOverlaps:
    def test_finds_a_demarche_inside_its_theme(self) -> None:
        scopes = ["demarche:declaration-revenus", "theme:argent"]

        assert overlaps(scopes, theme_of=THEME_OF) == [tuple(scopes)]

    def test_finds_the_same_line_twice(self) -> None:
        assert overlaps(["theme:argent", "theme:argent"], theme_of=THEME_OF) == [
            ("theme:argent", "theme:argent")
        ]

    def test_leaves_what_is_apart(self) -> None:
        scopes = ["theme:social", "demarche:declaration-revenus", "demarche:avis-imposition"]

        assert overlaps(scopes, theme_of=THEME_OF) == []


class TestFold:
    @pytest.mark.parametrize(
        ("text", "folded"),
        [
            ("Impôts (impots.gouv.fr)", "impots impots gouv fr"),
            ("L’Haÿ-les-Roses", "l hay les roses"),
            ("Œuf  ÆTHER", "oeuf aether"),
            ("", ""),
        ],
    )
    def test_forgets_accents_and_case(self, text: str, folded: str) -> None:
        assert fold(text) == folded

    @given(st.text())
    def test_says_twice_what_it_says_once(self, text: str) -> None:
        assert fold(fold(text)) == fold(text)
