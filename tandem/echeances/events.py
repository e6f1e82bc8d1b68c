"""What this room may write in the journal: closed facts, no word of a person."""

from django.utils.translation import gettext_lazy as _

from tandem.journal.rules import Event

ADDED = Event(
    "echeances.added",
    _("Date à ne pas manquer notée"),
    facts=frozenset({"kind", "secret_override"}),
)
CHANGED = Event(
    "echeances.changed",
    _("Date à ne pas manquer changée"),
    facts=frozenset({"kind", "secret_override"}),
)
DONE = Event("echeances.done", _("Date tenue"), facts=frozenset({"kind"}))
DROPPED = Event("echeances.dropped", _("Date retirée de la liste"), facts=frozenset({"kind"}))
REOPENED = Event("echeances.reopened", _("Date remise dans la liste"), facts=frozenset({"kind"}))
