"""What this room may write in the journal: closed facts; never a value, never a word of a person."""

from django.utils.translation import gettext_lazy as _

from tandem.journal.rules import Event

_OVERRIDE = "secret_override"
BEGUN = Event(
    "declarations.begun", _("Déclaration préparée"), facts=frozenset({"demarche", "kind"})
)
COPIED = Event(
    "declarations.copied",
    _("Valeurs de la dernière déclaration reprises, redites par la personne"),
    facts=frozenset({"count"}),
)
VALUES_SAVED = Event(
    "declarations.values_saved",
    _("Valeurs d’une déclaration notées"),
    facts=frozenset({"count", "unsourced", "read_again", _OVERRIDE}),
)
ENTRY_REFUSED = Event("declarations.entry_refused", _("Saisie d’une ligne laissée à la personne"))
ENTRY_RESUMED = Event("declarations.entry_resumed", _("Saisie d’une ligne reprise"))
ASSENTED = Event(
    "declarations.assented",
    _("Déclaration relue, la personne est d’accord"),
    facts=frozenset({"how"}),
)
FILED = Event(
    "declarations.filed",
    _("Déclaration envoyée"),
    facts=frozenset({"demarche", "correction", "receipt"}),
)
NEXT_PLANNED = Event("declarations.next_planned", _("Prochaine déclaration notée"))
LETTER_PREPARED = Event("declarations.letter_prepared", _("Lettre de correction préparée"))
