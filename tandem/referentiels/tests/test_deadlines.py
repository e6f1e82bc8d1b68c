from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.referentiels import deadline_sources, queries
from tandem.referentiels.deadlines import (
    CountedFrom,
    Delay,
    Meaning,
    Recurrence,
    RuleKind,
    Source,
    planned_when_decided,
    planned_when_filed,
)
from tandem.referentiels.public_days import is_working_day
from tandem.referentiels.sources import InvalidSource

DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2060, 12, 31))
SOURCE = Source("texte", date(2026, 11, 22), sure=True)


def recurrence(months: int, day: int, *, month: int = 0, opens: int = 18) -> Recurrence:
    return Recurrence("r", months, day, month, opens, "", "", SOURCE)


class TestDelay:
    def test_of_months_ends_on_the_same_day_or_the_last_one(self) -> None:
        """CPC, art. 641."""
        assert Delay(months=2).end(date(2026, 11, 22)) == date(2027, 1, 22)
        assert Delay(months=2).end(date(2026, 12, 31)) == date(2027, 2, 28)
        assert Delay(months=2).end(date(2027, 12, 31)) == date(2028, 2, 29)

    def test_that_extends_goes_to_the_next_working_day(self) -> None:
        """CPC, art. 642: a Saturday, then Whit Monday."""
        assert Delay(months=2, extends=True).end(date(2026, 3, 23)) == date(2026, 5, 26)
        assert Delay(months=2).end(date(2026, 3, 23)) == date(2026, 5, 23)

    def test_counted_backwards_ends_before(self) -> None:
        assert Delay(months=2, before=True).end(date(2027, 4, 30)) == date(2027, 2, 28)
        assert Delay(days=60, before=True).end(date(2027, 3, 2)) == date(2027, 1, 1)
        assert Delay(days=60, before=True, extends=True).end(date(2027, 3, 2)) == date(2026, 12, 31)

    def test_of_working_days_skips_weekends_and_holidays(self) -> None:
        assert Delay(working_days=5).end(date(2026, 12, 23)) == date(2026, 12, 31)

    def test_of_years_ends_on_the_last_day(self) -> None:
        assert Delay(year_ends=2).end(date(2026, 7, 31)) == date(2028, 12, 31)

    @given(DAYS, st.integers(0, 36), st.integers(0, 200))
    def test_never_ends_before_its_start(self, start: date, months: int, days: int) -> None:
        plain = Delay(months=months, days=days)
        extended = Delay(months=months, days=days, extends=True)

        assert plain.end(start) >= start
        assert extended.end(start) >= plain.end(start)
        assert extended.end(start) - plain.end(start) <= timedelta(days=5)
        assert is_working_day(extended.end(start))

    @given(DAYS, DAYS, st.integers(1, 36))
    def test_started_later_does_not_end_sooner(self, first: date, other: date, months: int) -> None:
        delay = Delay(months=months, extends=True)
        early, late = sorted((first, other))

        assert delay.end(early) <= delay.end(late)


class TestRecurrence:
    def test_each_month_is_the_fifteenth_after_the_one_done(self) -> None:
        monthly = recurrence(1, 15)

        assert monthly.next_after(date(2026, 11, 30)) == date(2027, 1, 15)
        assert monthly.next_after(date(2026, 12, 15)) == date(2027, 1, 15)
        assert monthly.next_after(date(2026, 12, 20)) == date(2027, 1, 15)

    def test_each_quarter_is_the_end_of_the_third_month_after(self) -> None:
        quarterly = recurrence(3, 31)

        assert quarterly.next_after(date(2026, 11, 2)) == date(2027, 2, 28)
        assert quarterly.next_after(date(2026, 11, 30)) == date(2027, 2, 28)

    def test_each_year_is_the_next_spring(self) -> None:
        yearly = recurrence(12, 20, month=5, opens=42)

        assert yearly.next_after(date(2026, 11, 2)) == date(2027, 5, 20)
        assert yearly.next_after(date(2027, 4, 15)) == date(2028, 5, 20)
        assert yearly.next_after(date(2027, 6, 1)) == date(2028, 5, 20)

    def test_from_the_same_day_is_a_period_later(self) -> None:
        assert recurrence(12, 0).next_after(date(2028, 2, 29)) == date(2029, 2, 28)

    @pytest.mark.parametrize("key", sorted(deadline_sources.recurrences()))
    @given(DAYS)
    def test_of_the_catalogue_comes_after_and_within_its_period(self, key: str, day: date) -> None:
        known = deadline_sources.recurrences()[key]
        due = known.next_after(day)

        assert due > day
        assert due <= day + timedelta(days=31 * known.months + known.opens)


class TestCatalogueOfDeadlines:
    def test_knows_at_least_thirty_demarches(self) -> None:
        assert len(deadline_sources.deadlines()) >= 30

    def test_gives_every_statement_a_source_and_a_day(self) -> None:
        said = [
            *(rule.source for rule in deadline_sources.rules().values()),
            *(again.source for again in deadline_sources.recurrences().values()),
            *(known.source for known in deadline_sources.deadlines().values()),
        ]

        assert all(len(source.text) > 8 for source in said)
        assert all(date(2026, 1, 1) <= source.checked_on for source in said)

    def test_says_of_each_demarche_what_is_asked_and_whom_to_write(self) -> None:
        for known in deadline_sources.deadlines().values():
            assert known.facts, known.slug
            assert known.write_next.endswith("."), known.slug
            assert known.rules or known.recurrence, known.slug

    def test_uses_every_rule(self) -> None:
        used = {r.key for known in deadline_sources.deadlines().values() for r in known.rules}

        assert used == set(deadline_sources.rules())

    def test_says_to_whom_every_appeal_goes(self) -> None:
        for rule in deadline_sources.rules().values():
            appeal = rule.kind in {RuleKind.APPEAL, RuleKind.JUDGE}
            assert bool(rule.to) == appeal, rule.key

    def test_speaks_in_short_sentences(self) -> None:
        """A-09: 25 words at most in a sentence."""
        said = [
            *(
                (rule.key, f"{rule.words} {rule.missed}")
                for rule in deadline_sources.rules().values()
            ),
            *((r.key, f"{r.words} {r.missed}") for r in deadline_sources.recurrences().values()),
        ]
        for key, text in said:
            for sentence in text.replace(" :", ".").split(". "):
                assert len(sentence.split()) <= 25, key

    @pytest.mark.parametrize(
        ("slug", "months", "meaning"),
        [
            ("mdph-demande", 4, Meaning.REFUSED),
            ("ameli-css", 2, Meaning.ACCEPTED),
            ("apa-demande", 2, Meaning.ACCEPTED),
            ("titre-sejour-renouvellement", 4, Meaning.REFUSED),
            ("impots-reclamation", 6, Meaning.REFUSED),
            ("attestation-accueil", 1, Meaning.REFUSED),
            ("dalo-recours", 3, Meaning.REFUSED),
        ],
    )
    def test_knows_what_silence_means(self, slug: str, months: int, meaning: Meaning) -> None:
        known = queries.deadlines_of(slug)
        assert known is not None
        silence = known.rule(RuleKind.SILENCE)

        assert silence is not None
        assert (silence.delay.months, silence.meaning) == (months, meaning)

    def test_owns_up_to_what_could_not_be_checked(self) -> None:
        known = queries.deadlines_of("visa-demande")

        assert known is not None
        assert not known.is_sure

    def test_ignores_what_it_does_not_know(self) -> None:
        assert queries.deadlines_of("crit-air") is None
        assert queries.deadline_rule("inconnue") is None
        assert queries.recurrence("inconnue") is None

    def test_refuses_a_rule_with_two_delays_or_a_silence_without_meaning(self) -> None:
        row = {"key": "x", "kind": "silence", "from": "depot", "months": 2, "words": "", "missed": "",
               "source": "texte", "checked_on": date(2026, 11, 22), "sure": True}  # fmt: skip

        for wrong in (
            row,
            {**row, "meaning": "refus", "days": 3},
            {**row, "kind": "delai", "months": 0},
        ):
            with pytest.raises(InvalidSource):
                deadline_sources._rule(wrong)
        with pytest.raises(InvalidSource):
            deadline_sources._rule({**row, "meaning": "refus", "source": " "})


class TestPlannedDates:
    def test_of_a_filed_demarche_hold_the_silence_and_the_appeal_against_it(self) -> None:
        known = queries.deadlines_of("mdph-demande")
        assert known is not None

        dates = {row.rule: row.due_on for row in planned_when_filed(known, date(2026, 11, 2))}

        # The 2 May 2027 is a Sunday.
        assert dates == {"mdph-silence": date(2027, 3, 2), "mdph-recours": date(2027, 5, 3)}

    def test_of_a_silence_that_accepts_hold_no_appeal(self) -> None:
        known = queries.deadlines_of("ameli-css")
        assert known is not None

        assert [row.rule for row in planned_when_filed(known, date(2026, 11, 2))] == ["c2s-silence"]

    def test_of_a_decision_hold_the_appeal(self) -> None:
        known = queries.deadlines_of("caf-rsa-demande")
        assert known is not None

        dates = planned_when_decided(known, date(2026, 11, 2))

        assert [(row.rule, row.due_on) for row in dates] == [("rsa-recours", date(2027, 1, 4))]
        assert dates[0].to == "le président du conseil départemental"

    @pytest.mark.parametrize("slug", sorted(deadline_sources.deadlines()))
    @given(DAYS)
    def test_are_never_before_the_day_they_run_from(self, slug: str, day: date) -> None:
        known = deadline_sources.deadlines()[slug]

        for row in [*planned_when_filed(known, day), *planned_when_decided(known, day)]:
            assert row.due_on > day


class TestCountedFrom:
    def test_is_known_for_every_rule(self) -> None:
        counted = {rule.counted_from for rule in deadline_sources.rules().values()}

        assert CountedFrom.FILING in counted
        assert counted <= set(CountedFrom)
