"""Open and close structures, with their first people."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.journal.actions import record
from tandem.kernel.refusals import NotAllowed
from tandem.kernel.text import clean_line
from tandem.structures import events, permissions
from tandem.structures.actions.doors import StructureRefused, structure_subject
from tandem.structures.actions.people import Welcomed, invite_person
from tandem.structures.models import Acteur, Structure
from tandem.structures.rules import Invited, Role, StructureDetails, clean_siret
from tandem.structures.signals import structure_closed


@transaction.atomic
def create_structure(*, acteur: Acteur, details: StructureDetails, at: datetime) -> Structure:
    """Open a structure, with its own key for the index of names.

    Raises:
        StructureRefused: the SIRET or the time zone is wrong, or the same structure is already open.
        NotAllowed: neither an operator nor the machine.
    """
    if not permissions.may_run_instance(acteur):
        raise NotAllowed(_("Seul un opérateur peut ouvrir une structure."))
    siret = clean_siret(details.siret)
    if not siret:
        raise StructureRefused(
            _("Ce numéro SIRET n’est pas juste : il faut 14 chiffres, comme 213 502 388 00019.")
        )
    _check_zone(details.timezone)
    name = clean_line(details.name)
    if Structure.objects.active().filter(siret=siret, name=name).exists():
        raise StructureRefused(_("Une structure de ce nom et de ce SIRET est déjà ouverte."))
    structure = Structure.objects.create(
        name=name,
        siret=siret,
        address=clean_line(details.address),
        postcode=details.postcode.strip(),
        city=clean_line(details.city),
        commune_insee=details.commune_insee.strip(),
        phone=details.phone.strip(),
        email=details.email.strip(),
        timezone=details.timezone,
        search_key=base64.b64encode(secrets.token_bytes(32)).decode(),
        created_at=at,
    )
    record(
        events.STRUCTURE_CREATED,
        author=acteur.author,
        subject=structure_subject(structure),
        at=at,
    )
    return structure


def _check_zone(timezone: str) -> None:
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise StructureRefused(
            _("Ce fuseau horaire n’existe pas ; par exemple : Europe/Paris.")
        ) from error


@transaction.atomic
def close_structure(*, acteur: Acteur, structure: Structure, at: datetime) -> Structure:
    """Close a structure: from this instant nobody acts for it, on any mandat, and people are told (P-40).

    Raises:
        StructureRefused: already closed.
        NotAllowed: neither an operator nor the machine.
    """
    if not permissions.may_run_instance(acteur):
        raise NotAllowed(_("Seul un opérateur peut fermer une structure."))
    if not Structure.objects.active().filter(pk=structure.pk).update(closed_at=at):
        raise StructureRefused(_("Cette structure est déjà fermée."))
    structure.closed_at = at
    structure_closed.send(sender=Structure, structure=structure, at=at)
    record(
        events.STRUCTURE_CLOSED, author=acteur.author, subject=structure_subject(structure), at=at
    )
    return structure


@dataclass(frozen=True)
class Founded:
    """A structure just opened, and its first people with the links that open their comptes."""

    structure: Structure
    people: tuple[Welcomed, ...]


@transaction.atomic
def found_structure(
    *, acteur: Acteur, details: StructureDetails, people: Sequence[Invited], at: datetime
) -> Founded:
    """Open a structure with its first people, all habilités: for the operators, before any habilitation.

    Raises:
        StructureRefused: no référent among them, or the structure cannot be opened.
        AffectationRefused, InvitationRefused: one of them cannot be invited; then nothing is done.
        NotAllowed: neither an operator nor the machine.
    """
    if not any(invited.role == Role.REFERENT for invited in people):
        raise StructureRefused(_("Il faut au moins un référent pour ouvrir une structure."))
    structure = create_structure(acteur=acteur, details=details, at=at)
    welcomed = tuple(
        invite_person(acteur=acteur, structure=structure, invited=invited, habilite=True, at=at)
        for invited in people
    )
    return Founded(structure, welcomed)
