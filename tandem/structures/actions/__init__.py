"""Writes of structures: open, close, assign, restrict, accept the charte."""

from tandem.kernel.refusals import NotAllowed
from tandem.structures.actions.chartes import accept_charte
from tandem.structures.actions.doors import AffectationRefused, StructureRefused
from tandem.structures.actions.people import (
    add_affectation,
    end_affectation,
    habilite_affectation,
    invite_person,
)
from tandem.structures.actions.practice import open_practice
from tandem.structures.actions.structures import (
    Founded,
    close_structure,
    create_structure,
    found_structure,
)
from tandem.structures.actions.themes import restrict_affectation, restrict_structure

__all__ = [
    "AffectationRefused", "Founded", "NotAllowed", "StructureRefused", "accept_charte", "add_affectation",
    "close_structure", "create_structure", "end_affectation", "found_structure", "habilite_affectation",
    "invite_person", "open_practice", "restrict_affectation", "restrict_structure",
]  # fmt: skip
