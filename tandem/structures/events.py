"""What structures may write in the journal: no name, no address, no e-mail."""

from django.utils.translation import gettext_lazy as _

from tandem.journal.rules import Event

STRUCTURE_CREATED = Event("structures.created", _("Structure ouverte"))
STRUCTURE_CLOSED = Event("structures.closed", _("Structure fermée"))
STRUCTURE_THEMES_RESTRICTED = Event(
    "structures.themes_restricted", _("Thèmes de la structure changés"), facts=frozenset({"themes"})
)
AFFECTATION_STARTED = Event(
    "structures.affectation_started",
    _("Personne affectée à la structure"),
    facts=frozenset({"role", "habilite"}),
)
AFFECTATION_HABILITE = Event("structures.affectation_habilite", _("Aidant habilité"))
AFFECTATION_ENDED = Event(
    "structures.affectation_ended", _("Affectation arrêtée"), facts=frozenset({"role"})
)
AFFECTATION_THEMES_RESTRICTED = Event(
    "structures.affectation_themes_restricted",
    _("Thèmes d’un aidant changés"),
    facts=frozenset({"themes"}),
)
CHARTE_ACCEPTED = Event(
    "structures.charte_accepted", _("Charte acceptée"), facts=frozenset({"version"})
)
PRACTICE_OPENED = Event("structures.practice_opened", _("Entraînement ouvert"))
