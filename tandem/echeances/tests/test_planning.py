from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from tandem.accompagnements.actions import add_step, reopen_demarche
from tandem.accompagnements.models import DemarcheSuivie
from tandem.accompagnements.rules import EtapeKind, Next, NextMove, Outcome, Step
from tandem.echeances import actions
from tandem.echeances.models import Echeance
from tandem.echeances.rules import EcheanceKind
from tandem.echeances.tests.story import answered, closed, filed, followed, noted, open_dates
from tandem.journal.models import Entry
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager

pytestmark = pytest.mark.django_db
FILED = {
    "rsa-reponse": date(2027, 1, 2),
    "argent-silence": date(2027, 1, 2),
    "rsa-recours": date(2027, 3, 2),
}


class TestDates:
    def test_come_when_a_demarche_is_filed(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        assert open_dates(rsa) == {}

        filed(acteur, rsa, at=at)

        assert open_dates(rsa) == FILED
        assert not Entry.objects.filter(event__startswith="echeances.").exists()

    def test_are_counted_in_the_structures_days(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        # 23:30 in London is already the next day in Paris.
        late = at.replace(hour=23, minute=30)
        filed(acteur, rsa, at=late)

        assert open_dates(rsa)["argent-silence"] == date(2027, 1, 3)

    def test_follow_the_answer(self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime) -> None:
        filed(acteur, rsa, at=at)
        answered(acteur, rsa, at=at + timedelta(days=29))

        assert open_dates(rsa) == {"rsa-recours": date(2027, 2, 1)}
        assert rsa.echeances.ended().count() == 2

    def test_wait_on_when_what_came_is_no_decision(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        """A request, a receipt: the time of the service still runs, and nothing is to be contested yet."""
        filed(acteur, rsa, at=at)
        add_step(
            acteur=acteur,
            demarche_suivie=rsa,
            step=Step(EtapeKind.RECEIVED),
            then=Next(NextMove.AIDANT),
            at=at + timedelta(days=29),
        )
        assert open_dates(rsa) == FILED

    def test_leave_with_what_is_granted_and_come_back_with_what_is_reopened(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        filed(acteur, rsa, at=at)
        closed(acteur, rsa, Outcome.GRANTED, at=at + timedelta(days=1))
        assert open_dates(rsa) == {}

        rsa.refresh_from_db()
        reopen_demarche(acteur=acteur, demarche_suivie=rsa, at=at + timedelta(days=2))

        assert open_dates(rsa) == FILED
        assert rsa.echeances.count() == 3

    def test_of_a_declaration_make_the_next(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        row = followed(acteur, rose, at=at, slug="caf-declaration-trimestrielle-rsa")
        filed(acteur, row, at=at)
        closed(acteur, row, Outcome.GRANTED, at=at)

        assert open_dates(row) == {"trimestre-rsa": date(2027, 2, 28)}
        assert row.echeances.get().kind == EcheanceKind.DECLARATION

    def test_asked_before_filing_are_there_at_once(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        row = followed(acteur, rose, at=at, asked_by_on=date(2026, 11, 20))

        assert open_dates(row) == {"demande": date(2026, 11, 20)}


class TestPlanFor:
    def test_twice_changes_nothing(self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime) -> None:
        filed(acteur, rsa, at=at)
        before = list(Echeance.objects.values_list("pk", "due_on"))

        actions.plan_for(demarche_suivie=rsa, at=at)

        assert list(Echeance.objects.values_list("pk", "due_on")) == before

    def test_leaves_what_an_aidant_finished_dropped_or_moved(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        filed(acteur, rsa, at=at)
        rows = {row.rule: row for row in rsa.echeances.open()}
        actions.finish_echeance(acteur=acteur, echeance=rows["rsa-reponse"], at=at)
        actions.drop_echeance(acteur=acteur, echeance=rows["argent-silence"], at=at)
        moved = date(2027, 2, 15)
        actions.change_echeance(acteur=acteur, echeance=rows["rsa-recours"], due_on=moved, at=at)

        actions.plan_for(demarche_suivie=rsa, at=at)

        assert open_dates(rsa) == {"rsa-recours": moved}

    def test_moves_the_dates_of_a_demand_sent_again(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        filed(acteur, rsa, at=at)
        filed(acteur, rsa, at=at + timedelta(days=10))

        assert open_dates(rsa)["argent-silence"] == date(2027, 1, 12)
        assert rsa.echeances.count() == 3

    def test_leaves_typed_dates_alone(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        row = noted(acteur, rsa, date(2026, 11, 20), at=at)
        filed(acteur, rsa, at=at)
        closed(acteur, rsa, Outcome.GRANTED, at=at)

        row.refresh_from_db()
        assert row.dropped_at is None


class TestConstraints:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"demarche_suivie": None},
            {"rule": "", "title": ""},
            {"kind": "autre"},
            {"done_at": "at", "dropped_at": "at"},
            {"rule": "argent-silence"},
        ],
    )
    def test_refuse_a_date_of_nothing_or_twice_the_same(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime, wrong: dict[str, object]
    ) -> None:
        filed(acteur, rsa, at=at)
        good = {
            "structure": rsa.structure, "demarche_suivie": rsa, "kind": EcheanceKind.SILENCE,
            "rule": "another", "due_on": date(2027, 1, 2), "created_at": at,
        }  # fmt: skip
        values = {key: at if value == "at" else value for key, value in wrong.items()}

        Echeance.objects.create(**good).delete()
        with pytest.raises(IntegrityError), transaction.atomic():
            Echeance.objects.create(**{**good, **values})
