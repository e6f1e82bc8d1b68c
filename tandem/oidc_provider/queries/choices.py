"""What the pages of a connexion offer: people, lines, confirmations."""

from collections.abc import Sequence
from dataclasses import dataclass
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
from tandem.oidc_provider.rules.choices import PRESENCE_WORDS
from tandem.referentiels import queries as referentiels_queries
from tandem.structures.models import Acteur
from tandem.usagers import queries as usagers_queries
from tandem.usagers.models import Usager


class LineUnknown(Refusal):
    """No line is chosen yet."""

    status = 404
    code = "not_found"


def person_present(acteur: Acteur, present: str) -> list[Usager]:
    """The person who is there, when the mode names them; nobody otherwise."""
    try:
        return [usagers_queries.usager_visible_to(acteur, UUID(present))]
    except (ValueError, usagers_queries.UsagerUnknown):
        return []


@dataclass(frozen=True)
class Offer:
    """The lines this connexion may use, in the words of the catalogue, and what was said already."""

    autorisations: dict[str, Autorisation]
    # value, title, description, pictogram, presence_allowed
    lines: list[dict[str, Any]]
    initial: dict[str, str]


def offer(row: Transaction, acteur: Acteur, at: datetime) -> Offer:
    """What the page of the démarche proposes; a repeated act asks little."""
    found = compatible_autorisations(row, acteur, at)
    described = referentiels_queries.describe_scopes([line.scope for line in found])
    lines = [
        {
            "value": str(line.public_id),
            "title": words.title,
            "description": words.description,
            "pictogram": words.pictogram,
            "presence_allowed": line.presence_allowed,
        }
        for line, words in zip(found, described, strict=True)
    ]
    return Offer({str(line.public_id): line for line in found}, lines, _said(row, found))


def _said(row: Transaction, lines: Sequence[Autorisation]) -> dict[str, str]:
    said = {"presence": row.presence, "service_declared": row.service_declared or ""}
    if row.autorisation is not None:
        said["autorisation"] = str(row.autorisation.public_id)
    if not said["service_declared"]:
        last = Usage.objects.filter(autorisation__in=lines).order_by("-used_at", "-pk").first()
        said["service_declared"] = "" if last is None else last.service_declared
    return {name: value for name, value in said.items() if value}


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
    same = row.usager if row.usager_id == autorisation.usager_id else None
    usager = same or autorisation.usager
    return {
        "line": referentiels_queries.describe_scope(autorisation.scope),
        "usager": usager,
        "mandat": autorisation.mandat,
        "confirmation_needed": needed,
        "confirmation": mandats_queries.fresh_confirmation(autorisation, at=at) if needed else None,
        "has_channel": usagers_queries.proven_channel(usager) is not None if needed else False,
        "presence_label": PRESENCE_WORDS[Presence(row.presence)],
        "responsibility": RESPONSIBILITY,
        "act": use_act(row.public_id),
    }
