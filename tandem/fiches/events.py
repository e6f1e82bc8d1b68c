"""What this room may write in the journal: which démarche, which version; never a word of the sheet."""

from django.utils.translation import gettext_lazy as _

from tandem.journal.rules import Event

VERSION_WRITTEN = Event(
    "fiches.version_written",
    _("Fiche pratique écrite"),
    facts=frozenset({"demarche", "number", "secret_override"}),
)
CHANGE_REPORTED = Event(
    "fiches.change_reported",
    _("Changement d’une démarche signalé"),
    facts=frozenset({"demarche", "secret_override"}),
)
SHOWN = Event(
    "fiches.shown_again",
    _("Texte d’une fiche affiché de nouveau"),
    facts=frozenset({"demarche", "what"}),
)
HIDDEN = Event(
    "fiches.hidden",
    _("Texte d’une fiche masqué"),
    facts=frozenset({"demarche", "what", "reason"}),
)
