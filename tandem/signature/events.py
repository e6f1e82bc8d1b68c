"""What this room may write in the journal: that an identity came, not whose."""

from django.utils.translation import gettext_lazy as _

from tandem.journal.rules import Event

# Its name before this room opened: a line of the journal never changes.
IDENTITY_RECEIVED = Event(
    "mandats.draft_identity_received",
    _("Identité reçue de FranceConnect"),
    facts=frozenset({"acr"}),
)
