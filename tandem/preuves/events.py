"""What this room may write in the journal: that a mandat was checked, and what was answered."""

from django.utils.translation import gettext_lazy as _

from tandem.journal.rules import Event

# Who looks is unknown: no address, no name. The person sees that someone looked, and when.
MANDAT_VERIFIED = Event(
    "preuves.mandat_verified",
    _("Mandat vérifié avec son code"),
    facts=frozenset({"status"}),
)
