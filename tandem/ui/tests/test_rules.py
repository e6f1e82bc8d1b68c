"""Dates and spans in French words."""

from datetime import UTC, date, datetime, time

import pytest

from tandem.ui import rules

TODAY = date(2026, 11, 2)


class TestADate:
    def test_is_written_in_full_the_day_bound_to_its_month(self) -> None:
        assert rules.date_words(date(2027, 3, 12)) == "12\xa0mars 2027"

    def test_of_the_first_day_of_a_month_is_an_ordinal(self) -> None:
        assert rules.date_words(date(2027, 8, 1)) == "1er\xa0août 2027"

    def test_of_a_month_alone_has_no_day(self) -> None:
        assert rules.month_words(date(2027, 8, 1)) == "août 2027"


class TestATime:
    @pytest.mark.parametrize(
        ("moment", "words"), [(time(9, 0), "9\xa0h"), (time(14, 5), "14\xa0h\xa005")]
    )
    def test_is_written_with_an_h(self, moment: time, words: str) -> None:
        assert rules.time_words(moment) == words

    def test_follows_the_date(self) -> None:
        moment = datetime(2027, 3, 12, 14, 30, tzinfo=UTC)
        assert rules.moment_words(moment) == "12\xa0mars 2027 à 14\xa0h\xa030"


class TestTheLastDay:
    def test_of_an_end_at_midnight_is_the_day_before(self) -> None:
        assert rules.last_day(datetime(2027, 3, 13, 0, 0, tzinfo=UTC)) == date(2027, 3, 12)

    def test_of_an_end_in_the_last_second_is_that_day(self) -> None:
        assert rules.last_day(datetime(2027, 3, 12, 23, 59, 59, tzinfo=UTC)) == date(2027, 3, 12)


class TestASpan:
    @pytest.mark.parametrize(
        ("day", "words"),
        [
            (date(2026, 11, 1), "terminé"),
            (date(2026, 11, 2), "aujourd’hui"),
            (date(2026, 11, 3), "demain"),
            (date(2026, 11, 4), "dans 2\xa0jours"),
            (date(2026, 12, 3), "dans 31\xa0jours"),
            (date(2026, 12, 4), "dans 1\xa0mois"),
            (date(2027, 1, 1), "dans 1\xa0mois"),
            (date(2027, 1, 2), "dans 2\xa0mois"),
            (date(2027, 11, 2), "dans 12\xa0mois"),
            (date(2028, 11, 1), "dans 23\xa0mois"),
            (date(2028, 11, 2), "dans 2\xa0ans"),
            (date(2027, 11, 1), "dans 11\xa0mois"),
        ],
    )
    def test_is_said_in_the_unit_a_person_would_use(self, day: date, words: str) -> None:
        assert rules.span_words(TODAY, day) == words
