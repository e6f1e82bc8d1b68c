"""Who may do what in a sandbox."""

from tandem.structures.models import Acteur, Structure


def may_wipe(acteur: Acteur) -> bool:
    """Whoever practises there."""
    return acteur.is_practising and acteur.may_act


def is_erasable(structure: Structure) -> bool:
    """A sandbox, and nothing else, is ever emptied."""
    return structure.practice_of_id is not None
