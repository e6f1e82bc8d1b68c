"""Who may do what to mandats: the third lock."""

from tandem.mandats.models import Mandat
from tandem.structures.models import Acteur
from tandem.structures.rules import ActeurKind


def may_sign(acteur: Acteur) -> bool:
    """Sign with the person, for the structure: an aidant who may act."""
    return acteur.may_act and acteur.affectation is not None


def may_stop(acteur: Acteur, mandat: Mandat) -> bool:
    """Stop a mandat for the person: any aidant or référent of its structure (P-38)."""
    if acteur.structure is None or acteur.structure.pk != mandat.structure_id:
        return False
    return acteur.may_act or acteur.may_manage


def may_stop_by_code(acteur: Acteur) -> bool:
    """Stop a mandat for the person who brings its paper: anyone of any structure, and the operator."""
    return acteur.may_act or acteur.may_manage or acteur.kind is ActeurKind.OPERATOR


def may_renounce(acteur: Acteur, mandat: Mandat) -> bool:
    """Give a mandat up (P-18): the aidant who signed it, or a référent of the structure."""
    if not may_stop(acteur, mandat):
        return False
    own = acteur.affectation is not None and acteur.affectation.pk == mandat.signed_by_id
    return own or acteur.may_manage


def may_record(acteur: Acteur, mandat: Mandat) -> bool:
    """Note a confirmation, an account, the end of a démarche: an aidant of the structure."""
    return (
        acteur.may_act
        and acteur.structure is not None
        and acteur.structure.pk == mandat.structure_id
    )
