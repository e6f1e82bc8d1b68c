"""The live lines of a person, and how the pure rules compare them."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

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


def live_twice(*, kept: Usager, merged: Usager, **_signal: object) -> list[str]:
    """Why two files of one person cannot be one: the same line is alive on both, and the person gives it once.

    Answers `usagers_compared`: each line, and what to do.
    """
    alive = Autorisation.objects.filter(ended_at=None)
    theirs = alive.filter(usager=merged).values("scope")
    scopes = alive.filter(usager=kept, scope__in=theirs).order_by("scope")
    titles = [found.title for found in describe_scopes(scopes.values_list("scope", flat=True))]
    return [
        _(
            "Les deux dossiers ont un mandat en cours pour « %(line)s » : la personne en garde un. "
            "Arrêtez l’autre, puis revenez ici."
        )
        % {"line": title}
        for title in titles
    ]
