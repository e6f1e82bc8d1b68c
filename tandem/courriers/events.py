"""What this room may write in the journal: which modèle, which version, which way; never a word of a letter.

The person reads these labels.
"""

from django.utils.translation import gettext_lazy as _

from tandem.journal.rules import Event

# `secret_override`: kinds of secret that the aidant said were none (P-12).
LETTRE_WRITTEN = Event(
    "courriers.lettre_written",
    _("Lettre préparée"),
    facts=frozenset({"modele", "sender", "presence", "secret_override"}),
)
LETTRE_CHANGED = Event(
    "courriers.lettre_changed",
    _("Lettre modifiée"),
    facts=frozenset({"number", "secret_override"}),
)
LETTRE_SENT = Event("courriers.lettre_sent", _("Lettre envoyée"), facts=frozenset({"way"}))
COURRIER_LOGGED = Event(
    "courriers.courrier_logged",
    _("Courrier reçu, noté"),
    facts=frozenset({"kind", "presence", "dated", "scan", "secret_override"}),
)
COURRIER_CORRECTED = Event(
    "courriers.courrier_corrected",
    _("Courrier reçu, note corrigée"),
    facts=frozenset({"dated", "secret_override"}),
)
COURRIER_SETTLED = Event("courriers.courrier_settled", _("Suite d’un courrier faite"))
COURRIER_REOPENED = Event("courriers.courrier_reopened", _("Suite d’un courrier rouverte"))
EXPIRED = Event(
    "courriers.expired",
    _("Lettres et courriers effacés, faute de contact depuis longtemps"),
    facts=frozenset({"lettres", "courriers"}),
)
