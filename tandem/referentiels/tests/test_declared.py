from datetime import date

import pytest

from tandem.referentiels import declared
from tandem.referentiels.declared import DeclaredForm, LineKind
from tandem.referentiels.queries import deadlines_of, declared_form, declared_slugs
from tandem.referentiels.sources import InvalidSource

RSA = "caf-declaration-trimestrielle-rsa"
FORMS = declared.declared_forms()


class TestForms:
    @pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
    def test_say_when_they_come_back_and_from_where(self, form: DeclaredForm) -> None:
        known = deadlines_of(form.slug)
        assert known is not None
        assert known.recurrence is not None
        assert known.recurrence.months == form.months
        assert form.source.text
        assert form.call
        assert form.lines

    @pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
    def test_speak_in_short_sentences(self, form: DeclaredForm) -> None:
        """A-13."""
        for line in form.lines:
            for sentence in f"{line.hint} {line.trap}".replace("? ", ". ").split(". "):
                assert len(sentence.split()) <= 25, sentence

    def test_ask_the_net_social_by_month_and_by_person(self) -> None:
        form = declared_form(RSA)
        assert form is not None
        salary = form.line("salaire")
        assert salary is not None
        assert salary.by_month
        assert salary.by_person
        assert salary.kind == LineKind.MONEY
        assert "bonne colonne" in salary.trap
        assert form.line("nothing") is None

    def test_know_nothing_of_a_demarche_that_does_not_come_back(self) -> None:
        assert declared_form("carte-identite-pre-demande") is None
        assert RSA in declared_slugs()

    def test_are_refused_when_a_line_does_not_exist(self) -> None:
        row = {"slug": "x", "source": "Une loi", "lines": ["nothing"]}
        with pytest.raises(InvalidSource):
            declared._form(row, {})
        with pytest.raises(InvalidSource):
            declared._by_key([{"key": "a"}, {"key": "a"}], "key")


class TestFirstMonth:
    @pytest.mark.parametrize(
        ("slug", "today", "former", "expected"),
        [
            # Since March 2025: in June, February to April.
            (RSA, date(2026, 6, 30), None, date(2026, 2, 1)),
            (RSA, date(2026, 11, 22), None, date(2026, 7, 1)),
            # The quarter of the household goes on, whatever the month in which they come.
            (RSA, date(2026, 11, 22), date(2026, 4, 1), date(2026, 7, 1)),
            (RSA, date(2026, 12, 5), date(2026, 4, 1), date(2026, 7, 1)),
            # One was not done with us: the next to come is that of today.
            (RSA, date(2026, 11, 22), date(2026, 1, 1), date(2026, 7, 1)),
            (RSA, date(2026, 11, 22), date(2025, 7, 1), date(2026, 7, 1)),
            (RSA, date(2026, 11, 22), date(2026, 7, 1), date(2026, 10, 1)),
            ("france-travail-actualisation", date(2026, 11, 28), None, date(2026, 11, 1)),
            ("france-travail-actualisation", date(2026, 11, 15), None, date(2026, 10, 1)),
            ("france-travail-actualisation", date(2026, 1, 3), date(2025, 11, 1), date(2025, 12, 1)),
            ("declaration-revenus", date(2026, 4, 10), None, date(2025, 1, 1)),
            ("declaration-revenus", date(2026, 4, 10), date(2024, 1, 1), date(2025, 1, 1)),
        ],
    )  # fmt: skip
    def test_is_that_of_the_period_declared_today(
        self, slug: str, today: date, former: date | None, expected: date
    ) -> None:
        assert FORMS[slug].first_month(today, former) == expected
