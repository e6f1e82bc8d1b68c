"""What this room may write in the journal: closed facts, no word of a person."""

from django.utils.translation import gettext_lazy as _

from tandem.journal.rules import Event

# The kinds of secrets that a text seemed to hold, and that its writer said were none (P-12).
_OVERRIDE = "secret_override"
BESOIN_OPENED = Event(
    "accompagnements.besoin_opened", _("Demande notée"), facts=frozenset({_OVERRIDE})
)
BESOIN_NAMED = Event("accompagnements.besoin_named", _("Demande rattachée à la personne"))
BESOIN_CLOSED = Event(
    "accompagnements.besoin_closed", _("Demande terminée"), facts=frozenset({"kind"})
)
BESOIN_REOPENED = Event("accompagnements.besoin_reopened", _("Demande rouverte"))
AIDE_RECORDED = Event(
    "accompagnements.aide_recorded",
    _("Coup de main donné, sans nom"),
    facts=frozenset({"kind", "mode", "presence"}),
)
AIDE_UNDONE = Event("accompagnements.aide_undone", _("Coup de main compté par erreur, retiré"))
DEMARCHE_OPENED = Event(
    "accompagnements.demarche_opened",
    _("Démarche suivie ouverte"),
    facts=frozenset({"demarche", "mode", "presence", _OVERRIDE}),
)
DEMARCHE_NAMED = Event(
    "accompagnements.demarche_named", _("Démarche suivie rattachée à la personne")
)
DEMARCHE_CHANGED = Event(
    "accompagnements.demarche_changed",
    _("Ce qui est demandé pour une démarche a changé"),
    facts=frozenset({"fields"}),
)
STEP_ADDED = Event(
    "accompagnements.step_added",
    _("Étape d’une démarche notée"),
    facts=frozenset({"kind", "mode", "presence", "next_move", _OVERRIDE}),
)
PIECE_CHANGED = Event(
    "accompagnements.piece_changed",
    _("Pièce d’une démarche pointée"),
    facts=frozenset({"state", _OVERRIDE}),
)
DEMARCHE_FILED = Event(
    "accompagnements.demarche_filed",
    _("Démarche déposée"),
    facts=frozenset({"means", "receipt", "no_receipt", "mode", "presence", _OVERRIDE}),
)
DEMARCHE_CLOSED = Event(
    "accompagnements.demarche_closed",
    _("Démarche terminée"),
    facts=frozenset({"outcome", _OVERRIDE}),
)
DEMARCHE_REOPENED = Event("accompagnements.demarche_reopened", _("Démarche rouverte"))
RECEIPT_READ = Event("accompagnements.receipt_read", _("Preuve de dépôt ouverte"))
HANDED_OVER = Event(
    "accompagnements.handed_over",
    _("Demande passée à un collègue"),
    facts=frozenset({"reason", "to", _OVERRIDE}),
)
RELAIS_TAKEN = Event("accompagnements.relais_taken", _("Demande reprise par un collègue"))
PURGED = Event(
    "accompagnements.purged",
    _("Suivi effacé au terme de sa durée"),
    facts=frozenset({"besoins", "demarches"}),
)
