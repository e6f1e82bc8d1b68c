from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from tandem.accompagnements.actions import file_demarche
from tandem.accompagnements.actions.doors import AccompagnementRefused
from tandem.accompagnements.models import DemarcheSuivie, Depot
from tandem.accompagnements.tests.factories import RECEIPT
from tandem.declarations import actions
from tandem.declarations.models import Declaration
from tandem.declarations.queries import ends_before_next, next_due
from tandem.declarations.rules import AssentHow, State, Value
from tandem.declarations.tests.factories import (
    SALARIES,
    agreed,
    fetched,
    filled,
    prepared,
    sending,
    sent,
)
from tandem.echeances.models import Echeance
from tandem.echeances.tests.story import followed
from tandem.journal.models import Entry
from tandem.mandats.tests.factories import signed_mandat
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager

pytestmark = pytest.mark.django_db
QUARTER = timedelta(days=91)


def said() -> list[str]:
    """The events of this room, oldest first."""
    rows = Entry.objects.filter(event__startswith="declarations.").order_by("pk")
    return [name.removeprefix("declarations.") for name in rows.values_list("event", flat=True)]


class TestAssent:
    def test_waits_until_each_value_says_where_it_comes_from(
        self, acteur: Acteur, row: Declaration, at: datetime
    ) -> None:
        """P-17: 100 % of values have one before read-back; the database says so too."""
        found = filled(acteur, row, at=at, origin=("", ""))
        assert found.unsourced == 4

        with pytest.raises(actions.DeclarationRefused, match="d’où vient"):
            agreed(acteur, row, at=at)
        with pytest.raises(IntegrityError), transaction.atomic():
            Declaration.objects.filter(pk=row.pk).update(
                assented_at=at, assent_how=AssentHow.PRESENT, assented_by=acteur.affectation
            )

    def test_is_to_what_was_read_and_to_nothing_else(
        self, acteur: Acteur, row: Declaration, at: datetime
    ) -> None:
        """A-16."""
        number = filled(acteur, row, at=at).number
        filled(acteur, row, at=at)
        with pytest.raises(actions.DeclarationChanged):
            actions.record_assent(
                acteur=acteur, declaration=row, how=AssentHow.PRESENT, number=number, at=at
            )
        other = followed(acteur, row.usager, at=at, slug="declaration-revenus")
        empty = prepared(acteur, other, at=at)
        with pytest.raises(actions.DeclarationRefused, match="Rien n’est rempli"):
            agreed(acteur, empty, at=at)

    def test_says_how_and_to_whom(self, acteur: Acteur, row: Declaration, at: datetime) -> None:
        filled(acteur, row, at=at)
        found = agreed(acteur, row, at=at)

        assert (found.assent_how, found.assented_by) == ("present", acteur.affectation)
        assert Entry.objects.get(event="declarations.assented").facts == {"how": "present"}

    def test_is_of_the_living(
        self, acteur: Acteur, rose: Usager, row: Declaration, at: datetime
    ) -> None:
        """P-37."""
        filled(acteur, row, at=at)
        Usager.objects.filter(pk=rose.pk).update(died_known_at=at)
        with pytest.raises(actions.DeclarationRefused, match="décès"):
            agreed(acteur, row, at=at)


class TestSend:
    def test_needs_the_yes_of_the_person(
        self, acteur: Acteur, row: Declaration, at: datetime
    ) -> None:
        """P-17: assent is a precondition of « envoyée », in the act and in the database."""
        filled(acteur, row, at=at)

        with pytest.raises(actions.DeclarationRefused, match="pas encore dit oui"):
            actions.file_declaration(acteur=acteur, declaration=row, filing=sending(), at=at)
        assert not Depot.objects.exists()
        with pytest.raises(IntegrityError), transaction.atomic():
            Declaration.objects.filter(pk=row.pk).update(filed_at=at)

    def test_there_is_no_way_round_by_the_demarche(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        """P-17."""
        with pytest.raises(AccompagnementRefused, match="relit"):
            file_demarche(acteur=acteur, demarche_suivie=rsa, filing=sending(agreed=False), at=at)

    def test_keeps_the_receipt_or_says_why_there_is_none(
        self, acteur: Acteur, row: Declaration, at: datetime
    ) -> None:
        filled(acteur, row, at=at)
        agreed(acteur, row, at=at)
        nothing = sending(no_receipt_reason="")
        with pytest.raises(actions.DeclarationRefused, match="preuve"):
            actions.file_declaration(acteur=acteur, declaration=row, filing=nothing, at=at)

        proof = sending(no_receipt_reason="", receipt=RECEIPT)
        found = actions.file_declaration(acteur=acteur, declaration=row, filing=proof, at=at)

        assert found.depot is not None
        assert found.depot.receipt is not None
        assert fetched(row).demarche_suivie.filed_at == at

    def test_the_next_one_is_there_by_itself_with_its_day(
        self, acteur: Acteur, rsa: DemarcheSuivie, row: Declaration, at: datetime
    ) -> None:
        sent(acteur, row, at=at)

        coming = Declaration.objects.open().get()
        due = next_due(rsa)
        assert coming.period_start == date(2026, 10, 1)
        assert coming.created_by is None
        assert due is not None
        assert due.due_on == date(2027, 2, 28)
        assert said()[-2:] == ["next_planned", "filed"]

    def test_the_third_time_the_day_of_the_second_is_done(
        self, acteur: Acteur, rsa: DemarcheSuivie, row: Declaration, at: datetime
    ) -> None:
        sent(acteur, row, at=at)
        second = at + QUARTER
        sent(acteur, prepared(acteur, rsa, at=second), at=second)

        done = Echeance.objects.exclude(done_at=None).get()
        assert done.due_on == date(2027, 2, 28)
        due = next_due(rsa)
        assert due is not None
        assert due.due_on == date(2027, 5, 31)
        assert prepared(acteur, rsa, at=second).period_start == date(2027, 1, 1)

    def test_the_day_that_the_site_gives_wins(
        self, acteur: Acteur, rsa: DemarcheSuivie, row: Declaration, at: datetime
    ) -> None:
        filled(acteur, row, at=at)
        agreed(acteur, row, at=at)
        actions.file_declaration(
            acteur=acteur, declaration=row, filing=sending(), next_on=date(2027, 1, 25), at=at
        )
        due = next_due(rsa)
        assert due is not None
        assert due.due_on == date(2027, 1, 25)

        second = at + timedelta(days=80)
        sent(acteur, prepared(acteur, rsa, at=second), at=second)
        due = next_due(rsa)
        assert due is not None
        assert due.due_on == date(2027, 4, 30)

    def test_twice_is_once(self, acteur: Acteur, row: Declaration, at: datetime) -> None:
        """S-24."""
        sent(acteur, row, at=at)
        actions.file_declaration(acteur=acteur, declaration=row, filing=sending(), at=at)

        assert Depot.objects.count() == 1
        assert Declaration.objects.count() == 2

    def test_what_left_does_not_change(
        self, acteur: Acteur, row: Declaration, at: datetime
    ) -> None:
        sent(acteur, row, at=at)
        for act in (
            lambda: filled(acteur, row, at=at),
            lambda: actions.copy_former(acteur=acteur, declaration=row, at=at),
            lambda: actions.leave_line(acteur=acteur, declaration=row, line="salaire", at=at),
            lambda: agreed(acteur, row, at=at),
            lambda: actions.note_sent_alone(acteur=acteur, declaration=row, at=at),
        ):
            with pytest.raises(actions.DeclarationRefused):
                act()

    def test_says_when_the_mandat_ends_before_the_next_one(
        self, acteur: Acteur, rose: Usager, row: Declaration, at: datetime
    ) -> None:
        """To be renewed while the person is there; a mandat that lasts says nothing."""
        assert ends_before_next(fetched(row), at=at) is None
        signed_mandat(acteur, rose, ("theme:social",), duree="an", at=at)
        assert ends_before_next(fetched(row), at=at) is None

        found = ends_before_next(fetched(row), at=at + timedelta(days=330))

        assert found is not None
        assert found.line.mandat.usager == rose
        assert found.due_on == date(2027, 12, 31)


class TestAlone:
    def test_what_the_person_sent_without_us_is_copied_then_corrected(
        self, acteur: Acteur, rsa: DemarcheSuivie, row: Declaration, at: datetime
    ) -> None:
        """« J'ai voulu faire ma déclaration mais je ne sais pas ce que j'ai fait. »"""
        found = actions.note_sent_alone(acteur=acteur, declaration=row, at=at)
        assert found.state == State.ALONE
        assert actions.note_sent_alone(acteur=acteur, declaration=row, at=at) == found
        due = next_due(rsa)
        assert due is not None
        assert due.due_on == date(2027, 2, 28)
        filled(acteur, row, at=at, origin=("service", ""))

        correction = actions.begin_correction(acteur=acteur, declaration=row, at=at)

        assert [value.number for value in correction.says] == [41250, 0, 60000, None]
        with pytest.raises(actions.DeclarationRefused):
            filled(acteur, row, at=at)
        with pytest.raises(actions.DeclarationRefused):
            actions.note_sent_alone(acteur=acteur, declaration=correction, at=at)


class TestCorrection:
    def test_is_kept_beside_the_first_with_a_day_to_look_again(
        self, acteur: Acteur, rsa: DemarcheSuivie, row: Declaration, at: datetime
    ) -> None:
        sent(acteur, row, at=at)

        found = actions.begin_correction(acteur=acteur, declaration=row, at=at)
        again = actions.begin_correction(acteur=acteur, declaration=row, at=at)

        assert found == again
        assert found.corrects == row
        assert fetched(row).says[0].number == 41250
        day = Echeance.objects.get(kind="a_faire")
        assert day.due_on == at.date() + timedelta(days=15)
        assert "Vérifier que la correction" in day.title

    def test_sent_it_moves_no_date_of_the_declarations(
        self, acteur: Acteur, rsa: DemarcheSuivie, row: Declaration, at: datetime
    ) -> None:
        sent(acteur, row, at=at)
        later = at + timedelta(days=40)
        correction = actions.begin_correction(acteur=acteur, declaration=row, at=later)
        sent(acteur, correction, at=later, values=(Value("salaire", 0, 0, 50000),))

        due = next_due(rsa)
        assert due is not None
        assert due.due_on == date(2027, 2, 28)
        assert Depot.objects.count() == 2
        assert Declaration.objects.open().count() == 1
        entry = Entry.objects.filter(event="declarations.filed").latest("pk")
        assert entry.facts["correction"] is True

    def test_its_letter_says_what_changes(
        self, acteur: Acteur, row: Declaration, at: datetime
    ) -> None:
        sent(acteur, row, at=at)
        with pytest.raises(actions.DeclarationRefused):
            actions.prepare_lettre(acteur=acteur, declaration=row, at=at)
        correction = actions.begin_correction(acteur=acteur, declaration=row, at=at)
        filled(acteur, correction, at=at, values=(*SALARIES[1:], Value("salaire", 0, 0, 50000)))

        lettre = actions.prepare_lettre(acteur=acteur, declaration=correction, at=at)

        body = lettre.versions.get().says.body
        assert "- Salaires, juillet 2026 : 500\u00a0€ au lieu de 412,50\u00a0€" in body
        assert "de juillet à septembre 2026" in body
        assert lettre == actions.prepare_lettre(acteur=acteur, declaration=correction, at=at)
        assert lettre.demarche_suivie == row.demarche_suivie

    def test_is_for_what_was_sent(self, acteur: Acteur, row: Declaration, at: datetime) -> None:
        with pytest.raises(actions.DeclarationRefused):
            actions.begin_correction(acteur=acteur, declaration=row, at=at)
