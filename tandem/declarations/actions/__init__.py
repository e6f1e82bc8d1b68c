"""Writes of declarations.

Each raises NotAllowed when the acteur may not act, or does not see the person: it is not said again below.
"""

from tandem.declarations.actions.doors import DeclarationChanged, DeclarationRefused, NotAllowed
from tandem.declarations.actions.preparing import (
    Typed,
    begin_for,
    copy_former,
    leave_line,
    prepare,
    resume_line,
    save_values,
)
from tandem.declarations.actions.repairing import begin_correction, prepare_lettre
from tandem.declarations.actions.sending import file_declaration, note_sent_alone, record_assent

__all__ = [
    "DeclarationChanged", "DeclarationRefused", "NotAllowed", "Typed", "begin_correction", "begin_for", "copy_former",
    "file_declaration", "leave_line", "note_sent_alone", "prepare", "prepare_lettre", "record_assent", "resume_line",
    "save_values",
]  # fmt: skip
