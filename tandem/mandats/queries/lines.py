"""The live lines of a person, and how the pure rules compare them."""

from collections.abc import Iterable
from datetime import datetime

from tandem.mandats.models import Autorisation
from tandem.mandats.rules import Agreement, Line
from tandem.referentiels.queries import describe_scopes
from tandem.usagers.models import Usager


def live_lines(usager: Usager, *, at: datetime) -> list[Autorisation]:
    """The lines of a person that are alive, with their mandat: what a new one may replace."""
    return list(
        Autorisation.objects.active(at=at)
        .filter(usager=usager)
        .select_related("mandat")
        .order_by("pk")
    )


def as_lines(rows: Iterable[Autorisation]) -> list[Line]:
    """Rows as the pure rules compare them."""
    return [Line(row.scope, row.theme, frozenset(row.presence_allowed)) for row in rows]


def wanted_lines(agreement: Agreement) -> list[Line]:
    """The lines chosen, as the pure rules compare them."""
    return [
        Line(found.scope, found.theme, frozenset(agreement.presence.get(found.scope, ())))
        for found in describe_scopes(agreement.scopes)
    ]
