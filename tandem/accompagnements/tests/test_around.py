"""What stands around a démarche: what changed in it elsewhere, and the notes that end with it."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from tandem.accompagnements.actions import close_demarche
from tandem.accompagnements.models import DemarcheSuivie
from tandem.accompagnements.rules import Outcome
from tandem.fiches.tests.factories import change_of, version_of
from tandem.notes.models import Note
from tandem.notes.rules import Kind
from tandem.notes.tests.factories import note_of
from tandem.structures.models import Acteur, Affectation

pytestmark = pytest.mark.django_db


def slug_of(rsa: DemarcheSuivie) -> str:
    assert rsa.demarche is not None
    return rsa.demarche.slug


class TestAChangeToldByAnAidantElsewhere:
    def test_shows_on_the_demarche_one_has_open_until_the_sheet_says_it(
        self, desk: Client, rsa: DemarcheSuivie, charlie: Affectation, at: datetime
    ) -> None:
        change_of(charlie, slug_of(rsa), "Le formulaire a changé de place.", at=at)
        html = desk.get(rsa.get_absolute_url()).content.decode()
        assert "Le formulaire a changé de place." in html
        assert charlie.structure.name in html
        assert charlie.compte.full_name not in html
        version_of(charlie, slug_of(rsa), "Il est en bas de page.", at=at)
        html = desk.get(rsa.get_absolute_url()).content.decode()
        assert "Le formulaire a changé de place." not in html

    def test_is_not_told_once_the_demarche_is_over(
        self, desk: Client, acteur: Acteur, rsa: DemarcheSuivie, charlie: Affectation, at: datetime
    ) -> None:
        change_of(charlie, slug_of(rsa), "Le formulaire a changé de place.", at=at)
        close_demarche(acteur=acteur, demarche_suivie=rsa, outcome=Outcome.GRANTED, at=at)
        html = desk.get(rsa.get_absolute_url()).content.decode()
        assert "Le formulaire a changé de place." not in html


class TestTheEndOfADemarche:
    def test_takes_its_working_notes(
        self, acteur: Acteur, alice: Affectation, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        """A.3: until the démarche ends."""
        assert rsa.usager is not None
        note_of(alice, rsa.usager, Kind.WORKING, at=at, demarche_suivie=rsa.public_id)
        note_of(alice, rsa.usager, Kind.WORKING, "Autre chose", at=at)
        later = at + timedelta(hours=1)
        close_demarche(acteur=acteur, demarche_suivie=rsa, outcome=Outcome.GRANTED, at=later)
        assert [note.text for note in Note.objects.all()] == ["Autre chose"]

    def test_is_where_its_working_notes_are_written_from(
        self, desk: Client, rsa: DemarcheSuivie
    ) -> None:
        assert rsa.usager is not None
        link = f"/notes/{rsa.usager.public_id}/ecrire/?demarche={rsa.public_id}"
        assert link in desk.get(rsa.get_absolute_url()).content.decode()
        assert f'value="{rsa.public_id}"' in desk.get(link).content.decode()
