import hashlib

import pytest

from tandem.structures import charte, rules


class TestASiret:
    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("21350238800019", "21350238800019"),
            ("213 502 388 00019", "21350238800019"),
            # La Poste: the sum of the digits is a multiple of five, Luhn does not hold.
            ("356 000 000 49837", "35600000049837"),
            ("21350238800018", ""),
            ("2135023880001", ""),
            ("", ""),
            ("213502388000١٩", ""),
        ],
    )
    def test_is_kept_as_fourteen_digits_or_refused(self, typed: str, kept: str) -> None:
        assert rules.clean_siret(typed) == kept

    def test_is_printed_by_groups(self) -> None:
        assert rules.format_siret("21350238800019") == "213 502 388 00019"


class TestThemes:
    def test_an_empty_restriction_restricts_nothing(self) -> None:
        assert rules.theme_is_allowed("argent", [], [])

    @pytest.mark.parametrize(
        ("structure", "affectation"), [(["social"], []), ([], ["social"]), (["argent"], ["social"])]
    )
    def test_each_restriction_is_enough_to_close_a_theme(
        self, structure: list[str], affectation: list[str]
    ) -> None:
        assert not rules.theme_is_allowed("argent", structure, affectation)

    def test_what_remains_keeps_the_order_of_the_catalogue(self) -> None:
        assert rules.allowed_themes(["papiers", "social", "argent"], ["argent", "papiers"], []) == [
            "papiers",
            "argent",
        ]


class TestTheCharte:
    # A published version never changes: a new text is a new file (P-04).
    PUBLISHED = {"2026-11": "cf3ababcd76b7893fb0d561a0a2d1e82e3efed56edd7e90ce61315a8a68b447e"}

    def test_is_published_for_ever(self) -> None:
        found = {
            path.stem.removeprefix("charte-"): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in charte.TEXTES.glob("charte-*.toml")
        }
        assert found == self.PUBLISHED

    def test_says_each_commitment_in_one_sentence_and_what_shows_it(self) -> None:
        text = charte.read_charte()

        assert text.version == charte.CURRENT_VERSION
        assert len(text.commitments) >= 10
        for commitment in text.commitments:
            assert commitment.text.count(".") == 1
            assert commitment.text.endswith(".")
            assert len(commitment.text.split()) <= 25
            assert commitment.control
