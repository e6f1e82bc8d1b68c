"""The pages of figures, and the file."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tandem.comptes.models import Compte
from tandem.pilotage.rules import Table
from tandem.pilotage.tests.factories import closed_year
from tandem.structures.models import Affectation

AT = datetime(2026, 1, 3, 9, tzinfo=UTC)
FIGURES: dict[tuple[str, str], int] = {
    (Table.PERSONS, "everyone"): 14,
    (Table.KINDS, "impression"): 40,
    (Table.KINDS, "photos"): 5,
    (Table.KINDS, "usage"): 12,
    (Table.MODES, "a_sa_place"): 30,
    (Table.MODES, "ensemble"): 27,
}


def cells(html: str) -> list[str]:
    """What the cells of figures say."""
    return re.findall(r"<td>\s*(.*?)\s*</td>", html)


@pytest.fixture
def year(bea: Affectation) -> None:
    closed_year(bea.structure, FIGURES, year=2025, at=AT)


@pytest.mark.usefixtures("year")
class TestStatistics:
    def test_of_a_month_hide_what_is_small(
        self, bea: Affectation, client_of: Callable[..., Any]
    ) -> None:
        html = (
            client_of(bea)
            .get(reverse("pilotage:statistics"), {"periode": "2025-03"})
            .content.decode()
        )
        assert "Statistiques de mars 2025" in html
        assert "40" in cells(html)
        # 5 is hidden, and 12 with it.
        assert cells(html).count("masqué") == 2
        assert "Total de ce qui est affiché" in html

    def test_of_a_whole_year_need_its_twelve_months(
        self, bea: Affectation, client_of: Callable[..., Any]
    ) -> None:
        html = client_of(bea).get(reverse("pilotage:statistics")).content.decode()
        assert "Statistiques de l’année 2025" in html
        assert "480" in cells(html)

    def test_show_the_latest_period_when_the_address_makes_no_sense(
        self, bea: Affectation, client_of: Callable[..., Any]
    ) -> None:
        answer = client_of(bea).get(reverse("pilotage:statistics"), {"periode": "2025-99' OR 1=1"})
        assert answer.status_code == 200
        assert "l’année 2025" in answer.content.decode()

    def test_of_another_structure_are_not_shown(
        self, charlie: Affectation, client_of: Callable[..., Any]
    ) -> None:
        charlie.role = "referent"
        charlie.save()
        html = client_of(charlie).get(reverse("pilotage:statistics")).content.decode()
        assert "pas encore de chiffres" in html

    def test_take_the_same_queries_at_any_size(
        self, bea: Affectation, client_of: Callable[..., Any],
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:  # fmt: skip
        browser = client_of(bea)
        closed_year(bea.structure, FIGURES, year=2024, at=AT)
        with django_assert_max_num_queries(8):
            browser.get(reverse("pilotage:statistics"))


@pytest.mark.usefixtures("year")
class TestTheFile:
    def test_holds_a_year_for_a_spreadsheet(
        self, bea: Affectation, client_of: Callable[..., Any]
    ) -> None:
        answer = client_of(bea).post(reverse("pilotage:export"), {"annee": "2025"})
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert "attachment" in answer["Content-Disposition"]
        lines = answer.content.decode("utf-8-sig").split("\r\n")
        assert lines[0] == "mois;tableau;ligne;nombre"
        assert "2025-01;Aides, par nature;Imprimer;40" in lines
        assert "2025-01;Aides, par nature;Retrouver des photos;masqué" in lines

    def test_of_an_empty_year_is_refused_in_words(
        self, bea: Affectation, client_of: Callable[..., Any]
    ) -> None:
        answer = client_of(bea).post(reverse("pilotage:export"), {"annee": "2019"})
        assert answer.status_code == 409
        assert "Aucun mois" in answer.content.decode()

    def test_of_nonsense_goes_back_to_the_page(
        self, bea: Affectation, client_of: Callable[..., Any]
    ) -> None:
        answer = client_of(bea).post(reverse("pilotage:export"), {"annee": "-1; DROP"})
        assert answer.status_code == 302


class TestTheInstallation:
    @pytest.mark.usefixtures("year")
    def test_shows_communes_once_a_year_is_over(
        self, oscar: Compte, client_of: Callable[..., Any], bea: Affectation
    ) -> None:
        html = client_of(oscar).get(reverse("pilotage:instance")).content.decode()
        assert bea.structure.city in html
        assert "684" in cells(html)

    def test_says_when_there_is_nothing_yet(
        self, oscar: Compte, client_of: Callable[..., Any]
    ) -> None:
        html = client_of(oscar).get(reverse("pilotage:instance")).content.decode()
        assert "pas encore de chiffres" in html
