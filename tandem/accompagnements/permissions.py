"""Who may do what here: the third lock, asked of the database again."""

from datetime import datetime

from tandem.accompagnements.models import Aide, Besoin, DemarcheSuivie
from tandem.accompagnements.queries import besoins_visible_to, demarches_visible_to
from tandem.accompagnements.rules import UNDO_DELAY, is_sensitive
from tandem.structures.models import Acteur, Affectation
from tandem.structures.rules import Obstacle
from tandem.usagers.permissions import may_follow
from tandem.usagers.queries import suivis_of


def may_help(acteur: Acteur, kind: str) -> bool:
    """Simple help: whoever works here and accepted the charte; a habilité for money and personal data."""
    if acteur.obstacle is None:
        return True
    waiting = acteur.obstacle is Obstacle.NOT_HABILITE and acteur.charte_accepted
    return waiting and not is_sensitive(kind)


def may_undo(acteur: Acteur, aide: Aide, *, at: datetime) -> bool:
    """Take a tap back: whoever tapped, for a quarter of an hour."""
    own = acteur.affectation is not None and acteur.affectation.pk == aide.affectation_id
    return own and at < aide.at + UNDO_DELAY


def may_work_on(acteur: Acteur, what: Besoin | DemarcheSuivie) -> bool:
    """The acteur sees it now."""
    rows = besoins_visible_to(acteur) if isinstance(what, Besoin) else demarches_visible_to(acteur)
    return rows.filter(pk=what.pk).exists()


def may_receive(affectation: Affectation, what: Besoin | DemarcheSuivie) -> bool:
    """A colleague who may act here, and who sees the person (P-10)."""
    if affectation.structure_id != what.structure_id or not affectation.is_live:
        return False
    if affectation.habilite_at is None or not affectation.compte.is_active:
        return False
    usager = what.usager
    if usager is None:
        return True
    followed = suivis_of(usager).filter(affectation=affectation).exists()
    return may_follow(affectation, usager) and (usager.team_access or followed)
