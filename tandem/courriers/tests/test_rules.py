"""Pure rules: filling, what is missing, layout, counting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.courriers.rules import (
    FIELDS,
    Content,
    LimitUnit,
    blocks_of,
    count,
    fill,
    missing_in,
    runs_of,
    to_complete,
    typeset,
)


def content(**texts: str) -> Content:
    names = (
        "letterhead",
        "sender_lines",
        "recipient",
        "place_date",
        "subject",
        "body",
        "signature",
    )
    return Content.cleaned(**{name: texts.get(name, "") for name in names})


class TestFilling:
    def test_puts_values_in_their_place_and_says_what_is_missing(self) -> None:
        text = fill("Je dois {montant} au {service}.", {"montant": "430 €"})

        assert text == "Je dois 430 € au [… à compléter : le nom du service]."
        assert missing_in(text) == ["le nom du service"]

    def test_reads_no_field_in_what_was_typed(self) -> None:
        """What a person types is never a template."""
        assert fill("{motif}", {"motif": "{personne} {montant}"}) == "{personne} {montant}"

    def test_refuses_a_field_outside_the_list(self) -> None:
        with pytest.raises(KeyError):
            fill("{inconnu}", {})

    def test_finds_what_is_missing_whatever_spaces_surround_it(self) -> None:
        """A page may have put non-breaking spaces; a hand may have typed the mark."""
        text = "[…\N{NO-BREAK SPACE}à compléter\N{NO-BREAK SPACE}: la somme] et [… à compléter]"
        assert missing_in(text) == ["la somme", "une mention"]

    @given(st.sampled_from(sorted(FIELDS)))
    def test_marks_every_field_so_that_it_is_found_again(self, name: str) -> None:
        assert missing_in(to_complete(FIELDS[name].label)) == [str(FIELDS[name].label)]

    def test_looks_everywhere_in_the_letter(self) -> None:
        hole = to_complete("la ville")
        assert content(place_date=hole, recipient=hole).missing == ["la ville"]
        assert content(subject="Rien ne manque").missing == []


class TestLayout:
    def test_parts_paragraphs_and_lists(self) -> None:
        blocks = blocks_of("Bonjour,\nmadame\n\nJe demande :\n- ceci ;\n- cela.\n\n\nMerci")

        told = [(b.kind, ["".join(r.text for r in line) for line in b.lines]) for b in blocks]
        assert told == [
            ("paragraph", ["Bonjour,", "madame"]),
            ("paragraph", ["Je demande :"]),
            ("list", ["ceci ;", "cela."]),
            ("paragraph", ["Merci"]),
        ]

    def test_marks_what_is_missing_in_a_line(self) -> None:
        runs = runs_of("Le [… à compléter : la date], chez nous")
        assert [(run.text, run.missing) for run in runs] == [
            ("Le ", False),
            ("[… à compléter : la date]", True),
            (", chez nous", False),
        ]

    @given(st.text(max_size=200))
    def test_loses_no_word(self, text: str) -> None:
        """Whatever is typed is laid out, but dashes that begin an item."""
        laid = " ".join("".join(r.text for r in line) for b in blocks_of(text) for line in b.lines)
        words = [word for word in Content.cleaned(**{**_EMPTY, "body": text}).body.split() if word]
        assert [w for w in words if w not in {"-", "–", "•"}] == [
            w for w in laid.split() if w not in {"-", "–", "•"}
        ]

    def test_keeps_signs_to_their_word(self) -> None:
        assert typeset("Objet : « oui » ?") == "Objet\u00a0: «\u00a0oui\u00a0»\u00a0?"


_EMPTY = dict.fromkeys(
    ("letterhead", "sender_lines", "recipient", "place_date", "subject", "body", "signature"), ""
)


class TestCounting:
    @pytest.mark.parametrize(
        ("text", "words", "characters"),
        [
            ("", 0, 0),
            ("Été à 10 h", 4, 10),
            ("a\r\nb", 2, 3),
            ("  deux  mots  ", 2, 10),
            ("🌹", 1, 1),
        ],
    )
    def test_counts_as_online_forms_do(self, text: str, words: int, characters: int) -> None:
        assert (count(text).words, count(text).characters) == (words, characters)

    def test_says_by_how_much_the_limit_is_passed(self) -> None:
        counted = count("un deux trois")
        assert counted.over(2, LimitUnit.WORDS) == 1
        assert counted.over(3, LimitUnit.WORDS) == 0
        assert counted.over(10, LimitUnit.CHARACTERS) == 3
        assert counted.over(None, LimitUnit.WORDS) == 0
