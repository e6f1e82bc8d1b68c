"""What entrainement may write in the journal: in the sandbox's own chain, and nowhere else."""

from django.utils.translation import gettext_lazy as _

from tandem.journal.rules import Event

PRACTICE_BEGUN = Event("entrainement.begun", _("Entraînement commencé"))
PRACTICE_WIPED = Event("entrainement.wiped", _("Entraînement effacé"))
