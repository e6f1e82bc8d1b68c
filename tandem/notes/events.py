"""What this room may write in the journal: that someone wrote, corrected, read; never what, nor of which kind.

The kind is no fact: a line that said « secret » would show every reader of the journal that a secret exists (P-16).
"""

from django.utils.translation import gettext_lazy as _

from tandem.journal.rules import Event

_OVERRIDE = frozenset({"secret_override"})

WRITTEN = Event("notes.written", _("Note écrite"), facts=_OVERRIDE)
CORRECTED = Event("notes.corrected", _("Note corrigée"), facts=_OVERRIDE)
WITHDRAWN = Event("notes.withdrawn", _("Note retirée"))
READ = Event("notes.read", _("Notes ouvertes et lues"))
SHOWN = Event("notes.shown", _("Notes montrées à la personne, à sa demande"))
PURGED = Event("notes.purged", _("Notes effacées au terme de leur durée"))
