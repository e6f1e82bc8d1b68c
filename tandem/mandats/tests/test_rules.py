from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.mandats.rules import (
    Difference,
    Duree,
    Line,
    Presence,
    State,
    allowed_durees,
    announcement_due,
    announcements,
    clean_presence,
    default_duree,
    difference,
    ends_at,
    is_fresh,
    is_within,
    mandat_state,
    renewal_refused,
    replaced_by,
)

PARIS = ZoneInfo("Europe/Paris")
ZONES = st.sampled_from(
    [
        ZoneInfo(name)
        for name in ("Europe/Paris", "America/Cayenne", "Pacific/Noumea", "Indian/Reunion")
    ]
)
INSTANTS = st.datetimes(
    min_value=datetime(2024, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2040, 1, 1),  # noqa: DTZ001 - same
    timezones=st.just(UTC),
)
DUREES = st.sampled_from(list(Duree))


class TestADuree:
    @given(duree=DUREES, signed_at=INSTANTS, tz=ZONES)
    def test_ends_at_the_last_second_of_its_last_day_where_the_structure_is(
        self, duree: Duree, signed_at: datetime, tz: ZoneInfo
    ) -> None:
        """P-08: the day of signature is day 0, the last day counts whole."""
        end = ends_at(duree, signed_at=signed_at, tz=tz)

        assert end.astimezone(tz).time() == time(23, 59, 59)
        assert end.astimezone(tz).date() - signed_at.astimezone(tz).date() == timedelta(duree.days)
        assert end > signed_at

    def test_of_one_day_signed_in_the_evening_lasts_until_the_next_night(self) -> None:
        signed_at = datetime(2026, 11, 2, 22, 30, tzinfo=UTC)  # 23:30 in Paris

        end = ends_at(Duree.JOUR, signed_at=signed_at, tz=PARIS)

        assert end == datetime(2026, 11, 3, 23, 59, 59, tzinfo=PARIS)

    def test_across_the_change_of_hour_keeps_its_day(self) -> None:
        end = ends_at(Duree.MOIS, signed_at=datetime(2026, 10, 1, 9, tzinfo=UTC), tz=PARIS)

        assert end.astimezone(UTC) == datetime(2026, 11, 1, 22, 59, 59, tzinfo=UTC)

    def test_proposed_first_is_the_shortest_that_makes_sense(self) -> None:
        assert default_duree(["demarche:carte-grise"]) is Duree.ACTE
        assert default_duree(["theme:logement"]) is Duree.MOIS

    def test_of_one_act_is_for_one_line_only(self) -> None:
        assert Duree.ACTE in allowed_durees(["theme:logement"])
        assert Duree.ACTE not in allowed_durees(["theme:logement", "theme:social"])


class TestAMandat:
    @given(signed_at=INSTANTS, duree=DUREES, later=st.timedeltas(min_value=timedelta(seconds=1)))
    def test_is_ended_one_second_after_its_end_whatever_the_row_says(
        self, signed_at: datetime, duree: Duree, later: timedelta
    ) -> None:
        """P-08: life is computed from instants, never from flags."""
        end = ends_at(duree, signed_at=signed_at, tz=PARIS)
        later = min(later, timedelta(days=3650))

        assert mandat_state(at=end, ends_at=end, ended_at=None) is State.ENDED
        assert mandat_state(at=end + later, ends_at=end, ended_at=None) is State.ENDED
        assert (
            mandat_state(at=end - timedelta(seconds=1), ends_at=end, ended_at=None)
            is not State.ENDED
        )

    def test_stopped_is_ended_at_that_very_instant(self, at: datetime) -> None:
        assert mandat_state(at=at, ends_at=at + timedelta(days=90), ended_at=at) is State.ENDED

    def test_ending_within_a_month_is_said_to_end_soon(self, at: datetime) -> None:
        assert mandat_state(at=at, ends_at=at + timedelta(days=30), ended_at=None) is State.ENDING
        assert mandat_state(at=at, ends_at=at + timedelta(days=31), ended_at=None) is State.ACTIVE


class TestAnnouncements:
    def test_come_30_15_and_3_days_before_and_the_day_before_for_a_short_one(self) -> None:
        """P-08."""
        assert announcements(Duree.AN) == (30, 15, 3)
        assert announcements(Duree.SIX_MOIS) == (30, 15, 3)
        assert announcements(Duree.MOIS) == (15, 3)
        assert announcements(Duree.JOUR) == (1,)

    @pytest.mark.parametrize(
        ("days", "announced", "expected"),
        [
            (40, None, None),
            (30, None, 30),
            (29, 30, None),
            (15, 30, 15),
            (2, None, 3),
            (2, 3, None),
            (-1, None, None),
        ],
    )
    def test_are_made_once_each_and_only_the_nearest_when_late(
        self, at: datetime, days: int, announced: Any, expected: Any
    ) -> None:
        due = announcement_due(
            duree=Duree.AN, ends_at=at + timedelta(days=days), announced=announced, at=at, tz=PARIS
        )

        assert due == expected

    def test_wait_for_the_day(self, at: datetime) -> None:
        night = at.replace(hour=2)

        assert (
            announcement_due(
                duree=Duree.AN,
                ends_at=night + timedelta(days=2),
                announced=None,
                at=night,
                tz=PARIS,
            )
            is None
        )


PRESENCES = st.frozensets(st.sampled_from(list(Presence.values)), min_size=1)
LINES = st.builds(
    lambda key, whole, presence: Line(
        f"theme:{key}" if whole else f"demarche:{key}-1", key, presence
    ),
    st.sampled_from(["argent", "logement", "social"]),
    st.booleans(),
    PRESENCES,
)


class TestTheDifference:
    def test_names_what_is_added_removed_widened_and_narrowed(self) -> None:
        before = [
            Line("theme:argent", "argent", frozenset({"presence"})),
            Line("theme:social", "social", frozenset({"presence", "absence"})),
            Line("theme:loisirs", "loisirs", frozenset({"presence"})),
            Line("theme:papiers", "papiers", frozenset({"presence"})),
        ]
        after = [
            Line("theme:argent", "argent", frozenset({"presence", "telephone"})),
            Line("theme:social", "social", frozenset({"presence"})),
            Line("theme:papiers", "papiers", frozenset({"presence"})),
            Line("theme:travail", "travail", frozenset({"presence"})),
        ]

        assert difference(before, after) == Difference(
            added=("theme:travail",),
            removed=("theme:loisirs",),
            widened=("theme:argent",),
            narrowed=("theme:social",),
            unchanged=("theme:papiers",),
        )

    @given(lines=st.lists(LINES, unique_by=lambda line: line.scope))
    def test_with_itself_is_empty(self, lines: Any) -> None:
        assert difference(lines, lines).is_empty
        assert is_within(lines, lines)

    @given(
        new=st.lists(LINES, unique_by=lambda line: line.scope),
        old=st.lists(LINES, unique_by=lambda line: line.scope),
    )
    def test_of_what_is_within_never_widens(self, new: Any, old: Any) -> None:
        """P-08: a renewal gives the same or less."""
        if is_within(new, old):
            assert difference(old, new).widened == () or any(
                line.scope.startswith("theme:") for line in old
            )
            for line in new:
                assert any(o.theme == line.theme and line.presence <= o.presence for o in old)


class TestALine:
    def test_replaces_the_same_scope_and_what_excludes_it(self) -> None:
        theme = Line("theme:argent", "argent", frozenset({"presence"}))
        inside = Line("demarche:impots", "argent", frozenset({"presence"}))
        apart = Line("demarche:rsa", "social", frozenset({"presence"}))

        assert replaced_by([theme], [theme, inside, apart]) == ["theme:argent", "demarche:impots"]
        assert replaced_by([inside], [theme, apart]) == ["theme:argent"]
        assert replaced_by([inside], [Line("demarche:amende", "argent", frozenset())]) == []

    def test_in_presence_is_always_allowed_and_the_rest_only_when_asked(self) -> None:
        """P-05."""
        assert clean_presence({"theme:argent": ["absence"]}, ["theme:argent", "theme:social"]) == {
            "theme:argent": ["presence", "absence"],
            "theme:social": ["presence"],
        }


class TestARenewal:
    old = [Line("theme:argent", "argent", frozenset({"presence"}))]

    def test_may_take_one_demarche_of_the_theme(self) -> None:
        new = [Line("demarche:impots", "argent", frozenset({"presence"}))]

        assert not renewal_refused(new, self.old, duree=Duree.MOIS, old_duree=Duree.MOIS)

    @pytest.mark.parametrize(
        ("line", "duree"),
        [
            (Line("theme:social", "social", frozenset({"presence"})), Duree.MOIS),
            (Line("theme:argent", "argent", frozenset({"presence", "absence"})), Duree.MOIS),
            (Line("theme:argent", "argent", frozenset({"presence"})), Duree.AN),
        ],
        ids=["wider scope", "wider presence", "longer"],
    )
    def test_gives_nothing_more(self, line: Line, duree: Duree) -> None:
        """P-08."""
        assert renewal_refused([line], self.old, duree=duree, old_duree=Duree.MOIS)


class TestAnIdentification:
    def test_is_signed_within_ten_minutes_of_the_identification(self, at: datetime) -> None:
        assert is_fresh(at, at=at + timedelta(minutes=9, seconds=59))
        assert not is_fresh(at, at=at + timedelta(minutes=10))
        assert not is_fresh(None, at=at)
        assert not is_fresh(at + timedelta(seconds=1), at=at)


def test_the_day_of_signature_is_day_zero_on_29_february() -> None:
    end = ends_at(Duree.AN, signed_at=datetime(2028, 2, 29, 12, tzinfo=UTC), tz=PARIS)

    assert end.date() == date(2029, 2, 28)
