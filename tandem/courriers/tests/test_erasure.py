"""What is kept goes with the person, or two years after the last contact."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from tandem.courriers import actions, events
from tandem.courriers.jobs import retention
from tandem.courriers.models import Courrier, Lettre, LettreVersion
from tandem.courriers.rules import KEPT
from tandem.courriers.tests.factories import logged, received, written
from tandem.fichiers.models import StoredFile
from tandem.fichiers.rules import CheckedFile
from tandem.journal.models import Entry
from tandem.mandats.rules import Presence
from tandem.structures.models import SYSTEM_ACTEUR, Acteur
from tandem.usagers.actions import erase_usager
from tandem.usagers.models import Usager
from tandem.usagers.tests.factories import UsagerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(acteur: Acteur, rose: Usager, at: datetime) -> Usager:
    """Rose with a letter and a scanned courrier."""
    written(acteur, rose, at=at)
    actions.log_courrier(
        acteur=acteur,
        usager=rose,
        received=received(),
        presence=Presence.PRESENCE,
        form_key=uuid4(),
        scan=CheckedFile(name="a.pdf", media_type="application/pdf", content=b"%PDF-"),
        at=at,
    )
    return rose


def left() -> tuple[int, int, int, int]:
    files = StoredFile.objects.filter(erased_at=None).count()
    return Lettre.objects.count(), LettreVersion.objects.count(), Courrier.objects.count(), files


class TestErasingAPerson:
    def test_takes_letters_versions_post_and_scans(
        self, acteur: Acteur, full: Usager, at: datetime
    ) -> None:
        """P-22."""
        other = UsagerFactory.create(structure=full.structure)
        written(acteur, other, at=at)
        assert left() == (2, 2, 1, 1)

        erase_usager(acteur=SYSTEM_ACTEUR, usager=full, at=at)

        assert left() == (1, 1, 0, 0)


class TestRetention:
    def test_keeps_two_years_after_the_last_contact_and_no_longer(
        self, full: Usager, at: datetime
    ) -> None:
        """P-20, A.3: there the day before, gone the day after."""
        assert retention(at + KEPT - timedelta(days=1)) == "0 people"
        assert left() == (1, 1, 1, 1)

        assert retention(at + KEPT + timedelta(days=1)) == "1 people"
        assert left() == (0, 0, 0, 0)
        entry = Entry.objects.get(event=events.EXPIRED.name)
        assert entry.facts == {"lettres": 1, "courriers": 1}
        assert entry.about == full.public_id
        assert retention(at + KEPT + timedelta(days=2)) == "0 people"

    def test_counts_from_the_last_meeting(self, acteur: Acteur, full: Usager, at: datetime) -> None:
        """P-21: whoever is met again is kept."""
        logged(acteur, full, at=at + timedelta(days=300), due_on=None)

        assert retention(at + KEPT + timedelta(days=1)) == "0 people"
