"""What this room may write in the journal: closed facts, no name, no free text.

An identifier among the facts wears the name of what it names: bare, one of them might be all digits, and be taken for
a number of a person.
"""

from django.utils.translation import gettext_lazy as _

from tandem.journal.rules import Event

MANDAT_SIGNED = Event(
    "mandats.signed",
    _("Mandat signé"),
    facts=frozenset(
        {
            "scopes",
            "duree",
            "ends_at",
            "consent",
            "language",
            "text",
            "reader",
            "seal",
            "team",
            "rung",
        }
    ),
)
# The difference with what stood before, which the screen showed (renewal or replacement).
MANDAT_CHANGED = Event(
    "mandats.changed",
    _("Mandat qui en remplace un autre"),
    facts=frozenset({"kind", "former", "added", "removed", "widened", "narrowed"}),
)
AUTORISATION_OPENED = Event(
    "mandats.autorisation_opened",
    _("Autorisation ouverte"),
    facts=frozenset({"scope", "presence", "mandat"}),
)
AUTORISATION_ENDED = Event(
    "mandats.autorisation_ended",
    _("Autorisation terminée"),
    facts=frozenset({"scope", "kind", "mandat"}),
)
MANDAT_ENDED = Event("mandats.ended", _("Mandat terminé"), facts=frozenset({"kind", "pending"}))
MANDAT_ENDING_ANNOUNCED = Event(
    "mandats.ending_announced", _("Fin prochaine annoncée"), facts=frozenset({"days"})
)
AUTORISATION_USED = Event(
    "mandats.autorisation_used",
    _("Autorisation utilisée"),
    facts=frozenset(
        {
            "scope",
            "mandat",
            "presence",
            "reason",
            "relying_party",
            "transaction",
            "confirmation",
            "sentence",
            "secret_override",
        }
    ),
)
ACCOUNT_RENDERED = Event(
    "mandats.account_rendered",
    _("Compte rendu à la personne"),
    facts=frozenset({"means", "late", "secret_override"}),
)
CONFIRMATION_RECORDED = Event(
    "mandats.confirmation_recorded",
    _("Confirmation de la personne"),
    facts=frozenset({"kind", "scope"}),
)
MANDAT_ERASED = Event(
    "mandats.erased", _("Mandat effacé, son temps de garde étant passé"), facts=frozenset({"seal"})
)
