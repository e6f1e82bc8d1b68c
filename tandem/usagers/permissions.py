"""Who may do what for a person: the third lock, asked of the database again."""

from datetime import datetime, timedelta

from tandem.structures.models import Acteur, Affectation
from tandem.structures.rules import ActeurKind
from tandem.usagers.models import Usager
from tandem.usagers.queries import usagers_visible_to

# In a structure where nobody else can, the one who stopped a file may open it again the next day (S-20).
UNDO_DELAY = timedelta(hours=24)


def may_act_on(acteur: Acteur, usager: Usager) -> bool:
    """The acteur sees this person now: structure, habilitation, charte and suivi hold together."""
    return usagers_visible_to(acteur).filter(pk=usager.pk).exists()


def may_thaw(acteur: Acteur, usager: Usager, *, at: datetime) -> bool:
    """Open a frozen file again: a référent, another aidant than the one who froze, or anyone a day later."""
    return _may_undo(acteur, usager, usager.stopped_by_id, usager.frozen_at, at)


def may_correct_death(acteur: Acteur, usager: Usager, *, at: datetime) -> bool:
    """The same for a death recorded by mistake: two persons, or a day (S-20)."""
    return _may_undo(acteur, usager, usager.death_recorded_by_id, usager.died_known_at, at)


def _may_undo(
    acteur: Acteur, usager: Usager, done_by: int | None, done_at: datetime | None, at: datetime
) -> bool:
    if not may_act_on(acteur, usager):
        return False
    waited = done_at is not None and at >= done_at + UNDO_DELAY
    own = acteur.affectation is not None and acteur.affectation.pk == done_by
    return acteur.is_referent or waited or not own


def may_follow(affectation: Affectation, usager: Usager) -> bool:
    """Someone who may be put in charge of the person: at work and habilité in the same structure."""
    return (
        affectation.structure_id == usager.structure_id
        and affectation.is_live
        and affectation.habilite_at is not None
    )


def may_erase(acteur: Acteur, usager: Usager) -> bool:
    """The machine (retention), or a référent of the structure."""
    if acteur.kind is ActeurKind.SYSTEM:
        return True
    return (
        acteur.may_manage
        and acteur.structure is not None
        and acteur.structure.pk == usager.structure_id
    )
