"""The refusals of structures, and how the journal names their objects."""

from tandem.journal.rules import Subject
from tandem.kernel.refusals import Refusal
from tandem.structures.models import Affectation, Structure


class StructureRefused(Refusal):
    """The structure cannot be opened, closed or changed; the message says why."""


class AffectationRefused(Refusal):
    """The person cannot be assigned, restricted or ended; the message says why."""


def structure_subject(structure: Structure) -> Subject:
    """The subject of a line about a structure."""
    return Subject("structure", structure.public_id)


def affectation_subject(affectation: Affectation) -> Subject:
    """The subject of a line about someone's work for a structure."""
    return Subject("affectation", affectation.public_id)
