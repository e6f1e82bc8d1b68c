"""What every action asks before it begins."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import BigAutoField
from django.utils.translation import gettext as _

from tandem.comptes.models import Compte
from tandem.journal.actions import record
from tandem.journal.models import Entry
from tandem.journal.rules import Event, Subject
from tandem.kernel.prepared import Prepared
from tandem.kernel.refusals import NotAllowed, Refusal
from tandem.structures.models import Acteur, Affectation, Structure
from tandem.usagers import permissions
from tandem.usagers.models import Channel, Usager


class UsagerRefused(Refusal):
    """The act is not possible for this person now; the message says why."""


class Desk(NamedTuple):
    """Where and by whom the act is done, once `may_act` is sure."""

    structure: Structure
    affectation: Affectation
    compte: Compte


def at_work(acteur: Acteur) -> Desk:
    """The structure, the affectation and the compte of someone who may act.

    Raises:
        NotAllowed: affectation ended, not habilité, structure closed, or charte not accepted (P-04).
    """
    structure, affectation, compte = acteur.structure, acteur.affectation, acteur.compte
    if not acteur.may_act or structure is None or affectation is None or compte is None:
        raise NotAllowed(_("Vous ne pouvez pas agir pour des personnes en ce moment."))
    return Desk(structure, affectation, compte)


def require_seen(acteur: Acteur, usager: Usager) -> None:
    """NotAllowed for another structure's person, or one this aidant does not follow (P-10)."""
    at_work(acteur)
    if not permissions.may_act_on(acteur, usager):
        raise NotAllowed(
            _("Cette personne n’est pas suivie dans votre structure, ou pas par vous.")
        )


def locked(acteur: Acteur, usager: Usager) -> Usager:
    """The person's row, read again and locked until the end of the act, if the acteur sees them."""
    require_seen(acteur, usager)
    row = lock(usager)
    if row.merged_into_id is not None:
        raise UsagerRefused(_("Ce dossier vient d’être réuni à un autre : ouvrez l’autre."))
    return row


def lock(usager: Usager) -> Usager:
    """The row, read again and locked, with its structure; the caller has asked whether it may."""
    row = _HELD.first(usager.pk)
    if row is None:
        raise Usager.DoesNotExist
    return row


_HELD = Prepared(
    # no_key: whoever has only inserted a row about the person is not waited for, and may lock in turn.
    lambda pk: (
        Usager.objects.select_for_update(of=("self",), no_key=True)
        .select_related("structure")
        .filter(pk=pk)
        .order_by()
    ),
    BigAutoField(),
)


def trace(
    event: Event, acteur: Acteur, target: Usager | Channel, at: datetime, **said: Any
) -> Entry:
    """The line of an act, last in its transaction: on the person, or on one of their channels.

    `said`: the facts and the secrets, as `journal.record` takes them.
    """
    about = (target.usager if isinstance(target, Channel) else target).public_id
    author, subject = acteur.author, subject_of(target)
    return record(event, author=author, subject=subject, at=at, about=about, **said)


def subject_of(target: Usager | Channel) -> Subject:
    """How the journal names the person, or the channel."""
    return Subject("channel" if isinstance(target, Channel) else "usager", target.public_id)
