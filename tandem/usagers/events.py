"""What usagers may write in the journal. Personal values go among the secrets, erased with the person.

The person reads these labels: each says in plain words what was done. The reason of a freeze is a secret:
a relative may be reading over their shoulder (P-36).
"""

from django.utils.translation import gettext_lazy as _

from tandem.journal.rules import Event

IDENTIFIED = Event(
    "usagers.identified",
    _("Identité vérifiée par FranceConnect"),
    facts=frozenset({"match", "former_rung"}),
)
CORRECTED = Event(
    "usagers.corrected",
    _("Identité corrigée"),
    facts=frozenset({"fields"}),
    secrets=frozenset({
        "given_names", "family_name", "preferred_name", "birthdate", "gender", "birthplace", "birthcountry", "email",
    }),
)  # fmt: skip
DECLARED = Event("usagers.declared", _("Dossier ouvert"), facts=frozenset({"rung"}))
RUNG_ESTABLISHED = Event(
    "usagers.rung_established",
    _("Identité établie"),
    facts=frozenset({"rung", "piece", "former_rung"}),
)
READ = Event("usagers.read", _("Dossier ouvert et lu"))
CHANNEL_ADDED = Event(
    "usagers.channel_added", _("Moyen de contact ajouté"),
    facts=frozenset({"kind", "holder"}), secrets=frozenset({"value"}),
)  # fmt: skip
CHANNEL_PROVEN = Event("usagers.channel_proven", _("Moyen de contact vérifié avec la personne"))
CHANNEL_ENDED = Event("usagers.channel_ended", _("Moyen de contact retiré"))
CHANNEL_DISCREET = Event(
    "usagers.channel_discreet",
    _("Règle d’un moyen de contact changée"),
    secrets=frozenset({"discreet"}),
)
CHANNEL_FAILED = Event(
    "usagers.channel_failed", _("Un message n’est pas arrivé"), facts=frozenset({"kind"})
)
CODE_SENT = Event(
    "usagers.code_sent", _("Code envoyé à la personne"), facts=frozenset({"purpose", "kind"})
)
CODE_CONFIRMED = Event(
    "usagers.code_confirmed",
    _("La personne a donné son accord par un code"),
    facts=frozenset({"purpose"}),
)
FROZEN = Event("usagers.frozen", _("Dossier suspendu"), secrets=frozenset({"reason"}))
THAWED = Event("usagers.thawed", _("Dossier rouvert"))
DEATH_RECORDED = Event("usagers.death_recorded", _("Décès enregistré"))
DEATH_CORRECTED = Event("usagers.death_corrected", _("Décès enregistré par erreur, corrigé"))
PROTECTION_ANSWERED = Event(
    "usagers.protection_answered",
    _("Question sur une mesure de protection posée"),
    secrets=frozenset({"protected"}),
)
TEAM_ACCESS_CHANGED = Event(
    "usagers.team_access_changed",
    _("Accès de l’équipe au dossier changé"),
    facts=frozenset({"team_access"}),
)
SUIVI_STARTED = Event(
    "usagers.suivi_started", _("Un aidant suit la personne"), facts=frozenset({"affectation"})
)
SUIVI_ENDED = Event(
    "usagers.suivi_ended", _("Un aidant ne suit plus la personne"), facts=frozenset({"affectation"})
)
TOLD = Event(
    "usagers.told",
    _("Informations données à la personne, de vive voix ou sur papier"),
    facts=frozenset({"count"}),
)
ERASED = Event("usagers.erased", _("Dossier effacé"))
