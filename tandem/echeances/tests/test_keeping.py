from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from tandem.accompagnements.models import DemarcheSuivie
from tandem.echeances import actions, events
from tandem.echeances.models import Echeance
from tandem.echeances.rules import EcheanceKind, Noted
from tandem.echeances.tests.story import filed, noted
from tandem.journal.models import Entry
from tandem.structures.models import Acteur, Affectation
from tandem.structures.tests.cast import ActeurOf
from tandem.usagers.models import Usager

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
Act = Callable[..., Echeance]


class TestAddEcheance:
    def test_notes_a_date_of_a_demarche(
        self, acteur: Acteur, rsa: DemarcheSuivie, rose: Usager, at: datetime
    ) -> None:
        row = noted(acteur, rsa, DAY, at=at)

        assert (row.demarche_suivie, row.usager, row.person) == (rsa, None, rose)
        [line] = Entry.objects.filter(event=events.ADDED.name)
        assert (line.facts, line.about) == ({"kind": "a_faire"}, rose.public_id)

    def test_notes_a_date_of_a_person(self, acteur: Acteur, rose: Usager, at: datetime) -> None:
        row = noted(acteur, rose, DAY, at=at, kind=EcheanceKind.APPOINTMENT)

        assert (row.demarche_suivie, row.person, row.held_by) == (None, rose, acteur.affectation)

    def test_notes_it_once_for_one_form(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        """S-24."""
        key, what = uuid4(), Noted(EcheanceKind.TO_DO, "Appeler", DAY)
        rows = [
            actions.add_echeance(acteur=acteur, owner=rsa, noted=what, at=at, key=key)
            for _twice in range(2)
        ]

        assert rows[0] == rows[1]
        assert Echeance.objects.count() == 1
        assert Entry.objects.filter(event=events.ADDED.name).count() == 1

    def test_writes_what_was_said_to_be_no_secret(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        """S-23: a false alarm waved through is a fact of the journal, without the text."""
        what = Noted(EcheanceKind.TO_DO, "Appeler", DAY, overridden=("iban",))
        actions.add_echeance(acteur=acteur, owner=rsa, noted=what, at=at)

        assert Entry.objects.get(event=events.ADDED.name).facts["secret_override"] == ["iban"]

    @pytest.mark.parametrize(
        "wrong",
        [
            Noted(EcheanceKind.TO_DO, "Appeler", date(2026, 11, 1)),
            Noted(EcheanceKind.TO_DO, "Appeler", date(2046, 11, 1)),
            Noted(EcheanceKind.TO_DO, "  ", DAY),
            Noted(EcheanceKind.SILENCE, "Appeler", DAY),
        ],
    )
    def test_refuses_what_makes_no_sense(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime, wrong: Noted
    ) -> None:
        with pytest.raises(actions.EcheanceRefused):
            actions.add_echeance(acteur=acteur, owner=rsa, noted=wrong, at=at)
        assert not Echeance.objects.exists()

    def test_refuses_a_stranger(
        self,
        rsa: DemarcheSuivie,
        rose: Usager,
        charlie: Affectation,
        as_acteur: ActeurOf,
        at: datetime,
    ) -> None:
        """P-10."""
        for owner in (rsa, rose):
            with pytest.raises(actions.NotAllowed):
                noted(as_acteur(charlie), owner, DAY, at=at)
        assert not Echeance.objects.exists()


class TestChangeEcheance:
    def test_moves_the_day_and_tells_it_again(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        row = noted(acteur, rsa, DAY, at=at)
        Echeance.objects.update(aidant_step=2, person_step=2)

        moved = actions.change_echeance(
            acteur=acteur, echeance=row, due_on=date(2026, 12, 1), title="Rappeler", at=at
        )

        assert (moved.due_on, moved.title, moved.aidant_step, moved.person_step) == (
            date(2026, 12, 1), "Rappeler", None, None,
        )  # fmt: skip

    def test_keeps_the_words_of_the_catalogue(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        filed(acteur, rsa, at=at)
        row = rsa.echeances.get(rule="rsa-recours")

        moved = actions.change_echeance(
            acteur=acteur, echeance=row, due_on=row.due_on, title="Autre", missed="Autre", at=at
        )

        assert (moved.title, moved.missed, moved.typed_day) == ("", "", False)


class TestEndings:
    @pytest.mark.parametrize(
        ("act", "field", "event"),
        [
            (actions.finish_echeance, "done_at", events.DONE),
            (actions.drop_echeance, "dropped_at", events.DROPPED),
        ],
    )
    def test_happen_once_and_are_taken_back(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime, act: Act, field: str, event: object
    ) -> None:
        row = noted(acteur, rsa, DAY, at=at)
        act(acteur=acteur, echeance=row, at=at)
        again = act(acteur=acteur, echeance=row, at=at + timedelta(hours=1))

        assert (getattr(again, field), again.ended_by) == (at, acteur.affectation)
        assert Entry.objects.filter(event=event.name).count() == 1  # type: ignore[attr-defined]  # an Event

        back = actions.reopen_echeance(acteur=acteur, echeance=row, at=at)

        assert (back.done_at, back.dropped_at, back.ended_by) == (None, None, None)

    def test_do_not_follow_one_another(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        row = noted(acteur, rsa, DAY, at=at)
        actions.finish_echeance(acteur=acteur, echeance=row, at=at)

        with pytest.raises(actions.EcheanceRefused):
            actions.drop_echeance(acteur=acteur, echeance=row, at=at)
        with pytest.raises(actions.EcheanceRefused):
            actions.change_echeance(acteur=acteur, echeance=row, due_on=DAY, at=at)

    def test_leave_the_place_to_the_date_that_took_it(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        filed(acteur, rsa, at=at)
        row = rsa.echeances.get(rule="rsa-recours")
        actions.drop_echeance(acteur=acteur, echeance=row, at=at)
        filed(acteur, rsa, at=at + timedelta(days=3))

        with pytest.raises(actions.EcheanceRefused):
            actions.reopen_echeance(acteur=acteur, echeance=row, at=at)

    @pytest.mark.parametrize(
        "act", [actions.finish_echeance, actions.drop_echeance, actions.reopen_echeance]
    )
    def test_are_refused_to_a_stranger(
        self, acteur: Acteur, rsa: DemarcheSuivie, charlie: Affectation, as_acteur: ActeurOf,
        at: datetime, act: Act,
    ) -> None:  # fmt: skip
        """P-10."""
        row = noted(acteur, rsa, DAY, at=at)

        with pytest.raises(actions.NotAllowed):
            act(acteur=as_acteur(charlie), echeance=row, at=at)

    def test_are_refused_to_a_colleague_who_does_not_follow_the_person(
        self, acteur: Acteur, rsa: DemarcheSuivie, rose: Usager, bob: Affectation, as_acteur: ActeurOf,
        at: datetime,
    ) -> None:  # fmt: skip
        """P-10."""
        row = noted(acteur, rsa, DAY, at=at)
        Usager.objects.filter(pk=rose.pk).update(team_access=False)

        with pytest.raises(actions.NotAllowed):
            actions.finish_echeance(acteur=as_acteur(bob), echeance=row, at=at)
