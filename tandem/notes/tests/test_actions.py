"""Notes written, corrected, withdrawn; what the journal says of it."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from tandem.journal.models import Entry
from tandem.notes import actions
from tandem.notes.models import Note, NoteVersion
from tandem.notes.rules import WORKING_KEPT, Category, Kind, Reason, Said
from tandem.notes.tests.factories import note_of
from tandem.structures.models import Acteur, Affectation
from tandem.structures.queries import acteur_from
from tandem.usagers.models import Usager

pytestmark = pytest.mark.django_db


@pytest.fixture
def acteur(alice: Affectation) -> Acteur:
    return acteur_from(alice)


class TestWriteNote:
    def test_keeps_it_encrypted_with_its_author(
        self, alice: Affectation, rose: Usager, at: datetime
    ) -> None:
        note = note_of(alice, rose, Kind.SECRET, "Mots de Rose", at=at)
        assert (note.author, note.at, note.expires_at) == (alice, at, None)
        with connection.cursor() as cursor:
            cursor.execute("SELECT text FROM notes_note")
            assert "Rose" not in cursor.fetchone()[0]

    def test_twice_with_the_same_form_writes_once(
        self, alice: Affectation, rose: Usager, at: datetime
    ) -> None:
        """S-24."""
        key = uuid4()
        first = note_of(alice, rose, at=at, key=key)
        assert note_of(alice, rose, at=at, key=key) == first
        assert Note.objects.count() == 1
        assert Entry.objects.filter(event="notes.written").count() == 1
        assert note_of(alice, rose, text="Autre", at=at, key=key) != first

    def test_with_the_key_of_a_note_on_another_person_is_refused(
        self, alice: Affectation, rose: Usager, at: datetime
    ) -> None:
        from tandem.usagers.tests.factories import UsagerFactory

        other = UsagerFactory.create(structure=alice.structure)
        key = uuid4()
        note_of(alice, rose, at=at, key=key)
        with pytest.raises(actions.NoteRefused):
            note_of(alice, other, at=at, key=key)

    def test_does_not_move_the_last_contact(
        self, alice: Affectation, rose: Usager, at: datetime
    ) -> None:
        """P-21."""
        before = rose.last_contact_at
        note_of(alice, rose, at=at)
        rose.refresh_from_db()
        assert rose.last_contact_at == before

    def test_of_work_ends_within_six_months(
        self, alice: Affectation, rose: Usager, at: datetime
    ) -> None:
        """A.3."""
        note = note_of(alice, rose, Kind.WORKING, at=at)
        assert note.expires_at == at + WORKING_KEPT
        assert timedelta(days=184) > WORKING_KEPT

    def test_says_the_same_in_the_journal_whatever_the_kind(
        self, alice: Affectation, rose: Usager, at: datetime
    ) -> None:
        """P-16: no line shows that a secret exists; P-11: the person sees that something was written."""
        lines = []
        for kind in Kind:
            note_of(alice, rose, kind, at=at)
            entry = Entry.objects.order_by("-pk")[0]
            lines.append((entry.event, entry.facts, entry.subject_label, entry.about))
        assert lines == [("notes.written", {}, "note", rose.public_id)] * 3

    def test_tells_the_journal_which_alarms_were_waved_away(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-12."""
        said = Said("Dossier 4532015112830366", overridden=("card",))
        actions.write_note(
            acteur=acteur, usager=rose, kind=Kind.FACT, said=said, key=uuid4(), at=at
        )
        assert Entry.objects.get(event="notes.written").facts == {"secret_override": ["card"]}

    def test_is_refused_empty_or_without_the_reason_of_what_is_sensitive(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-15."""
        for said in (Said(" \u200b"), Said("Malade", category=Category.HEALTH)):
            with pytest.raises(actions.NoteRefused):
                actions.write_note(
                    acteur=acteur, usager=rose, kind=Kind.FACT, said=said, key=uuid4(), at=at
                )
        assert not Note.objects.exists()

    def test_is_refused_for_someone_elsewhere(
        self, charlie: Affectation, rose: Usager, at: datetime
    ) -> None:
        """P-10."""
        with pytest.raises(actions.NotAllowed):
            note_of(charlie, rose, at=at)
        assert not Note.objects.exists()


class TestCorrectNote:
    def test_keeps_what_it_said_before(
        self, acteur: Acteur, alice: Affectation, rose: Usager, at: datetime
    ) -> None:
        """P-26: nothing is rewritten in silence."""
        note = note_of(alice, rose, text="Jeudi", at=at)
        later = at + timedelta(hours=1)
        actions.correct_note(acteur=acteur, note=note, said=Said("Vendredi"), at=later)
        again = actions.correct_note(
            acteur=acteur, note=note, said=Said("Samedi"), at=later + timedelta(hours=1)
        )
        assert again.text == "Samedi"
        versions = NoteVersion.objects.filter(note=note)
        assert [(v.text, v.at) for v in versions] == [("Vendredi", later), ("Jeudi", at)]
        assert Entry.objects.filter(event="notes.corrected").count() == 2

    def test_does_not_lengthen_the_clock_of_a_working_note(
        self, acteur: Acteur, alice: Affectation, rose: Usager, at: datetime
    ) -> None:
        """A.3."""
        note = note_of(alice, rose, Kind.WORKING, at=at)
        later = at + timedelta(days=100)
        actions.correct_note(acteur=acteur, note=note, said=Said("Mieux"), at=later)
        note.refresh_from_db()
        assert note.expires_at == at + WORKING_KEPT

    def test_adds_the_reason_alone(
        self, acteur: Acteur, alice: Affectation, rose: Usager, at: datetime
    ) -> None:
        note = note_of(alice, rose, text="Malade", at=at)
        said = Said("Malade", Category.HEALTH, Reason.RIGHT)
        changed = actions.correct_note(acteur=acteur, note=note, said=said, at=at)
        assert (changed.category, changed.reason) == ("health", "right")
        assert not NoteVersion.objects.exists()

    def test_without_a_change_is_refused(
        self, acteur: Acteur, alice: Affectation, rose: Usager, at: datetime
    ) -> None:
        note = note_of(alice, rose, text="Jeudi", at=at)
        with pytest.raises(actions.NoteRefused):
            actions.correct_note(acteur=acteur, note=note, said=Said("Jeudi "), at=at)

    @pytest.mark.parametrize("who", ["bob", "bea", "charlie"])
    def test_by_someone_else_is_refused(
        self, alice: Affectation, rose: Usager, at: datetime, who: str, request: pytest.FixtureRequest
    ) -> None:  # fmt: skip
        """P-16: the référente changes nobody's words, and withdraws nobody's note."""
        note = note_of(alice, rose, at=at)
        acteur = acteur_from(request.getfixturevalue(who))
        with pytest.raises(actions.NotAllowed):
            actions.correct_note(acteur=acteur, note=note, said=Said("Faux"), at=at)
        with pytest.raises(actions.NotAllowed):
            actions.withdraw_note(acteur=acteur, note=note, at=at)
        note.refresh_from_db()
        assert note.text == "Rose apporte l’avis d’impôt jeudi."


class TestWithdrawNote:
    def test_leaves_one_line_and_no_text(
        self, acteur: Acteur, alice: Affectation, rose: Usager, at: datetime
    ) -> None:
        note = note_of(alice, rose, at=at)
        actions.correct_note(acteur=acteur, note=note, said=Said("Autre"), at=at)
        actions.withdraw_note(acteur=acteur, note=note, at=at)
        assert not Note.objects.exists()
        assert not NoteVersion.objects.exists()
        entry = Entry.objects.get(event="notes.withdrawn")
        assert (entry.about, entry.facts) == (rose.public_id, {})


class TestTheDatabase:
    def test_refuses_a_working_note_without_end_and_a_reason_without_subject(
        self, alice: Affectation, rose: Usager, at: datetime
    ) -> None:
        """A.3, P-15."""
        wrong = (
            {"kind": Kind.WORKING, "text": "Jeudi"},
            {"kind": Kind.FACT, "text": "Jeudi", "expires_at": at + WORKING_KEPT},
            {"kind": Kind.FACT, "text": "Jeudi", "reason": "right"},
            {"kind": Kind.FACT, "text": ""},
            {"kind": "rumour", "text": "Jeudi"},
        )
        for values in wrong:
            with pytest.raises(IntegrityError), transaction.atomic():
                Note.objects.create(usager=rose, author=alice, at=at, **values)
