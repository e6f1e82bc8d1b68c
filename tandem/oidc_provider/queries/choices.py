"""What the pages of a connexion offer: people, lines, confirmations."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from tandem.kernel.refusals import Refusal
from tandem.mandats import queries as mandats_queries
from tandem.mandats.models import Autorisation, Usage
from tandem.mandats.rules import RESPONSIBILITY, Presence
from tandem.oidc_provider.models import Transaction
from tandem.oidc_provider.queries.obstacles import compatible_autorisations
from tandem.oidc_provider.rules.binding import use_act
from tandem.referentiels import queries as referentiels_queries
from tandem.structures.models import Acteur
from tandem.usagers import queries as usagers_queries
from tandem.usagers.models import Usager


class LineUnknown(Refusal):
    """Not one of the lines offered."""

    status = 404
    code = "not_found"


def person_present(acteur: Acteur, present: str) -> list[Usager]:
    """The person who is there, when the mode names them; nobody otherwise."""
    try:
        return [usagers_queries.usager_visible_to(acteur, UUID(present))]
    except (ValueError, usagers_queries.UsagerUnknown):
        return []


def described_lines(row: Transaction, acteur: Acteur, at: datetime) -> list[dict[str, Any]]:
    """The compatible lines, in the words of the catalogue: value, title, description, pictogram, presence."""
    lines = compatible_autorisations(row, acteur, at)
    described = referentiels_queries.describe_scopes([line.scope for line in lines])
    return [
        {
            "value": str(line.public_id),
            "title": words.title,
            "description": words.description,
            "pictogram": words.pictogram,
            "presence_allowed": line.presence_allowed,
        }
        for line, words in zip(lines, described, strict=True)
    ]


def line_chosen(row: Transaction, acteur: Acteur, value: str, at: datetime) -> Autorisation:
    """The line of that identifier, among those offered.

    Raises:
        LineUnknown: it is not offered any more.
    """
    for line in compatible_autorisations(row, acteur, at):
        if str(line.public_id) == value:
            return line
    raise LineUnknown(_("Cette démarche n’est plus proposée. Choisissez de nouveau."))


def use_initial(row: Transaction, acteur: Acteur, at: datetime) -> dict[str, str]:
    """What was said already, and the service of the last use: a repeated act asks little."""
    initial = {"presence": row.presence, "service_declared": row.service_declared or ""}
    lines = compatible_autorisations(row, acteur, at)
    if row.autorisation is not None:
        initial["autorisation"] = str(row.autorisation.public_id)
    if not initial["service_declared"]:
        last = Usage.objects.filter(autorisation__in=lines).order_by("-used_at", "-pk").first()
        if last is not None:
            initial["service_declared"] = last.service_declared
    return {name: value for name, value in initial.items() if value}


def autorisation_of(row: Transaction) -> Autorisation:
    """The line chosen.

    Raises:
        LineUnknown: none yet.
    """
    if row.autorisation is None:
        raise LineUnknown(_("Choisissez d’abord la démarche."))
    return row.autorisation


def confirmation_context(row: Transaction, at: datetime) -> dict[str, object]:
    """What the confirmation page shows: the line in words, and whether the person must still confirm (P-06)."""
    autorisation = autorisation_of(row)
    needed = mandats_queries.needs_confirmation(autorisation)
    usager = autorisation.usager
    return {
        "line": referentiels_queries.describe_scope(autorisation.scope),
        "usager": usager,
        "mandat": autorisation.mandat,
        "confirmation_needed": needed,
        "confirmation": mandats_queries.fresh_confirmation(autorisation, at=at) if needed else None,
        "has_channel": usagers_queries.proven_channel(usager) is not None if needed else False,
        "presence_label": Presence(row.presence).label,
        "responsibility": RESPONSIBILITY,
        "act": use_act(row.public_id),
    }
