"""What comptes writes in the journal: never a name, an address, a code."""

from django.utils.translation import gettext_lazy as _

from tandem.journal.rules import Event

LOGGED_IN = Event(
    "comptes.logged_in", _("Session ouverte"), facts=frozenset({"method", "new_device"})
)
LOGIN_REFUSED = Event(
    "comptes.login_refused", _("Ouverture de session refusée"), facts=frozenset({"step"})
)
LOGGED_OUT = Event("comptes.logged_out", _("Session fermée"), facts=frozenset({"reason"}))
GESTURE_REFUSED = Event("comptes.gesture_refused", _("Geste de confirmation refusé"))
INVITED = Event("comptes.invited", _("Compte créé, lien d’activation émis"))
LINK_RENEWED = Event("comptes.link_renewed", _("Nouveau lien d’activation émis"))
ACTIVATED = Event("comptes.activated", _("Mot de passe choisi par le lien d’activation"))
ENROLLED = Event("comptes.enrolled", _("Deux facteurs en place"))
FACTOR_ADDED = Event("comptes.factor_added", _("Facteur ajouté"), facts=frozenset({"kind"}))
FACTOR_REMOVED = Event("comptes.factor_removed", _("Facteur retiré"), facts=frozenset({"kind"}))
RECOVERY_CODES_MADE = Event("comptes.recovery_codes_made", _("Codes de secours renouvelés"))
PASSWORD_CHANGED = Event("comptes.password_changed", _("Mot de passe changé"))
RESET_REQUESTED = Event(
    "comptes.reset_requested",
    _("Reprise d’accès demandée"),
    facts=frozenset({"identity_proof", "standing"}),
)
RESET_APPROVED = Event(
    "comptes.reset_approved", _("Reprise d’accès approuvée"), facts=frozenset({"standing"})
)
RESET_CANCELLED = Event("comptes.reset_cancelled", _("Reprise d’accès refusée"))
RESET_APPLIED = Event("comptes.reset_applied", _("Facteurs remis à zéro"))
DEACTIVATED = Event("comptes.deactivated", _("Compte désactivé"))
REACTIVATED = Event("comptes.reactivated", _("Compte réactivé"))
