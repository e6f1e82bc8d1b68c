"""Writes of papier: a sheet noted, confirmed by a second aidant, its copy kept."""

from tandem.papier.actions.declining import TooManyTries, decline_by_code
from tandem.papier.actions.forgetting import erase_person, purge_papier
from tandem.papier.actions.originals import keep_original, record_reading_of
from tandem.papier.actions.sheets import (
    PaperRefused,
    confirm_sheet,
    note_sheet,
    refuse_sheet,
    start_on_paper,
)

__all__ = [
    "PaperRefused", "TooManyTries", "confirm_sheet", "decline_by_code", "erase_person", "keep_original", "note_sheet",
    "purge_papier", "record_reading_of", "refuse_sheet", "start_on_paper",
]  # fmt: skip
