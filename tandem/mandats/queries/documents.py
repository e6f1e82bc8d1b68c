"""What a paper of the day can name: the démarches of its line."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from tandem.mandats.models import Autorisation
from tandem.referentiels.queries import demarches, describe_scope
from tandem.referentiels.rules import Scope, ScopeKind

OTHER_ACT: Final = "autre"


@dataclass(frozen=True)
class Act:
    """One act that the person can confirm, with what it may change."""

    key: str
    name: str
    grave_acts: tuple[str, ...] = ()


def line_title(line: Autorisation) -> str:
    """The line in the words of the catalogue."""
    return describe_scope(line.scope).title


def acts_of_line(line: Autorisation) -> list[Act]:
    """The démarche of the line; for a whole thème, each of its démarches, then « Autre »."""
    scope = Scope.parse(line.scope)
    if scope.kind == ScopeKind.DEMARCHE:
        found = describe_scope(line.scope)
        return [Act(scope.key, found.title, found.grave_acts)]
    acts = [Act(row.slug, row.name, tuple(row.grave_acts)) for row in demarches(scope.key)]
    return [*acts, Act(OTHER_ACT, _("Autre démarche de ce thème"))]
