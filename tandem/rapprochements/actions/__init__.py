"""Writes of rapprochements: two files brought together, separated, told apart; how look-alikes are found."""

from tandem.rapprochements.actions.finding import (
    distinguish,
    erase_person,
    index_likeness,
    index_missing,
)
from tandem.rapprochements.actions.merging import (
    MergeRefused,
    NotAllowed,
    follow_late_rows,
    merge_usagers,
    record_comparison,
    record_separation_opened,
)
from tandem.rapprochements.actions.separating import separate_usagers

__all__ = [
    "MergeRefused", "NotAllowed", "distinguish", "erase_person", "follow_late_rows", "index_likeness",
    "index_missing", "merge_usagers", "record_comparison", "record_separation_opened",
    "separate_usagers",
]  # fmt: skip
