"""What documents may write in the journal: closed facts, no word of what is printed."""

from django.utils.translation import gettext_lazy as _

from tandem.journal.rules import Event

PAPER_PREPARED = Event(
    "documents.paper_prepared",
    _("Papier du jour préparé avec un texte que Tandem prenait pour un secret"),
    facts=frozenset({"scope", "secret_override"}),
)
