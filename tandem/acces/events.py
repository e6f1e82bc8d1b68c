"""What acces may write in the journal."""

from django.utils.translation import gettext_lazy as _

from tandem.journal.rules import Event

OPENED = Event(
    "acces.opened",
    _("Aide pour ouvrir ou retrouver un compte"),
    facts=frozenset({"service", "road"}),
)
ENDED = Event(
    "acces.ended",
    _("Fin de l’aide pour un compte"),
    facts=frozenset({"service", "road", "keyboard", "outcome", "steps"}),
)
