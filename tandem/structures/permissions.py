"""Who may do what to structures: the third lock."""

from tandem.structures.models import Acteur, Affectation, Structure
from tandem.structures.queries import affectations_of_compte
from tandem.structures.rules import ActeurKind


def may_run_instance(acteur: Acteur) -> bool:
    """Open and close structures, habiliter: the operators, and the commands run on the machine."""
    return acteur.kind is ActeurKind.SYSTEM or (
        acteur.kind is ActeurKind.OPERATOR and acteur.is_operator
    )


def may_manage_people(acteur: Acteur, structure: Structure) -> bool:
    """Invite, restrict and end: a référent in their own structure, or whoever runs the instance."""
    if may_run_instance(acteur):
        return True
    return (
        acteur.may_manage and acteur.structure is not None and acteur.structure.pk == structure.pk
    )


def may_end(acteur: Acteur, affectation: Affectation) -> bool:
    """End someone's work for the structure; a référent does not end their own (a colleague does)."""
    own = acteur.affectation is not None and acteur.affectation.pk == affectation.pk
    return may_manage_people(acteur, affectation.structure) and not own


def may_accept_charte(acteur: Acteur) -> bool:
    """Anyone at work in an open structure, habilité or not yet."""
    return (
        acteur.kind in {ActeurKind.AIDANT, ActeurKind.REFERENT}
        and acteur.affectation is not None
        and acteur.affectation.is_live
        and acteur.structure is not None
        and acteur.structure.is_active
    )


def may_practise(acteur: Acteur) -> bool:
    """Anyone who works somewhere, habilité or not yet: practising opens no door outside (A-14)."""
    compte = acteur.compte
    return compte is not None and compte.is_active and affectations_of_compte(compte).exists()
