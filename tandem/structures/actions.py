"""Writes of structures: open, close, assign, restrict, accept the charte."""

import base64
import secrets
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.comptes.models import Compte
from tandem.journal.actions import record
from tandem.journal.rules import Subject
from tandem.kernel.refusals import Refusal
from tandem.kernel.text import clean_line
from tandem.referentiels.queries import themes as known_themes
from tandem.structures import events, permissions
from tandem.structures.charte import CURRENT_VERSION
from tandem.structures.models import Acteur, Affectation, CharteAcceptance, Structure
from tandem.structures.rules import Role, StructureDetails, clean_siret


class StructureRefused(Refusal):
    """The structure cannot be opened, closed or changed; the message says why."""


class AffectationRefused(Refusal):
    """The person cannot be assigned, restricted or ended; the message says why."""


class NotAllowed(Refusal):
    """The acteur may not do this."""

    status = 403
    code = "forbidden"


def _structure_subject(structure: Structure) -> Subject:
    return Subject("structure", structure.public_id)


def _affectation_subject(affectation: Affectation) -> Subject:
    return Subject("affectation", affectation.public_id)


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
        subject=_structure_subject(structure),
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
    """Close a structure: from this instant nobody acts for it, on any mandat (P-40).

    Raises:
        StructureRefused: already closed.
        NotAllowed: neither an operator nor the machine.
    """
    if not permissions.may_run_instance(acteur):
        raise NotAllowed(_("Seul un opérateur peut fermer une structure."))
    if not Structure.objects.active().filter(pk=structure.pk).update(closed_at=at):
        raise StructureRefused(_("Cette structure est déjà fermée."))
    structure.closed_at = at
    record(
        events.STRUCTURE_CLOSED, author=acteur.author, subject=_structure_subject(structure), at=at
    )
    return structure


@transaction.atomic
def add_affectation(
    *,
    acteur: Acteur,
    compte: Compte,
    structure: Structure,
    role: Role,
    at: datetime,
    habilite: bool = False,
) -> Affectation:
    """Assign a compte to a structure. `habilite` is for the machine and the operators only.

    Raises:
        AffectationRefused: already there, or the structure or the compte is closed.
        NotAllowed: the acteur does not manage this structure, or may not habiliter.
    """
    if not permissions.may_manage_people(acteur, structure):
        raise NotAllowed(_("Seul un référent de la structure peut y ajouter une personne."))
    if habilite and not permissions.may_run_instance(acteur):
        raise NotAllowed(_("L’habilitation se demande : un référent ne la donne pas lui-même."))
    if not structure.is_active or not compte.is_active:
        raise AffectationRefused(_("Cette structure ou ce compte est fermé."))
    if Affectation.objects.live().filter(compte=compte, structure=structure).exists():
        raise AffectationRefused(_("Cette personne travaille déjà pour la structure."))
    affectation = Affectation.objects.create(
        compte=compte,
        structure=structure,
        role=role,
        started_at=at,
        habilite_at=at if habilite else None,
    )
    record(
        events.AFFECTATION_STARTED,
        author=acteur.author,
        subject=_affectation_subject(affectation),
        at=at,
        facts={"role": str(role), "habilite": habilite},
    )
    return affectation


@transaction.atomic
def habilite_affectation(*, acteur: Acteur, affectation: Affectation, at: datetime) -> Affectation:
    """Write the result of an habilitation: this person may act once the charte is accepted.

    Raises:
        AffectationRefused: ended, or already habilitée.
        NotAllowed: neither an operator nor the machine.
    """
    if not permissions.may_run_instance(acteur):
        raise NotAllowed(_("Seul un opérateur peut enregistrer une habilitation."))
    if (
        not Affectation.objects.live()
        .filter(pk=affectation.pk, habilite_at=None)
        .update(habilite_at=at)
    ):
        raise AffectationRefused(_("Cette personne est déjà habilitée, ou ne travaille plus ici."))
    affectation.habilite_at = at
    record(
        events.AFFECTATION_HABILITE,
        author=acteur.author,
        subject=_affectation_subject(affectation),
        at=at,
    )
    return affectation


@transaction.atomic
def end_affectation(*, acteur: Acteur, affectation: Affectation, at: datetime) -> Affectation:
    """End someone's work for the structure: at their next request they may do nothing there (P-39).

    The compte itself stays: it may serve another structure, and the journal still names it.

    Raises:
        AffectationRefused: already ended.
        NotAllowed: the acteur does not manage this structure, or ends their own affectation.
    """
    if not permissions.may_end(acteur, affectation):
        raise NotAllowed(
            _("Seul un autre référent de la structure peut arrêter cette affectation.")
        )
    if not Affectation.objects.live().filter(pk=affectation.pk).update(ended_at=at):
        raise AffectationRefused(_("Cette affectation est déjà arrêtée."))
    affectation.ended_at = at
    record(
        events.AFFECTATION_ENDED,
        author=acteur.author,
        subject=_affectation_subject(affectation),
        at=at,
        facts={"role": affectation.role},
    )
    return affectation


@transaction.atomic
def restrict_structure(
    *, acteur: Acteur, structure: Structure, themes: Iterable[str], at: datetime
) -> Structure:
    """Keep a structure to these thèmes (empty: all), at once and on mandats already signed.

    Raises:
        StructureRefused: a thème is not in the catalogue.
        NotAllowed: the acteur does not manage this structure.
    """
    if not permissions.may_manage_people(acteur, structure):
        raise NotAllowed(_("Seul un référent de la structure peut choisir ses thèmes."))
    structure.allowed_themes = _known(themes)
    structure.save(update_fields=["allowed_themes"])
    record(
        events.STRUCTURE_THEMES_RESTRICTED,
        author=acteur.author,
        subject=_structure_subject(structure),
        at=at,
        facts={"themes": structure.allowed_themes},
    )
    return structure


@transaction.atomic
def restrict_affectation(
    *, acteur: Acteur, affectation: Affectation, themes: Iterable[str], at: datetime
) -> Affectation:
    """Keep one person to these thèmes (empty: as the structure), at once and on mandats already signed.

    Raises:
        StructureRefused: a thème is not in the catalogue.
        AffectationRefused: the affectation has ended.
        NotAllowed: the acteur does not manage this structure.
    """
    if not permissions.may_manage_people(acteur, affectation.structure):
        raise NotAllowed(_("Seul un référent de la structure peut choisir les thèmes d’un aidant."))
    wanted = _known(themes)
    if not Affectation.objects.live().filter(pk=affectation.pk).update(allowed_themes=wanted):
        raise AffectationRefused(_("Cette affectation est déjà arrêtée."))
    affectation.allowed_themes = wanted
    record(
        events.AFFECTATION_THEMES_RESTRICTED,
        author=acteur.author,
        subject=_affectation_subject(affectation),
        at=at,
        facts={"themes": wanted},
    )
    return affectation


def _known(themes: Iterable[str]) -> list[str]:
    wanted = set(themes)
    known = [theme.key for theme in known_themes()]
    if wanted - set(known):
        raise StructureRefused(_("L’un de ces thèmes n’existe pas dans le catalogue."))
    # All of them restricts nothing: a thème added later is then open too.
    return [] if wanted == set(known) else [key for key in known if key in wanted]


@transaction.atomic
def accept_charte(*, acteur: Acteur, version: str, at: datetime) -> CharteAcceptance:
    """Accept the current charte, by name, to act for this structure (P-04). Accepting twice is once.

    Raises:
        AffectationRefused: the text shown is no longer the current one.
        NotAllowed: not at work in an open structure.
    """
    if not permissions.may_accept_charte(acteur):
        raise NotAllowed(_("La charte s’accepte au nom d’une structure où vous travaillez."))
    if version != CURRENT_VERSION:
        raise AffectationRefused(
            _("La charte a changé pendant votre lecture. Relisez-la avant de l’accepter.")
        )
    acceptance, created = CharteAcceptance.objects.get_or_create(
        compte=acteur.compte,
        structure=acteur.structure,
        version=version,
        defaults={"accepted_at": at},
    )
    if created and acteur.affectation is not None:
        record(
            events.CHARTE_ACCEPTED,
            author=acteur.author,
            subject=_affectation_subject(acteur.affectation),
            at=at,
            facts={"version": version},
        )
    return acceptance
