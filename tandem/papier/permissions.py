"""Who may do what on the road of paper: the third lock."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from tandem.mandats.models import Mandat
from tandem.papier.models import Sheet
from tandem.structures.models import Acteur, Affectation
from tandem.usagers.permissions import may_act_on

# A colleague who left within the day still counts: nobody is made alone to be alone.
LEFT: Final = timedelta(hours=24)


def is_alone(acteur: Acteur, *, at: datetime) -> bool:
    """Nobody else of the structure may answer for a sheet, nor could a day ago (S-20)."""
    if acteur.structure is None or acteur.compte is None:
        return False
    there = Q(ended_at=None) | Q(ended_at__gt=at - LEFT)
    others = Affectation.objects.filter(
        there,
        structure=acteur.structure,
        habilite_at__isnull=False,
        compte__is_active=True,
    )
    return not others.exclude(compte=acteur.compte).exists()


def may_answer_alone(acteur: Acteur, sheet: Sheet, *, at: datetime) -> bool:
    """Confirm what one noted oneself: they were alone then, they still are; the day is the action's to ask."""
    return (
        sheet.opens_at is not None
        and not is_other(acteur, sheet)
        and may_act_on(acteur, sheet.usager)
        and is_alone(acteur, at=at)
    )


def may_withdraw(acteur: Acteur, sheet: Sheet) -> bool:
    """Say that the person said no: whoever sees them, who noted it too when they are alone."""
    return may_act_on(acteur, sheet.usager) and (
        is_other(acteur, sheet) or sheet.opens_at is not None
    )


def is_other(acteur: Acteur, sheet: Sheet) -> bool:
    """Not the one who noted it, by whatever affectation."""
    return acteur.compte is not None and acteur.compte.pk != sheet.noted_by.compte_id


def may_decide(acteur: Acteur, sheet: Sheet) -> bool:
    """Confirm or refuse a sheet brought without the person: another aidant who sees them, never who noted it (S-20)."""
    return is_other(acteur, sheet) and may_act_on(acteur, sheet.usager)


def may_keep(acteur: Acteur, mandat: Mandat) -> bool:
    """Keep the scan of an original: an aidant who sees the person."""
    return acteur.may_act and may_act_on(acteur, mandat.usager)
