import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.kernel.text import clean_line, clean_text, normalise_name, strip_bidi


@pytest.mark.parametrize(
    ("typed", "compared"),
    [
        ("Éloïse", "eloise"),
        ("  DUPONT-Martin ", "dupont martin"),
        ("d’Artagnan", "d artagnan"),
        ("d'Artagnan", "d artagnan"),
        ("Cœur", "coeur"),
        ("Œuvrard", "oeuvrard"),
        ("Strauß", "strauss"),
        ("N'Guyên Thị", "n guyen thi"),
        ("Łukasz", "lukasz"),
        ("أمينة", "امينة"),
        ("E\u0301loi\u0308se", "eloise"),
        ("\u202eesor", "esor"),
        ("", ""),
    ],
)
def test_names_are_compared_without_accents_nor_case(typed: str, compared: str) -> None:
    assert normalise_name(typed) == compared


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise_name(text)

    assert normalise_name(once) == once


@pytest.mark.parametrize("mark", [chr(code) for code in (0x202E, 0x2066, 0x200F, 0x061C)])
def test_direction_marks_are_dropped(mark: str) -> None:
    """B.2, content injector: a name never turns the line it stands in."""
    assert strip_bidi(f"Ro{mark}se") == "Rose"


def test_lines_are_kept_apart_and_controls_dropped() -> None:
    assert clean_text(" un\r\ndeux\x00\u200b\ttrois\ud800 ") == "un\ndeux\ttrois"
    assert clean_line(" un\r\ndeux\x00\ttrois ") == "un deux trois"
