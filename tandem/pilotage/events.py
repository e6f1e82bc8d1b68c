"""What pilotage may write in the journal."""

from django.utils.translation import gettext_lazy as _

from tandem.journal.rules import Event

EXPORTED = Event(
    "pilotage.exported", _("Statistiques exportées"), facts=frozenset({"year", "rows"})
)
