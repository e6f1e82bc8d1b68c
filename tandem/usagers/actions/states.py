"""What stops every use: a freeze, a death, a protection measure; and how each is undone."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.kernel.refusals import NotAllowed
from tandem.structures.models import Acteur
from tandem.usagers import events, permissions
from tandem.usagers.actions.doors import UsagerRefused, lock, locked, trace
from tandem.usagers.models import Usager
from tandem.usagers.rules import FreezeReason, Protected, is_adult
from tandem.usagers.signals import usager_died


@transaction.atomic
def freeze_usager(*, acteur: Acteur, usager: Usager, reason: FreezeReason, at: datetime) -> Usager:
    """Stop every use in the person's name, from this instant (P-36, S-33). The reason stays among aidants.

    Raises:
        UsagerRefused: already frozen, or a death is recorded.
    """
    row = locked(acteur, usager)
    if row.died_known_at is not None or row.frozen_at is not None:
        raise UsagerRefused(_("Le dossier est déjà suspendu."))
    _freeze(row, acteur, reason, at)
    trace(events.FROZEN, acteur, row, at, secrets={"reason": str(reason)})
    return row


def _freeze(row: Usager, acteur: Acteur, reason: FreezeReason, at: datetime) -> None:
    row.frozen_at, row.freeze_reason, row.stopped_by = at, reason, acteur.affectation
    row.save(update_fields=["frozen_at", "freeze_reason", "stopped_by"])


@transaction.atomic
def thaw_usager(*, acteur: Acteur, usager: Usager, at: datetime) -> Usager:
    """Open the file again: by a référent, by another aidant than the one who stopped it, or a day later.

    Raises:
        UsagerRefused: not frozen, or a protection measure still stands.
        NotAllowed: the acteur does not see this person, or stopped the file less than a day ago.
    """
    row = lock(usager)
    _ensure(permissions.may_thaw(acteur, row, at=at))
    if row.frozen_at is None:
        raise UsagerRefused(_("Le dossier n’est pas suspendu."))
    if row.protected == Protected.PROTECTION:
        raise UsagerRefused(
            _("Une mesure de protection est notée : changez d’abord cette réponse.")
        )
    row.frozen_at, row.freeze_reason, row.stopped_by = None, "", None
    row.save(update_fields=["frozen_at", "freeze_reason", "stopped_by"])
    trace(events.THAWED, acteur, row, at)
    return row


@transaction.atomic
def record_death(*, acteur: Acteur, usager: Usager, at: datetime) -> Usager:
    """The death is known: from this instant nothing is done in the person's name, and what they gave ends (P-37).

    What was done before keeps its validity: the instant of knowledge is kept, not the day of the death.

    Raises:
        UsagerRefused: already recorded.
    """
    row = locked(acteur, usager)
    if row.died_known_at is not None:
        raise UsagerRefused(_("Ce décès est déjà enregistré."))
    row.died_known_at, row.death_recorded_by = at, acteur.affectation
    row.save(update_fields=["died_known_at", "death_recorded_by"])
    usager_died.send(sender=Usager, usager=row, acteur=acteur, at=at)
    trace(events.DEATH_RECORDED, acteur, row, at)
    return row


@transaction.atomic
def correct_death(*, acteur: Acteur, usager: Usager, at: datetime) -> Usager:
    """The person is alive: the death was recorded by mistake. A freeze made before it stays.

    What ended with the death stays ended: the person signs again, if they want to.

    Raises:
        UsagerRefused: no death is recorded.
        NotAllowed: the acteur does not see this person, or recorded the death less than a day ago.
    """
    row = lock(usager)
    _ensure(permissions.may_correct_death(acteur, row, at=at))
    if row.died_known_at is None:
        raise UsagerRefused(_("Aucun décès n’est enregistré."))
    row.died_known_at = row.death_recorded_by = None
    row.save(update_fields=["died_known_at", "death_recorded_by"])
    trace(events.DEATH_CORRECTED, acteur, row, at)
    return row


@transaction.atomic
def answer_protection(*, acteur: Acteur, usager: Usager, answer: Protected, at: datetime) -> Usager:
    """What the person answers when asked whether someone else decides for them (P-33, P-34).

    A measure announced freezes the file at once: mandats already signed wait too. The same answer of one day is one.

    Raises:
        UsagerRefused: no answer, or « majeure » for someone whose birthdate says otherwise.
    """
    row = locked(acteur, usager)
    if answer == Protected.NOT_ASKED:
        raise UsagerRefused(_("Choisissez une réponse."))
    minor = bool(row.birthdate) and not is_adult(row.birthdate, on=row.local_date(at))
    if minor and answer == Protected.NONE:
        raise UsagerRefused(_("D’après sa date de naissance, la personne n’est pas majeure."))
    asked = row.protected_asked_at
    if (
        asked is not None
        and row.local_date(asked) == row.local_date(at)
        and row.protected == answer
    ):
        return row
    row.protected, row.protected_asked_at = answer, at
    row.save(update_fields=["protected", "protected_asked_at"])
    if answer == Protected.PROTECTION and row.frozen_at is None and row.died_known_at is None:
        _freeze(row, acteur, FreezeReason.PROTECTION, at)
    trace(events.PROTECTION_ANSWERED, acteur, row, at, secrets={"protected": str(answer)})
    return row


def _ensure(may_undo: bool) -> None:  # noqa: FBT001 - what a permission answers
    if not may_undo:
        raise NotAllowed(_("Un référent ou un collègue peut rouvrir ce dossier ; vous, demain."))
