import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.impression.management.commands.fonts_prepare import ranges
from tandem.impression.rules import (
    LONGEST_WORD,
    REPLACEMENT,
    Json,
    drawable,
    grouped,
    initials,
    printable,
    printable_data,
)


class TestPrintable:
    @pytest.mark.parametrize(
        ("text", "printed"),
        [
            ("Zoë d’Œuvre-Łódź", "Zoë d’Œuvre-Łódź"),
            ("Андрей Ελένη Nguyễn آمنة", "Андрей Ελένη Nguyễn آمنة"),
            ("a\u202eb\u2066c", "abc"),
            ("日本", REPLACEMENT * 2),
            ("👩🏽\u200d🦽", REPLACEMENT * 3),
            ("a\u3000b", "a b"),
        ],
    )
    def test_keeps_what_the_fonts_draw(self, text: str, printed: str) -> None:
        assert printable(text) == printed

    def test_lets_a_very_long_word_break(self) -> None:
        assert "\u200b" in printable("x" * LONGEST_WORD)
        assert printable("x" * (LONGEST_WORD - 1)) == "x" * (LONGEST_WORD - 1)

    def test_leaves_an_address_as_it_is(self) -> None:
        address = (
            "https://tandem.exemple-de-commune.example/verifier/3467-89QW-ERTY-UPAD-FGHJ-KLXC-VBNM"
        )
        assert printable(address) == address

    @given(st.text())
    def test_holds_only_what_can_be_drawn(self, text: str) -> None:
        assert {ord(letter) for letter in printable(text)} <= drawable() | {0x200B, 10, 9}

    @given(st.text())
    def test_never_grows_much(self, text: str) -> None:
        assert len(printable(text)) <= 2 * len(text) + 1

    def test_reaches_every_string_of_the_data(self) -> None:
        data: Json = {"a": ["日", {"b": "日"}], "n": 3, "none": None, "yes": True}

        assert printable_data(data) == {
            "a": [REPLACEMENT, {"b": REPLACEMENT}],
            "n": 3,
            "none": None,
            "yes": True,
        }


class TestWords:
    def test_initials(self) -> None:
        """P-29."""
        assert initials("rose marie", "Durand") == "R. D."
        assert initials("", "Durand") == "D."

    def test_groups(self) -> None:
        assert grouped("0123456789ab") == "01234567 89ab"
        assert grouped("346789", 4) == "3467 89"


class TestRanges:
    def test_are_the_points_again(self) -> None:
        assert ranges({65, 66, 67, 90}) == ["41-43", "5A"]
