"""Writes of entraide: call, come, end."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from tandem.entraide import events, permissions
from tandem.entraide.models import Appel
from tandem.entraide.queries import has_colleague
from tandem.entraide.rules import APPEL_LIFETIME, clean_path
from tandem.journal.actions import record
from tandem.journal.rules import Subject
from tandem.kernel.refusals import Refusal
from tandem.signature.actions import hand_over_draft
from tandem.signature.queries import DraftUnknown
from tandem.structures.models import Acteur, Affectation

KEPT = timedelta(days=1)


class AppelRefused(Refusal):
    """Nobody can be called, or this call is somebody else's."""


@transaction.atomic
def call_colleague(*, acteur: Acteur, path: str, at: datetime) -> Appel:
    """Call the colleagues of the structure to a page. Called again, the same call moves to the new page.

    Raises:
        AppelRefused: not at work, or nobody else works there.
    """
    if not permissions.may_call(acteur) or acteur.affectation is None or acteur.structure is None:
        raise AppelRefused(_("Vous ne pouvez pas appeler un collègue en ce moment."))
    if not has_colleague(acteur):
        raise AppelRefused(
            _("Vous êtes seul dans cette structure. La page « Aide » dit qui appeler.")
        )
    # One tap at a time from one desk: a double click makes one call (S-24).
    Affectation.objects.select_for_update(of=("self",), no_key=True).get(pk=acteur.affectation.pk)
    mine = Appel.objects.filter(called_by=acteur.affectation, ended_at=None)
    mine.filter(called_at__lte=at - APPEL_LIFETIME).update(ended_at=at)
    row = mine.first() or Appel(structure=acteur.structure, called_by=acteur.affectation)
    row.path = clean_path(path) or "/"
    row.called_at, row.answered_by, row.answered_at = at, None, None
    row.save()
    return row


@transaction.atomic
def answer_appel(*, acteur: Acteur, appel: Appel, at: datetime) -> str:
    """Come to the page; returns where. A mandat in preparation passes to whoever comes, to be identified again.

    Raises:
        AppelRefused: one's own call, settled or forgotten meanwhile, or a colleague is already there.
    """
    row = _locked(appel)
    if row.ended_at is not None or row.called_at <= at - APPEL_LIFETIME:
        raise AppelRefused(_("Cet appel est terminé : votre collègue n’a plus besoin d’aide."))
    if not permissions.may_answer(acteur, row) or acteur.affectation is None:
        raise AppelRefused(_("Cet appel est le vôtre, ou vous ne pouvez pas y répondre."))
    if row.answered_by is not None and row.answered_by != acteur.affectation:
        raise AppelRefused(_("Un collègue y est déjà."))
    first = row.answered_by is None
    row.answered_by, row.answered_at = acteur.affectation, at
    row.save(update_fields=["answered_by", "answered_at"])
    if first:
        _take_draft(acteur, row, at)
    return row.path


@transaction.atomic
def end_appel(*, acteur: Acteur, appel: Appel, at: datetime) -> None:
    """It is settled.

    Raises:
        AppelRefused: neither the one who called nor the one who came.
    """
    row = _locked(appel)
    if not permissions.may_end(acteur, row):
        raise AppelRefused(_("Seul celui qui a appelé, ou celui qui est venu, termine l’appel."))
    Appel.objects.filter(pk=row.pk, ended_at=None).update(ended_at=at)


def purge_appels(*, at: datetime) -> int:
    """Erase the calls of former days; returns how many."""
    number, _each = Appel.objects.filter(called_at__lt=at - KEPT).delete()
    return number


def _locked(appel: Appel) -> Appel:
    return (
        Appel.objects.select_for_update(of=("self",))
        .select_related("structure", "called_by", "answered_by")
        .get(pk=appel.pk)
    )


def _take_draft(acteur: Acteur, appel: Appel, at: datetime) -> None:
    draft_id = _draft_in(appel.path)
    if draft_id is None or acteur.affectation is None:
        return
    try:
        hand_over_draft(draft_id=draft_id, from_=appel.called_by, to=acteur.affectation, at=at)
    except DraftUnknown:
        # Signed or given up since the call: the page says so.
        return
    record(
        events.DRAFT_TAKEN,
        author=acteur.author,
        subject=Subject("draft", draft_id),
        at=at,
    )


def _draft_in(path: str) -> UUID | None:
    try:
        found = resolve(path).kwargs.get("draft_id")
    except Resolver404:
        return None
    return found if isinstance(found, UUID) else None
