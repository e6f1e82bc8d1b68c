"""What the journal writes about itself."""

from django.utils.translation import gettext_lazy as _

from tandem.journal.rules import Event

CHECKPOINT_KEY_ROTATED = Event(
    "journal.checkpoint_key_rotated", _("Clé de signature du journal changée")
)
