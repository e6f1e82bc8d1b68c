"""Boot: an installation whose journal is not guarded says so."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from tandem.journal.guards import missing_guards


@register(Tags.database)
def check_guards(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """journal.E001: a guard of the journal is missing from the database, or was altered."""
    return [
        Error(
            f"Les gardes du journal manquent dans la base {alias} : {', '.join(missing)}.",
            hint=(
                "Vérifiez d’abord le journal (journal_verify), puis remettez les gardes par "
                "« migrate --skip-checks »."
            ),
            id="journal.E001",
        )
        for alias in databases or ()
        if (missing := missing_guards(connections[alias]))
    ]
