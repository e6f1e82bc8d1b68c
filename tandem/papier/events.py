"""What papier may write in the journal: closed facts, no name, no free text."""

from django.utils.translation import gettext_lazy as _

from tandem.journal.rules import Event

SHEET_NOTED = Event(
    "papier.sheet_noted",
    _("Feuille signée à la main notée"),
    facts=frozenset({"hand", "kept_by", "witness", "absent", "mark", "alone"}),
)
SHEET_CONFIRMED = Event(
    "papier.sheet_confirmed",
    _("Feuille confirmée par un deuxième aidant"),
    facts=frozenset({"mandat"}),
)
SHEET_CONFIRMED_ALONE = Event(
    "papier.sheet_confirmed_alone",
    _("Feuille confirmée par son seul aidant, un jour après"),
    facts=frozenset({"mandat"}),
)
SHEET_DECLINED = Event(
    "papier.sheet_declined", _("Feuille refusée par la personne"), facts=frozenset({"by"})
)
SHEET_REFUSED = Event(
    "papier.sheet_refused", _("Feuille refusée par un deuxième aidant"), facts=frozenset()
)
SHEET_FORGOTTEN = Event(
    "papier.sheet_forgotten", _("Feuille oubliée, faute de réponse"), facts=frozenset()
)
ORIGINAL_KEPT = Event(
    "papier.original_kept",
    _("Copie d’un original signé à la main gardée"),
    facts=frozenset({"of", "media_type", "size", "replaces"}),
)
ORIGINAL_READ = Event("papier.original_read", _("Copie d’un original lue"), facts=frozenset({"of"}))
