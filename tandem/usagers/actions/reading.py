"""Reading is an act, and is journaled; meeting the person is the only thing that moves the last contact."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.journal.models import Entry
from tandem.structures.models import Acteur
from tandem.usagers import events
from tandem.usagers.actions.doors import UsagerRefused, require_seen, trace
from tandem.usagers.models import Usager


class BesideAnother(UsagerRefused):
    """Another person looks at the screen: this file stays closed (P-28)."""

    code = "beside_another"


@transaction.atomic
def record_reading(*, acteur: Acteur, usager: Usager, at: datetime) -> Entry:
    """One line for one reading of the person's page, however close the former one (P-11).

    Raises:
        NotAllowed: the acteur does not see this person.
        BesideAnother: the person beside the screen is another one.
    """
    require_seen(acteur, usager)
    refuse_beside_another(acteur=acteur, usager=usager)
    return trace(events.READ, acteur, usager, at)


def refuse_beside_another(*, acteur: Acteur, usager: Usager) -> None:
    """BesideAnother when someone else than this person looks at the screen: for every page about a person (P-28)."""
    if _is_another(acteur.beside, usager):
        raise BesideAnother(_("Une personne est avec vous, et ce dossier n’est pas le sien."))


def _is_another(beside: str, usager: Usager) -> bool:
    """Somebody known, and not this person; someone unnamed may be this very person."""
    try:
        return UUID(beside) != usager.public_id
    except ValueError:
        return False


def record_contact(*, usager: Usager, at: datetime) -> None:
    """Move the last contact: for acts with the person only, never for opening their file (P-21).

    Called by the action that meets the person (identification, code typed back, signature, use).
    """
    Usager.objects.filter(pk=usager.pk, last_contact_at__lt=at).update(last_contact_at=at)
    usager.last_contact_at = max(usager.last_contact_at, at)
