"""A month is counted once, over what was done in it, and stays."""

from datetime import UTC, date, datetime

import pytest

from tandem.accompagnements.models import Aide
from tandem.accompagnements.rules import AideKind, Mode
from tandem.entrainement.actions import begin
from tandem.journal.models import Entry
from tandem.pilotage import actions, queries
from tandem.pilotage.models import ClosedMonth, MonthCount
from tandem.pilotage.rules import Table
from tandem.pilotage.tests.factories import closed_year, give_aides
from tandem.structures.models import Affectation, Structure
from tandem.structures.queries import acteur_from

OCTOBER = datetime(2026, 10, 14, 9, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 3, 9, tzinfo=UTC)


@pytest.fixture
def ccas(ccas: Structure) -> Structure:
    ccas.created_at = datetime(2026, 10, 1, tzinfo=UTC)
    ccas.save()
    return ccas


class TestClosing:
    def test_counts_each_month_that_is_over_once(self, alice: Affectation) -> None:
        give_aides(alice, 12, at=OCTOBER)
        give_aides(alice, 3, at=OCTOBER, kind=AideKind.PHOTOS, mode=Mode.A_SA_PLACE)
        assert actions.close_due_months(at=DECEMBER) == 2
        assert actions.close_due_months(at=DECEMBER) == 0
        october = MonthCount.objects.filter(month=date(2026, 10, 1))
        kinds = dict(october.filter(table=Table.KINDS).values_list("line", "value"))
        assert kinds == {"impression": 12, "photos": 3}
        modes = dict(october.filter(table=Table.MODES).values_list("line", "value"))
        assert modes == {"ensemble": 12, "a_sa_place": 3}
        assert not MonthCount.objects.filter(month=date(2026, 11, 1)).exists()

    def test_counts_nothing_of_an_exercise(self, alice: Affectation) -> None:
        """A-14: what is practised is in no figure, neither of the structure nor of the instance."""
        place = begin(acteur=acteur_from(alice), at=OCTOBER)
        Structure.objects.filter(pk=place.structure.pk).update(created_at=OCTOBER)
        give_aides(alice, 12, at=OCTOBER)
        give_aides(place, 40, at=OCTOBER)
        assert actions.close_due_months(at=DECEMBER) == 2
        assert MonthCount.objects.get(table=Table.KINDS).value == 12
        assert not ClosedMonth.objects.filter(structure=place.structure).exists()
        assert not MonthCount.objects.filter(structure=place.structure).exists()

    def test_keeps_the_figures_when_what_was_counted_is_erased(self, alice: Affectation) -> None:
        """P-20: erasure changes no figure already given."""
        give_aides(alice, 12, at=OCTOBER)
        actions.close_due_months(at=DECEMBER)
        Aide.objects.all().delete()
        actions.close_due_months(at=DECEMBER)
        assert MonthCount.objects.get(table=Table.KINDS).value == 12

    def test_leaves_what_another_worker_closed(self, ccas: Structure) -> None:
        first = date(2026, 10, 1)
        assert actions.close_month(structure=ccas, first=first, at=DECEMBER)
        assert not actions.close_month(structure=ccas, first=first, at=DECEMBER)
        assert ClosedMonth.objects.count() == 1

    def test_counts_the_same_helps_in_every_table(
        self, alice: Affectation, ccas: Structure
    ) -> None:
        """S-54: tables side by side give no difference."""
        give_aides(alice, 4, at=OCTOBER)
        give_aides(alice, 2, at=OCTOBER, mode=Mode.SEULE)
        counts = queries.count_month(ccas, date(2026, 10, 1))
        sums = {
            sum(counts[t].values())
            for t in (Table.KINDS, Table.MODES, Table.PRESENCES, Table.THEMES)
        }
        assert sums == {6}

    def test_counts_nothing_of_another_structure(
        self, ccas: Structure, charlie: Affectation
    ) -> None:
        give_aides(charlie, 20, at=OCTOBER)
        assert queries.count_month(ccas, date(2026, 10, 1))[Table.KINDS] == {
            "demarche": 0,
            "usage": 0,
        }


class TestModels:
    def test_have_no_column_for_an_aidant_nor_a_person(self) -> None:
        """P-19: no report can rank aidants."""
        fields = {field.name for field in MonthCount._meta.get_fields()}
        assert fields == {"id", "structure", "month", "table", "line", "value"}


class TestExporting:
    def test_is_for_a_referente_and_leaves_a_line(
        self, bea: Affectation, as_acteur: object
    ) -> None:
        closed_year(bea.structure, {(Table.KINDS, "impression"): 30}, year=2025, at=DECEMBER)
        rows = actions.export_year(acteur=as_acteur(bea), year=2025, at=DECEMBER)  # type: ignore[operator]  # fixture
        assert len(rows) == 12
        assert rows[0] == ["2025-01", "Aides, par nature", "Imprimer", "30"]
        entry = Entry.objects.get(event="pilotage.exported")
        assert entry.facts == {"year": 2025, "rows": 12}

    def test_refuses_an_aidante(self, alice: Affectation, as_acteur: object) -> None:
        closed_year(alice.structure, {(Table.KINDS, "impression"): 30}, year=2025, at=DECEMBER)
        with pytest.raises(actions.ExportRefused):
            actions.export_year(acteur=as_acteur(alice), year=2025, at=DECEMBER)  # type: ignore[operator]  # fixture
        assert not Entry.objects.filter(event="pilotage.exported").exists()

    def test_refuses_a_year_without_figures(self, bea: Affectation, as_acteur: object) -> None:
        with pytest.raises(actions.ExportRefused):
            actions.export_year(acteur=as_acteur(bea), year=2024, at=DECEMBER)  # type: ignore[operator]  # fixture
