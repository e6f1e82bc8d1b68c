from datetime import date, datetime, timedelta

import pytest

from tandem.accompagnements.actions import close_demarche
from tandem.accompagnements.models import DemarcheSuivie
from tandem.accompagnements.rules import Outcome
from tandem.declarations import actions
from tandem.declarations.models import Declaration
from tandem.declarations.queries import former_of, standing_of
from tandem.declarations.rules import Provenance, State, Value
from tandem.declarations.tests.factories import (
    SALARIES,
    agreed,
    fetched,
    filled,
    prepared,
    sending,
    sent,
    typed,
)
from tandem.echeances.tests.story import followed
from tandem.journal.models import Entry
from tandem.referentiels.models import Demarche
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager

pytestmark = pytest.mark.django_db
QUARTER = timedelta(days=91)


def said() -> list[str]:
    """The events of this room, oldest first."""
    rows = Entry.objects.filter(event__startswith="declarations.").order_by("pk")
    return [name.removeprefix("declarations.") for name in rows.values_list("event", flat=True)]


class TestPrepare:
    def test_is_for_the_months_that_the_service_asks_now(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        """In November, from July to September; twice is once (S-24)."""
        row = prepared(acteur, rsa, at=at)

        assert row.period.words == "de juillet à septembre 2026"
        assert row.state == State.TO_COME
        assert prepared(acteur, rsa, at=at) == row
        assert said() == ["begun"]

    def test_opens_the_demarche_once_for_someone_who_has_none(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        monthly = Demarche.objects.get(slug="france-travail-actualisation")
        first = actions.begin_for(acteur=acteur, usager=rose, demarche=monthly, at=at)
        again = actions.begin_for(acteur=acteur, usager=rose, demarche=monthly, at=at)

        assert first == again
        assert DemarcheSuivie.objects.get().usager == rose

    def test_needs_a_person_and_a_declaration_of_the_catalogue(
        self, acteur: Acteur, rose: Usager, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        nameless = followed(acteur, None, at=at, slug="caf-declaration-trimestrielle-rsa")
        other = followed(acteur, rose, at=at, slug="caf-rsa-demande")
        close_demarche(acteur=acteur, demarche_suivie=rsa, outcome=Outcome.GRANTED, at=at)
        for wrong in (nameless, other, rsa):
            with pytest.raises(actions.DeclarationRefused):
                actions.prepare(acteur=acteur, demarche_suivie=wrong, at=at)

    def test_is_not_for_a_stranger(
        self, stranger: Acteur, rsa: DemarcheSuivie, row: Declaration, at: datetime
    ) -> None:
        """P-10: each act asks the database again."""
        acts = (
            lambda: actions.prepare(acteur=stranger, demarche_suivie=rsa, at=at),
            lambda: actions.copy_former(acteur=stranger, declaration=row, at=at),
            lambda: actions.save_values(acteur=stranger, declaration=row, typed=typed(row), at=at),
            lambda: actions.leave_line(acteur=stranger, declaration=row, line="salaire", at=at),
            lambda: actions.resume_line(acteur=stranger, declaration=row, line="salaire", at=at),
            lambda: agreed(stranger, row, at=at),
            lambda: actions.file_declaration(acteur=stranger, declaration=row, filing=sending(), at=at),
            lambda: actions.note_sent_alone(acteur=stranger, declaration=row, at=at),
            lambda: actions.begin_correction(acteur=stranger, declaration=row, at=at),
            lambda: actions.prepare_lettre(acteur=stranger, declaration=row, at=at),
        )  # fmt: skip
        for act in acts:
            with pytest.raises(actions.NotAllowed):
                act()
        assert said() == ["begun"]


class TestValues:
    def test_are_kept_with_where_they_come_from_and_never_in_the_journal(
        self, acteur: Acteur, row: Declaration, at: datetime
    ) -> None:
        """P-17, P-12."""
        found = filled(acteur, row, at=at)

        assert [value.number for value in found.says] == [41250, 0, 60000, None]
        assert {value.provenance for value in found.says} == {Provenance.DOCUMENT}
        entry = Entry.objects.get(event="declarations.values_saved")
        assert entry.facts == {"count": 4, "unsourced": 0, "read_again": False}

    def test_stand_encrypted_in_the_database(
        self, acteur: Acteur, row: Declaration, at: datetime
    ) -> None:
        filled(acteur, row, at=at)
        kept = str(Declaration.objects.filter(pk=row.pk).values_list("values", "people").get())
        assert "41250" not in kept

    def test_two_tabs_do_not_overwrite_each_other(
        self, acteur: Acteur, row: Declaration, at: datetime
    ) -> None:
        first = typed(row)
        actions.save_values(acteur=acteur, declaration=row, typed=first, at=at)
        with pytest.raises(actions.DeclarationChanged):
            actions.save_values(acteur=acteur, declaration=row, typed=first, at=at)

    def test_changed_after_the_yes_they_are_read_again(
        self, acteur: Acteur, row: Declaration, at: datetime
    ) -> None:
        """A-16: nobody agreed to what is there now."""
        filled(acteur, row, at=at)
        agreed(acteur, row, at=at)

        found = filled(acteur, row, at=at, values=(Value("salaire", 0, 0, 1),))

        assert found.assented_at is None
        with pytest.raises(actions.DeclarationRefused):
            actions.file_declaration(acteur=acteur, declaration=row, filing=sending(), at=at)

    def test_the_site_has_the_last_word_on_the_months(
        self, acteur: Acteur, rsa: DemarcheSuivie, row: Declaration, at: datetime
    ) -> None:
        found = filled(acteur, row, at=at, period_start=date(2026, 6, 1))
        assert found.period.words == "de juin à août 2026"

        sent(acteur, row, at=at, period_start=date(2026, 6, 1))
        coming = prepared(acteur, rsa, at=at)
        assert coming.period.words == "de septembre à novembre 2026"
        with pytest.raises(actions.DeclarationRefused, match="déjà sa déclaration"):
            filled(acteur, coming, at=at, period_start=date(2026, 6, 1))

    def test_someone_of_the_household_has_lines_of_their_own(
        self, acteur: Acteur, row: Declaration, at: datetime
    ) -> None:
        found = filled(acteur, row, at=at, added_person=" Paul\u202e ")
        assert found.people == ["", "Paul"]
        for _n in range(4):
            filled(acteur, row, at=at, added_person="x" * 300)
        with pytest.raises(actions.DeclarationRefused, match="6 personnes"):
            filled(acteur, row, at=at, added_person="une de plus")


class TestLastTime:
    def test_everything_is_taken_in_one_gesture_and_said_again(
        self, acteur: Acteur, rsa: DemarcheSuivie, row: Declaration, at: datetime
    ) -> None:
        """P-17: the values of last time, none of its proofs."""
        sent(acteur, row, at=at)
        coming = prepared(acteur, rsa, at=at + QUARTER)

        found = actions.copy_former(acteur=acteur, declaration=coming, at=at + QUARTER)

        assert former_of(coming) == row
        assert [value.number for value in found.says] == [one.number for one in SALARIES]
        assert {value.provenance for value in found.says} == {Provenance.SAID}
        assert {value.named for value in found.says} == {"comme la dernière fois"}
        assert said()[-1] == "copied"

    def test_a_correction_is_what_stands_the_next_time(
        self, acteur: Acteur, rsa: DemarcheSuivie, row: Declaration, at: datetime
    ) -> None:
        sent(acteur, row, at=at)
        correction = actions.begin_correction(acteur=acteur, declaration=row, at=at)
        sent(acteur, correction, at=at + timedelta(days=1), values=(Value("salaire", 0, 0, 7),))

        coming = prepared(acteur, rsa, at=at + QUARTER)

        assert former_of(coming) == correction
        assert standing_of(fetched(row)) == correction

    def test_there_is_nothing_to_take_the_first_time(
        self, acteur: Acteur, row: Declaration, at: datetime
    ) -> None:
        with pytest.raises(actions.DeclarationRefused):
            actions.copy_former(acteur=acteur, declaration=row, at=at)


class TestRefusedEntry:
    def test_leaves_no_reason_and_no_value(
        self, acteur: Acteur, row: Declaration, at: datetime
    ) -> None:
        """P-18: a neutral trace."""
        filled(acteur, row, at=at)

        found = actions.leave_line(acteur=acteur, declaration=row, line="salaire", at=at)

        assert [value.line for value in found.says] == ["changement"]
        assert Entry.objects.get(event="declarations.entry_refused").facts == {}
        assert found.left_lines == ["salaire"]
        actions.leave_line(acteur=acteur, declaration=row, line="salaire", at=at)
        kept = filled(acteur, row, at=at)
        assert [value.line for value in kept.says] == ["changement"]

    def test_is_taken_back(self, acteur: Acteur, row: Declaration, at: datetime) -> None:
        actions.leave_line(acteur=acteur, declaration=row, line="salaire", at=at)
        found = actions.resume_line(acteur=acteur, declaration=row, line="salaire", at=at)
        actions.resume_line(acteur=acteur, declaration=row, line="salaire", at=at)

        assert found.left_lines == []
        assert said() == ["begun", "entry_refused", "entry_resumed"]
        with pytest.raises(actions.DeclarationRefused):
            actions.leave_line(acteur=acteur, declaration=row, line="inventée", at=at)
