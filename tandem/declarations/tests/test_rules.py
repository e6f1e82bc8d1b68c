from datetime import date

import pytest

from tandem.declarations.rules import (
    AmountRefused,
    Period,
    Provenance,
    Value,
    changes,
    grouped,
    number_words,
    origin_words,
    period_words,
    placed,
    read_amount,
    read_number,
    repeated,
    sourced,
    unpacked,
    unsourced,
    value_words,
)
from tandem.referentiels.declared import LineKind
from tandem.referentiels.queries import declared_form

RSA = declared_form("caf-declaration-trimestrielle-rsa")
assert RSA is not None
PERIOD = Period(RSA, date(2026, 7, 1))


class TestAmounts:
    @pytest.mark.parametrize(
        ("typed", "cents"),
        [
            ("412", 41200),
            ("412,50", 41250),
            ("412.5", 41250),
            ("1 234,50 €", 123450),
            ("1\u202f234,50\u00a0€", 123450),
            ("€ 12", 1200),
            ("0", 0),
            ("  ", None),
            ("", None),
            ("999 999,99", 99_999_999),
        ],
    )
    def test_are_read_as_people_write_them(self, typed: str, cents: int | None) -> None:
        assert read_amount(typed) == cents

    @pytest.mark.parametrize(
        "typed",
        [
            "-5", "\u2212 5", "1e99", "1,234.50", "1.234,50", "12,345", "0x10", "NaN", "inf", "12 34", "1 2345",
            "1000000", "9" * 40, "douze", "12,", ",5", "<script>", "12;13",
        ],
    )  # fmt: skip
    def test_are_refused_rather_than_guessed(self, typed: str) -> None:
        with pytest.raises(AmountRefused) as refused:
            read_amount(typed)
        assert str(refused.value)

    def test_digits_of_other_scripts_are_the_same_numbers(self) -> None:
        assert read_amount("٤١٢") == 41200

    def test_hours_are_no_money(self) -> None:
        assert read_number("35,5") == 3550
        with pytest.raises(AmountRefused):
            read_number("35 €")
        with pytest.raises(AmountRefused):
            read_number("10000")

    def test_are_written_so_that_they_are_read_aloud_well(self) -> None:
        """A-16."""
        assert number_words(123450) == "1\u00a0234,50"
        assert number_words(0) == "0"
        assert value_words(Value("salaire", number=41205), LineKind.MONEY) == "412,05\u00a0€"
        assert value_words(Value("heures", number=3500), LineKind.NUMBER) == "35"
        assert value_words(None, LineKind.MONEY) == ""


class TestProvenance:
    def test_what_did_not_change_keeps_its_origin_what_changed_takes_the_one_chosen(self) -> None:
        """P-17."""
        known = placed(
            [Value("salaire", 0, 0, 100, provenance="dit", named="comme la dernière fois")]
        )
        typed = [Value("salaire", 0, 0, 100), Value("salaire", 0, 1, 200)]

        kept, changed = sourced(typed, known, {("", 0): ("document", "fiche de mai")})

        assert (kept.provenance, kept.named) == ("dit", "comme la dernière fois")
        assert (changed.provenance, changed.named) == ("document", "fiche de mai")

    def test_a_value_that_changed_never_keeps_the_origin_of_another(self) -> None:
        """P-17: « comme la dernière fois » is not said of what is not."""
        known = placed(
            [Value("salaire", 0, 0, 100, provenance="dit", named="comme la dernière fois")]
        )

        (found,) = sourced([Value("salaire", 0, 0, 999)], known, {})

        assert found.provenance == ""
        assert unsourced([found]) == 1

    def test_an_origin_chosen_for_a_line_wins(self) -> None:
        known = placed([Value("salaire", 0, 0, 100, provenance="dit")])
        chosen = {("", 0): ("dit", ""), ("salaire", 0): ("service", "")}

        (found,) = sourced([Value("salaire", 0, 0, 100)], known, chosen)

        assert found.provenance == Provenance.GIVEN

    def test_what_was_read_on_a_document_last_time_is_only_said_again(self) -> None:
        """P-17."""
        (found,) = repeated(
            [Value("salaire", 0, 0, 100, provenance="document", named="fiche de mai")]
        )
        assert origin_words(found) == "dit par la personne\u00a0: comme la dernière fois"

    def test_an_unknown_origin_is_none(self) -> None:
        assert unsourced([Value("salaire", provenance="inventée")]) == 1
        assert origin_words(Value("salaire")) == "origine à dire"


class TestGroups:
    def test_each_line_by_person_and_month_the_former_beside(self) -> None:
        now = placed([Value("salaire", 1, 0, 100)])
        before = placed([Value("salaire", 1, 0, 90), Value("salaire", 1, 2, 5)])

        groups = grouped(PERIOD, ["Rose", "Paul"], now, before, ["chomage"])

        paul = next(group for group in groups if group.title == "Salaires – Paul")
        assert [month for month, _now, _before in paul.rows] == [
            "juillet 2026",
            "août 2026",
            "septembre 2026",
        ]
        assert paul.rows[0][1:] == (now["salaire", 1, 0], before["salaire", 1, 0])
        assert [change.after for change in changes([paul])] == ["1\u00a0€", ""]
        assert sum(group.line.key == "changement" for group in groups) == 1
        assert all(group.refused for group in groups if group.line.key == "chomage")

    def test_values_come_back_as_they_were_kept(self) -> None:
        value = Value("salaire", 1, 2, 41250, "", "dit", "comme la dernière fois")
        assert unpacked([value.packed()]) == [value]


@pytest.mark.parametrize(
    ("first", "months", "words"),
    [
        (date(2026, 7, 1), 3, "de juillet à septembre 2026"),
        (date(2025, 11, 1), 3, "de novembre 2025 à janvier 2026"),
        (date(2026, 5, 1), 1, "mai 2026"),
        (date(2025, 1, 1), 12, "année 2025"),
    ],
)
def test_a_period_is_said_in_words(first: date, months: int, words: str) -> None:
    assert period_words(first, months) == words
