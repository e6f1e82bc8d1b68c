"""Who works for a structure."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.comptes.actions import invite_compte
from tandem.comptes.models import Compte
from tandem.comptes.queries import compte_by_email
from tandem.envois.actions import queue_email
from tandem.journal.actions import record
from tandem.kernel.refusals import NotAllowed
from tandem.kernel.text import clean_line
from tandem.structures import events, permissions
from tandem.structures.actions.doors import AffectationRefused, affectation_subject
from tandem.structures.models import Acteur, Affectation, Structure
from tandem.structures.rules import Invited, Role


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
        AffectationRefused: already there, the structure or the compte is closed, or this is somebody's sandbox.
        NotAllowed: the acteur does not manage this structure, or may not habiliter.
    """
    if not permissions.may_manage_people(acteur, structure):
        raise NotAllowed(_("Seul un référent de la structure peut y ajouter une personne."))
    if habilite and not permissions.may_run_instance(acteur):
        raise NotAllowed(_("L’habilitation se demande : un référent ne la donne pas lui-même."))
    if not structure.is_active or not compte.is_active:
        raise AffectationRefused(_("Cette structure ou ce compte est fermé."))
    if structure.is_practice:
        raise AffectationRefused(_("C’est un entraînement : chacun a le sien, et y est seul."))
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
        subject=affectation_subject(affectation),
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
        subject=affectation_subject(affectation),
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
        subject=affectation_subject(affectation),
        at=at,
        facts={"role": affectation.role},
    )
    return affectation


@dataclass(frozen=True)
class Welcomed:
    """Someone invited: their affectation, and the link that opens a new compte (empty for a compte that exists)."""

    affectation: Affectation
    link: str = field(default="", repr=False)


@transaction.atomic
def invite_person(
    *, acteur: Acteur, structure: Structure, invited: Invited, at: datetime, habilite: bool = False
) -> Welcomed:
    """Invite someone to work for the structure: their compte if they have none, and an affectation.

    Not yet habilité unless the machine or an operator says so. Someone who has a compte already is told by e-mail.

    Raises:
        AffectationRefused: already there, or the structure or the compte is closed.
        InvitationRefused: no name, or no address.
        NotAllowed: the acteur does not manage this structure.
    """
    if not permissions.may_manage_people(acteur, structure):
        raise NotAllowed(_("Seul un référent de la structure peut y ajouter une personne."))
    compte, link = compte_by_email(invited.email), ""
    if compte is None:
        invitation = invite_compte(
            email=invited.email,
            given_name=clean_line(invited.given_name),
            family_name=clean_line(invited.family_name),
            author=acteur.author,
            at=at,
        )
        compte, link = invitation.compte, invitation.link
    affectation = add_affectation(
        acteur=acteur,
        compte=compte,
        structure=structure,
        role=invited.role,
        habilite=habilite,
        at=at,
    )
    if not link:
        _tell_welcomed(affectation, at)
    return Welcomed(affectation, link)


def _tell_welcomed(affectation: Affectation, at: datetime) -> None:
    queue_email(
        to=affectation.compte.email,
        subject=_("Une structure vous a ajouté dans Tandem"),
        body=_(
            "Bonjour, la structure « %(name)s » vous a ajouté dans Tandem. "
            "Connectez-vous comme d’habitude, puis choisissez-la en haut de la page. "
            "Si vous ne la connaissez pas, prévenez l’opérateur de Tandem."
        )
        % {"name": affectation.structure.name},
        key=f"structures.welcome:{affectation.public_id}",
        at=at,
    )
