"""What is being typed, kept as it is typed; sent, it is forgotten. Not journaled: it is not said yet."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from tandem.accompagnements.actions.doors import at_work
from tandem.accompagnements.models import Brouillon
from tandem.accompagnements.rules import WORDS_MAX
from tandem.structures.models import Acteur, Affectation
from tandem.usagers.models import Usager


@transaction.atomic
def keep_brouillon(
    *,
    acteur: Acteur,
    page: str,
    fields: Mapping[str, str],
    at: datetime,
    usager: Usager | None = None,
) -> Brouillon | None:
    """Keep the words of one form for whoever types them; nothing left in it, nothing kept."""
    own = at_work(acteur).affectation
    said = {name: value[:WORDS_MAX] for name, value in fields.items() if value.strip()}
    if not said:
        drop_brouillon(affectation=own, page=page)
        return None
    row, created = Brouillon.objects.get_or_create(
        affectation=own, page=page, defaults={"usager": usager, "fields": said, "kept_at": at}
    )
    if not created:
        row.usager, row.fields, row.kept_at = usager, said, at
        row.save(update_fields=["usager", "fields", "kept_at"])
    return row


def drop_brouillon(*, affectation: Affectation | None, page: str) -> None:
    """It was sent, or emptied. Called inside the act that sends it."""
    Brouillon.objects.filter(affectation=affectation, page=page).delete()
