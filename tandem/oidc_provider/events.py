"""What the provider may write in the journal."""

from tandem.journal.rules import Event

# The use itself is one line of mandats; these say what became of it.
IDENTITY_RELEASED = Event(
    "oidc_provider.identity_released",
    "Identité remise au service",
    facts=frozenset({"relying_party", "transaction", "scopes", "theme", "perimetre_declared"}),
)
IDENTITY_REFUSED = Event(
    "oidc_provider.identity_refused",
    "Remise de l’identité refusée",
    facts=frozenset({"relying_party", "transaction", "step", "reason"}),
)
CODE_REPLAYED = Event(
    "oidc_provider.code_replayed",
    "Code présenté une seconde fois : tout est annulé",
    facts=frozenset({"relying_party", "transaction"}),
)
ACCOMPAGNEMENT_ENDED = Event(
    "oidc_provider.accompagnement_ended",
    "Fin de l’accompagnement déclarée par l’aidant",
    facts=frozenset({"transaction", "logged_out", "filed"}),
)
RELYING_PARTY_ADDED = Event(
    "oidc_provider.relying_party_added",
    "Service ajouté à ceux qui peuvent demander une identité",
    facts=frozenset({"client_id", "themes", "id_token_alg", "userinfo_alg", "accepts_act"}),
)
RELYING_PARTY_DISABLED = Event(
    "oidc_provider.relying_party_disabled", "Service arrêté", facts=frozenset({"client_id"})
)
SIGNING_KEY_ROTATED = Event(
    "oidc_provider.signing_key_rotated",
    "Nouvelle clé de signature",
    facts=frozenset({"kid", "alg"}),
)
