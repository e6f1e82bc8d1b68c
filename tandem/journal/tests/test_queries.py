from datetime import timedelta
from uuid import uuid4

import pytest

from tandem.journal.models import Checkpoint, CheckpointKey, Entry, Secret
from tandem.journal.queries import (
    JournalBrokenError,
    clear_values,
    entries_about,
    entries_of_subject,
    last_entries,
)
from tandem.journal.rules import Subject
from tandem.journal.tests.cast import AT, BY_CHARLIE, CCAS, MANDAT, ROSE, write

pytestmark = pytest.mark.django_db


class TestEntries:
    def test_about_a_person_come_from_all_structures_the_latest_first(self) -> None:
        """B.3-7: the person sees every line about them."""
        first = write(about=ROSE)
        other = write(BY_CHARLIE, about=ROSE, at=AT + timedelta(hours=1))
        write(about=uuid4())
        write()

        assert list(entries_about(ROSE)) == [other, first]

    def test_of_a_subject_are_those_of_its_label_too(self) -> None:
        entry = write()

        assert list(entries_of_subject(MANDAT)) == [entry]
        assert not entries_of_subject(Subject("mandats.draft", MANDAT.id)).exists()

    def test_of_a_structure_are_its_own(self) -> None:
        """B.3-7: the organisation sees its own."""
        lines = [write(), write()]
        write(BY_CHARLIE)

        assert list(last_entries(CCAS)) == lines[::-1]

    def test_of_a_room_that_is_gone_keep_their_name(self) -> None:
        assert Entry(event="former.event").label == "former.event"


class TestClearValues:
    def test_that_were_changed_are_not_shown(self, signed: Entry) -> None:
        secret = Secret.objects.get(name="name")
        secret.value = "Mallory"
        secret.save()

        with pytest.raises(JournalBrokenError) as caught:
            clear_values(signed)

        assert "Mallory" not in str(caught.value)


@pytest.mark.parametrize("model", [Entry, Secret, Checkpoint, CheckpointKey])
def test_every_field_is_said_personal_or_not(
    model: type[Entry | Secret | Checkpoint | CheckpointKey],
) -> None:
    """Law 10."""
    columns = {field.name for field in model._meta.concrete_fields} - {"id", "public_id"}

    assert model.privacy.fields == columns
