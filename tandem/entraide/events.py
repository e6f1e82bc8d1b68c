"""What entraide may write in the journal."""

from django.utils.translation import gettext_lazy as _

from tandem.journal.rules import Event

DRAFT_TAKEN = Event(
    "entraide.draft_taken", _("Mandat en préparation repris par un collègue appelé à l’aide")
)
