"""What may be shown: small figures stay hidden, whatever is put side by side."""

from datetime import UTC, date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tandem.pilotage import rules
from tandem.pilotage.rules import SMALLEST_SHOWN, Cell

PARIS = ZoneInfo("Europe/Paris")
COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 60), max_size=6)


def computed(months: list[dict[str, int]], year: dict[str, Cell]) -> list[tuple[int, str]]:
    """The hidden figures that linear algebra takes out of what is told: the total of each month when it is eleven
    at least, and the year of each line that is given whole."""
    published = [rules.publish(counts) for counts in months]
    cells = [(m, key) for m, shown in enumerate(published) for key in shown if shown[key] is None]
    sums = [
        [Fraction(m == month) for m, _key in cells]
        for month, counts in enumerate(months)
        if sum(counts.values()) >= SMALLEST_SHOWN
    ]
    whole = [key for key, cell in year.items() if cell.value is not None and not cell.at_least]
    sums += [[Fraction(key == line) for _m, key in cells] for line in whole]
    known = [row for row in reduced(sums) if sum(map(bool, row)) == 1]
    return [cells[next(i for i, value in enumerate(row) if value)] for row in known]


def reduced(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    """The same equations, each unknown alone where it can be (Gauss and Jordan)."""
    done: list[list[Fraction]] = []
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        lead = [value / pivot[column] for value in pivot]
        rows, done = ([less(row, lead, column) for row in some] for some in (rows, done))
        done.append(lead)
    return done


def less(row: list[Fraction], lead: list[Fraction], column: int) -> list[Fraction]:
    return [a - row[column] * b for a, b in zip(row, lead, strict=True)]


class TestATable:
    def test_hides_what_is_small_and_one_more_to_hide_it(self) -> None:
        """S-54: alone, 3 would be the total less the rest."""
        assert rules.publish({"a": 3, "b": 40, "c": 12}) == {"a": None, "b": 40, "c": None}

    def test_shows_what_is_large_and_what_is_nothing(self) -> None:
        assert rules.publish({"a": 11, "b": 0}) == {"a": 11, "b": 0}

    @given(COUNTS)
    def test_never_shows_nor_gives_away_a_small_count(self, counts: dict[str, int]) -> None:
        """S-54: with the exact total from elsewhere, what is hidden is still eleven or more, over two lines."""
        shown = rules.publish(counts)
        hidden = [counts[key] for key, value in shown.items() if value is None]
        assert all(not 0 < value < SMALLEST_SHOWN for value in shown.values() if value is not None)
        assert all(value == counts[key] for key, value in shown.items() if value is not None)
        if hidden and any(shown[key] for key in shown):
            assert len(hidden) > 1
            assert sum(hidden) >= SMALLEST_SHOWN


class TestAYear:
    def test_gives_what_its_months_show_when_they_hide_little(self) -> None:
        """S-54: 15 + 15 shown, 4 hidden: a year of 34 would tell the 4."""
        cells = rules.publish_year([{"a": 15}, {"a": 4}, {"a": 15}])
        assert cells == {"a": Cell(30, at_least=True)}

    def test_gives_the_whole_when_its_months_hide_enough(self) -> None:
        assert rules.publish_year([{"a": 6}, {"a": 6}]) == {"a": Cell(12)}

    def test_gives_no_month_away_that_gives_its_neighbour_away(self) -> None:
        """S-54: 50 and 3 hidden in one month of 53: a whole year of the first would tell the 50, hence the 3."""
        months = [{"a": 50, "b": 3}, {"a": 40, "b": 20}]
        assert rules.publish_year(months) == {
            "a": Cell(40, at_least=True), "b": Cell(20, at_least=True),
        }  # fmt: skip

    def test_says_nothing_when_no_month_shows_anything(self) -> None:
        assert rules.publish_year([{"a": 3, "b": 40, "c": 12}])["a"] == Cell(None)

    @given(st.lists(COUNTS, min_size=1, max_size=5))
    @settings(max_examples=300)
    def test_lets_nobody_compute_what_a_month_hides(self, months: list[dict[str, int]]) -> None:
        """S-54: every total of a month known from elsewhere, every year as it is told: no figure comes out."""
        assert computed(months, rules.publish_year(months)) == []

    def test_would_be_seen_to_give_away(self) -> None:
        """The control of the former: the whole year of each line gives the small figures of a month away."""
        months = [{"a": 50, "b": 3}, {"a": 40, "b": 20}]
        whole = {"a": Cell(90), "b": Cell(23)}
        assert computed(months, whole) == [(0, "a"), (0, "b")]

    @given(st.lists(COUNTS, min_size=1, max_size=12))
    def test_less_its_months_gives_no_small_count(self, months: list[dict[str, int]]) -> None:
        """S-54: the difference between two exports, a year and its months."""
        published = [rules.publish(counts) for counts in months]
        for key, cell in rules.publish_year(months).items():
            if cell.value is None:
                continue
            known = sum(shown.get(key) or 0 for shown in published)
            assert not 0 < cell.value - known < SMALLEST_SHOWN
            assert not 0 < cell.value < SMALLEST_SHOWN


class TestThePeopleOfAYear:
    """S-54: two figures of people, one from the year and one from a month, and their difference."""

    def test_does_not_tell_how_few_came_outside_one_month(self) -> None:
        assert rules.publish_people(23, [20, 3]) == Cell(20, at_least=True)

    def test_does_not_tell_how_few_came_in_two_months(self) -> None:
        assert rules.publish_people(39, [20, 20]) == Cell(20, at_least=True)

    def test_is_whole_when_the_differences_are_large(self) -> None:
        assert rules.publish_people(45, [30, 30]) == Cell(45)
        assert rules.publish_people(30, [30]) == Cell(30)
        assert rules.publish_people(20, [20, 15]) == Cell(20, at_least=True)
        assert rules.publish_people(5, [5]) == Cell(None)
        assert rules.publish_people(12, [10, 2]) == Cell(12)
        assert rules.publish_people(12, [10, 5]) == Cell(None)

    @given(st.lists(st.integers(0, 40), min_size=1, max_size=12), st.integers(0, 40))
    def test_less_any_month_gives_no_small_count(self, months: list[int], apart: int) -> None:
        year = min(sum(months), max(months) + apart)
        cell = rules.publish_people(year, months)
        assert cell.value is None or not 0 < cell.value < SMALLEST_SHOWN
        assert cell.value is None or cell.value <= year
        if cell.value is not None and not cell.at_least:
            told = [month for month in months if month >= SMALLEST_SHOWN]
            assert all(not 0 < cell.value - month < SMALLEST_SHOWN for month in told)
            assert not 0 < sum(months) - cell.value < SMALLEST_SHOWN


class TestMonths:
    def test_are_those_of_the_structure_s_own_time(self) -> None:
        start, end = rules.bounds(date(2026, 12, 1), PARIS)
        assert start.astimezone(UTC) == datetime(2026, 11, 30, 23, tzinfo=UTC)
        assert end.astimezone(UTC) == datetime(2026, 12, 31, 23, tzinfo=UTC)

    def test_close_a_day_after_they_end(self) -> None:
        since = datetime(2026, 9, 15, tzinfo=UTC)
        before = datetime(2026, 11, 1, 22, 59, tzinfo=UTC)
        assert list(rules.closed_months(since, before, PARIS)) == [date(2026, 9, 1)]
        after = datetime(2026, 11, 1, 23, tzinfo=UTC)
        assert list(rules.closed_months(since, after, PARIS))[-1] == date(2026, 10, 1)


class TestACell:
    @pytest.mark.parametrize("payload", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1"])
    def test_is_never_a_formula(self, payload: str) -> None:
        """S-28."""
        assert rules.neutral(payload) == f"'{payload}"

    def test_is_left_alone_otherwise(self) -> None:
        assert rules.neutral("À sa place") == "À sa place"
