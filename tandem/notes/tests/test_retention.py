"""How long notes are kept: one of each, and time passes (A.3, P-20, P-22)."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from tandem.journal.models import Entry
from tandem.notes import actions, jobs, queries
from tandem.notes.models import Note, NoteVersion
from tandem.notes.rules import FACTS_KEPT, SECRET_KEPT_AFTER_LEAVING, WORKING_KEPT, Kind, Said
from tandem.notes.tests.factories import note_of
from tandem.structures.models import SYSTEM_ACTEUR, Affectation
from tandem.structures.queries import acteur_from
from tandem.structures.tests.factories import AffectationFactory
from tandem.usagers.actions import erase_usager
from tandem.usagers.models import Usager

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def kinds_left() -> set[str]:
    return set(Note.objects.order_by().values_list("kind", flat=True))


@pytest.fixture
def one_of_each(alice: Affectation, rose: Usager, at: datetime) -> datetime:
    """One of each kind, on the day of the last contact."""
    for kind in Kind:
        note_of(alice, rose, kind, at=at)
    Usager.objects.filter(pk=rose.pk).update(last_contact_at=at)
    return at


class TestTime:
    def test_ends_a_working_note_after_six_months_and_nothing_else(
        self, one_of_each: datetime, alice: Affectation, rose: Usager
    ) -> None:
        """A.3, P-20: there the second before, gone at the second."""
        end = one_of_each + WORKING_KEPT
        assert actions.purge_notes(at=end - SECOND) == 0
        seen = queries.notes_on(acteur_from(alice), rose, at=end)
        assert {note.kind for note in seen} == {"fact", "secret"}
        assert jobs.purge(end) == "1 notes"
        assert kinds_left() == {"fact", "secret"}
        line = Entry.objects.get(event="notes.purged")
        assert (line.about, line.author_kind, line.facts) == (rose.public_id, "system", {})

    def test_ends_the_rest_two_years_after_the_last_contact(self, one_of_each: datetime) -> None:
        """A.3, P-21: writing did not move the last contact."""
        end = one_of_each + FACTS_KEPT
        actions.purge_notes(at=end - SECOND)
        assert kinds_left() == {"fact", "secret"}
        actions.purge_notes(at=end)
        assert kinds_left() == set()

    def test_ends_a_secret_a_month_after_its_author_left(
        self, one_of_each: datetime, alice: Affectation
    ) -> None:
        """P-16: what nobody may read any more is not kept."""
        Affectation.objects.filter(pk=alice.pk).update(ended_at=one_of_each)
        end = one_of_each + SECRET_KEPT_AFTER_LEAVING
        assert actions.purge_notes(at=end - SECOND) == 0
        assert actions.purge_notes(at=end) == 1
        assert kinds_left() == {"fact", "working"}

    def test_keeps_the_secret_of_someone_who_came_back(
        self, one_of_each: datetime, alice: Affectation
    ) -> None:
        Affectation.objects.filter(pk=alice.pk).update(ended_at=one_of_each)
        AffectationFactory.create(structure=alice.structure, compte=alice.compte)
        assert actions.purge_notes(at=one_of_each + SECRET_KEPT_AFTER_LEAVING) == 0


class TestTheEndOfADemarche:
    def test_takes_its_working_notes_and_no_other(
        self, alice: Affectation, rose: Usager, at: datetime
    ) -> None:
        """A.3: until the démarche ends."""
        demarche, other = uuid4(), uuid4()
        note_of(alice, rose, Kind.WORKING, "Celle-ci", at=at, demarche_suivie=demarche)
        note_of(alice, rose, Kind.WORKING, "Une autre", at=at, demarche_suivie=other)
        note_of(alice, rose, Kind.FACT, "Un fait", at=at, demarche_suivie=demarche)
        acteur = acteur_from(alice)
        assert actions.end_working_notes(acteur=acteur, demarche_suivie=demarche, at=at) == 1
        assert sorted(note.text for note in Note.objects.all()) == ["Un fait", "Une autre"]


class TestErasingThePerson:
    def test_erases_every_note_and_what_they_said_before(
        self, one_of_each: datetime, alice: Affectation, rose: Usager
    ) -> None:
        """P-22."""
        note = Note.objects.get(kind=Kind.FACT)
        actions.correct_note(
            acteur=acteur_from(alice), note=note, said=Said("Autre"), at=one_of_each
        )
        erase_usager(acteur=SYSTEM_ACTEUR, usager=rose, at=one_of_each)
        assert not Note.objects.exists()
        assert not NoteVersion.objects.exists()
