from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.referentiels.public_days import (
    add_months,
    add_working_days,
    easter,
    is_working_day,
    next_working_day,
    previous_working_day,
    public_holidays,
)

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31))


class TestEaster:
    @pytest.mark.parametrize(
        "day",
        [date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28), date(2038, 4, 25),
         date(2008, 3, 23), date(2049, 4, 18), date(2100, 3, 28)],
    )  # fmt: skip
    def test_falls_on_the_days_of_the_almanac(self, day: date) -> None:
        assert easter(day.year) == day

    @given(st.integers(1900, 2199))
    def test_is_a_sunday_between_march_22_and_april_25(self, year: int) -> None:
        day = easter(year)

        assert day.weekday() == 6
        assert date(year, 3, 22) <= day <= date(year, 4, 25)


class TestPublicHolidays:
    def test_are_the_eleven_of_2026(self) -> None:
        assert sorted(public_holidays(2026)) == [
            date(2026, 1, 1), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 14),
            date(2026, 5, 25), date(2026, 7, 14), date(2026, 8, 15), date(2026, 11, 1), date(2026, 11, 11),
            date(2026, 12, 25),
        ]  # fmt: skip


class TestWorkingDays:
    @given(DAYS)
    def test_are_found_on_both_sides(self, day: date) -> None:
        after, before = next_working_day(day), previous_working_day(day)

        assert before <= day <= after
        assert is_working_day(before)
        assert is_working_day(after)
        assert (after == day) == is_working_day(day) == (before == day)

    @given(DAYS, st.integers(1, 60))
    def test_add_up(self, day: date, count: int) -> None:
        end = add_working_days(day, count)
        between = [day + timedelta(days=n) for n in range(1, (end - day).days + 1)]

        assert sum(is_working_day(one) for one in between) == count


class TestAddMonths:
    @given(DAYS, st.integers(-60, 60))
    def test_lands_in_the_right_month(self, day: date, months: int) -> None:
        end = add_months(day, months)

        assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == months
        assert end.day == day.day or (end + timedelta(days=1)).day == 1
