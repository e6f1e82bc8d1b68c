"""Who may do what with a practice sheet: the third lock, asked of the database again."""

from tandem.fiches.models import Change, Version
from tandem.fiches.queries import (
    hideable_changes,
    hideable_versions,
    showable_changes,
    showable_versions,
)
from tandem.structures.models import Acteur


def may_write(acteur: Acteur) -> bool:
    """Write, report, thank: whoever helps people now."""
    return acteur.may_act


def may_hide(acteur: Acteur, what: Version | Change) -> bool:
    """Hide a text: a référent of the structure that wrote it, or an operator."""
    if isinstance(what, Version):
        return hideable_versions(acteur).filter(pk=what.pk).exists()
    return hideable_changes(acteur).filter(pk=what.pk).exists()


def may_show(acteur: Acteur, what: Version | Change) -> bool:
    """Show a hidden text again: an operator; a référent of the structure that wrote it, unless the operator hid it."""
    if isinstance(what, Version):
        return showable_versions(acteur).filter(pk=what.pk).exists()
    return showable_changes(acteur).filter(pk=what.pk).exists()
