"""What changed between two texts, and contacts that are someone's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.fiches.rules import Piece, difference, personal_contact


class TestADifference:
    def test_names_what_came_and_what_went(self) -> None:
        assert difference("La case 1AJ d’abord.", "La case 1BJ d’abord.") == [
            Piece("same", "La case "),
            Piece("removed", "1AJ "),
            Piece("added", "1BJ "),
            Piece("same", "d’abord."),
        ]

    @given(
        st.text(alphabet="abc \n", max_size=40).map(str.strip),
        st.text(alphabet="abc \n", max_size=40).map(str.strip),
    )
    def test_loses_no_word_of_either_text(self, before: str, after: str) -> None:
        pieces = difference(before, after)
        old = "".join(p.text for p in pieces if p.kind != "added")
        new = "".join(p.text for p in pieces if p.kind != "removed")
        assert (old.split(), new) == (before.split(), after)


class TestAPersonalContact:
    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("Mme Petit 06 12 34 56 78", "mobile"),
            ("+33 7 12 34 56 78", "mobile"),
            ("paul.petit@gmail.com", "mail"),
            ("standard 01 23 45 67 89, accueil@caf.example", ""),
            ("3230, choix 2, de 9 h à 16 h 30", ""),
        ],
    )
    def test_is_told_from_a_service(self, text: str, kind: str) -> None:
        assert personal_contact(text) == kind
