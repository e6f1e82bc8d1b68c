"""A mandat given to another structure, brought here: only with a new mandat, signed by the same person."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.mandats.actions import MandatRefused
from tandem.mandats.queries import mandat_of_code
from tandem.signature.actions.drafts import locked
from tandem.signature.models import Draft
from tandem.structures.models import Acteur


def link_transfer(*, acteur: Acteur, draft: Draft, code: str, at: datetime) -> Draft:
    """The person brings the paper of a mandat given to another structure: the new one will replace it.

    Raises:
        MandatRefused: no live mandat of another structure carries this code.
    """
    with transaction.atomic():
        row = locked(acteur, draft, at)
        former = mandat_of_code(code, sandbox=acteur.structure if acteur.is_practising else None)
        if former is None or former.structure_id == row.affectation.structure_id:
            raise MandatRefused(
                _("Aucun mandat d’une autre structure ne porte ce code. Vérifiez les lettres.")
            )
        if not former.autorisations.active(at=at).exists():
            raise MandatRefused(_("Ce mandat est déjà terminé : il n’y a rien à transférer."))
        row.transferred_from = former
        row.save(update_fields=["transferred_from"])
    return row


def unlink_transfer(*, acteur: Acteur, draft: Draft, at: datetime) -> Draft:
    """The mandat given elsewhere stays as it is: the new one replaces nothing there."""
    with transaction.atomic():
        row = locked(acteur, draft, at)
        row.transferred_from = None
        row.save(update_fields=["transferred_from"])
    return row
