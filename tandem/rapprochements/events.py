"""What rapprochements may write in the journal, on the two files: reasons and identifiers, no name.

The person reads these labels.
"""

from django.utils.translation import gettext_lazy as _

from tandem.journal.rules import Event

MERGED = Event(
    "rapprochements.merged",
    _("Deux dossiers de la même personne réunis"),
    facts=frozenset({"rapprochement", "kept", "merged", "reasons"}),
)
SEPARATED = Event(
    "rapprochements.separated",
    _("Deux dossiers réunis par erreur, séparés"),
    facts=frozenset({"rapprochement", "kept", "merged"}),
)
DISTINGUISHED = Event(
    "rapprochements.distinguished",
    _("Deux dossiers ressemblants : ce sont deux personnes"),
)
