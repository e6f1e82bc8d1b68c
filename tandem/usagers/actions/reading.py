"""Reading is an act, and is journaled; meeting the person is the only thing that moves the last contact."""

from datetime import datetime

from django.db import transaction

from tandem.journal.models import Entry
from tandem.structures.models import Acteur
from tandem.usagers import events
from tandem.usagers.actions.doors import require_seen, trace
from tandem.usagers.models import Usager


@transaction.atomic
def record_reading(*, acteur: Acteur, usager: Usager, at: datetime) -> Entry:
    """One line for one reading of the person's page, however close the former one (P-11)."""
    require_seen(acteur, usager)
    return trace(events.READ, acteur, usager, at)


def record_contact(*, usager: Usager, at: datetime) -> None:
    """Move the last contact: for acts with the person only, never for opening their file (P-21).

    Called by the action that meets the person (identification, code typed back, signature, use).
    """
    Usager.objects.filter(pk=usager.pk, last_contact_at__lt=at).update(last_contact_at=at)
    usager.last_contact_at = max(usager.last_contact_at, at)
