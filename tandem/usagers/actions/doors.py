"""What every action asks before it begins."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from tandem.journal.rules import Subject
from tandem.kernel.refusals import Refusal
from tandem.structures.models import Acteur, Affectation, Structure
from tandem.usagers import permissions
from tandem.usagers.models import Usager


class UsagerRefused(Refusal):
    """The act is not possible for this person now; the message says why."""


class NotAllowed(Refusal):
    """The acteur may not do this for this person."""

    status = 403
    code = "forbidden"


class Desk(NamedTuple):
    """Where and by whom the act is done, once `may_act` is sure."""

    structure: Structure
    affectation: Affectation


def at_work(acteur: Acteur) -> Desk:
    """The structure and the affectation of someone who may act.

    Raises:
        NotAllowed: affectation ended, not habilité, structure closed, or charte not accepted (P-04).
    """
    if not acteur.may_act or acteur.structure is None or acteur.affectation is None:
        raise NotAllowed(_("Vous ne pouvez pas agir pour des personnes en ce moment."))
    return Desk(acteur.structure, acteur.affectation)


def locked(acteur: Acteur, usager: Usager) -> Usager:
    """The person's row, read again and locked until the end of the act, if the acteur sees them.

    Raises:
        NotAllowed: another structure's person, or one this aidant does not follow (P-10).
    """
    at_work(acteur)
    if not permissions.may_act_on(acteur, usager):
        raise NotAllowed(
            _("Cette personne n’est pas suivie dans votre structure, ou pas par vous.")
        )
    return lock(usager)


def lock(usager: Usager) -> Usager:
    """The row, read again and locked, with its structure; the caller has asked whether it may."""
    return (
        Usager.objects.select_for_update(of=("self",)).select_related("structure").get(pk=usager.pk)
    )


def subject_of(usager: Usager) -> Subject:
    """How the journal names the person."""
    return Subject("usager", usager.public_id)
