"""What this room may write in the journal: closed facts, no name, no free text."""

from tandem.journal.rules import Event

MANDAT_SIGNED = Event(
    "mandat.signed",
    "Mandat signé",
    facts=frozenset(
        {"scopes", "duree", "ends_at", "consent", "language", "facile", "text_version", "reader", "seal",
         "team", "rung"}
    ),
)  # fmt: skip
# The difference with what stood before, which the screen showed (renewal or replacement).
MANDAT_CHANGED = Event(
    "mandat.changed",
    "Mandat qui en remplace un autre",
    facts=frozenset({"kind", "former", "added", "removed", "widened", "narrowed"}),
)
AUTORISATION_OPENED = Event(
    "autorisation.opened", "Autorisation ouverte", facts=frozenset({"scope", "presence", "mandat"})
)
AUTORISATION_ENDED = Event(
    "autorisation.ended",
    "Autorisation terminée",
    facts=frozenset({"scope", "kind", "by", "mandat"}),
)
MANDAT_ENDED = Event("mandat.ended", "Mandat terminé", facts=frozenset({"kind", "pending"}))
MANDAT_ENDING_ANNOUNCED = Event(
    "mandat.ending_announced", "Fin prochaine annoncée", facts=frozenset({"days"})
)
AUTORISATION_USED = Event(
    "autorisation.used",
    "Autorisation utilisée",
    facts=frozenset(
        {"scope", "presence", "reason", "relying_party", "transaction", "confirmation", "sentence"}
    ),
)
ACCOUNT_RENDERED = Event(
    "usage.account_rendered", "Compte rendu à la personne", facts=frozenset({"means", "late"})
)
CONFIRMATION_ASKED = Event(
    "confirmation.asked", "Code de confirmation envoyé", facts=frozenset({"scope"})
)
CONFIRMATION_RECORDED = Event(
    "confirmation.recorded", "Confirmation de la personne", facts=frozenset({"kind", "scope"})
)
IDENTITY_RECEIVED = Event(
    "draft.identity_received", "Identité reçue de FranceConnect", facts=frozenset({"acr"})
)
DRAFT_STOPPED = Event("draft.stopped", "Mandat non signé", facts=frozenset({"reason"}))
