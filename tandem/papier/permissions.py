"""Who may do what on the road of paper: the third lock."""

from tandem.mandats.models import Mandat
from tandem.papier.models import Sheet
from tandem.structures.models import Acteur
from tandem.usagers.permissions import may_act_on


def is_other(acteur: Acteur, sheet: Sheet) -> bool:
    """Not the one who noted it, by whatever affectation."""
    return acteur.compte is not None and acteur.compte.pk != sheet.noted_by.compte_id


def may_decide(acteur: Acteur, sheet: Sheet) -> bool:
    """Confirm or refuse a sheet brought without the person: another aidant who sees them, never who noted it (S-20)."""
    return is_other(acteur, sheet) and may_act_on(acteur, sheet.usager)


def may_keep(acteur: Acteur, mandat: Mandat) -> bool:
    """Keep the scan of an original: an aidant who sees the person."""
    return acteur.may_act and may_act_on(acteur, mandat.usager)
