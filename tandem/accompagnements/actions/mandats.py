"""From a démarche to its mandat: the person and the line are there already, nothing is typed again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.accompagnements.actions.doors import AccompagnementRefused, locked_demarche
from tandem.accompagnements.models import DemarcheSuivie
from tandem.signature.actions import save_answers, start_draft
from tandem.signature.models import Draft
from tandem.signature.queries import answers_of, drafts_visible_to
from tandem.structures.models import Acteur


@transaction.atomic
def prepare_mandat(*, acteur: Acteur, demarche_suivie: DemarcheSuivie, at: datetime) -> Draft:
    """A draft of mandat for this démarche and this person. Asked twice, the same draft is given (S-24).

    A free démarche is asked for by its thème; what may be done is chosen with the person, in the wizard.

    Raises:
        AccompagnementRefused: neither in the catalogue nor in a thème.
        MandatRefused: the structure does not allow this thème any more.
    """
    row = locked_demarche(acteur, demarche_suivie)
    scope = scope_of(row)
    if not scope:
        raise AccompagnementRefused(
            _(
                "Cette démarche n’a pas de thème : préparez le mandat depuis la fiche de la personne."
            )
        )
    drafts = drafts_visible_to(acteur, at=at)
    known = row.mandat_draft and drafts.filter(public_id=row.mandat_draft).first()
    if known and scope in answers_of(known).scopes:
        return known
    draft = start_draft(acteur=acteur, usager=row.usager, at=at)
    draft = save_answers(acteur=acteur, draft=draft, at=at, scopes=(scope,))
    row.mandat_draft = draft.public_id
    row.save(update_fields=["mandat_draft"])
    return draft


def scope_of(row: DemarcheSuivie) -> str:
    """The line of a mandat that would cover it; nothing when there is none."""
    if row.demarche is not None:
        return f"demarche:{row.demarche.slug}"
    return "" if row.theme is None else f"theme:{row.theme.key}"
