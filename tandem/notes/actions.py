"""Writes of notes: written, corrected with its former text kept, withdrawn, read, forgotten at its time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from tandem.journal.actions import record, record_all
from tandem.journal.rules import SYSTEM, Author, Event, Line, Subject
from tandem.kernel.refusals import NotAllowed, Refusal
from tandem.kernel.text import clean_text
from tandem.notes import events, permissions
from tandem.notes.models import Note, NoteVersion
from tandem.notes.rules import (
    FACTS_KEPT,
    SECRET_KEPT_AFTER_LEAVING,
    WORKING_KEPT,
    Kind,
    Said,
    row_id,
)
from tandem.structures.models import Acteur, Affectation
from tandem.usagers.actions import BesideAnother, refuse_beside_another
from tandem.usagers.models import Usager

__all__ = [
    "BesideAnother", "NotAllowed", "NoteRefused", "correct_note", "end_working_notes", "erase_person", "purge_notes",
    "record_reading", "record_showing", "withdraw_note", "write_note",
]  # fmt: skip


class NoteRefused(Refusal):
    """The note is not possible as it is; the message says why."""


@transaction.atomic
def write_note(
    *, acteur: Acteur, usager: Usager, kind: Kind, said: Said, key: UUID, at: datetime,
    demarche_suivie: UUID | None = None,
) -> Note:  # fmt: skip
    """Write about a person; the same `key` twice writes once. The last contact does not move (P-21).

    `demarche_suivie`: what a working note serves; it ends with it, or after 6 months.

    Raises:
        NoteRefused: empty, or sensitive without its reason.
        NotAllowed: the acteur does not see this person.
    """
    text = _checked(said)
    affectation = _author(acteur, usager)
    working = kind == Kind.WORKING
    note, created = Note.objects.get_or_create(
        public_id=row_id(affectation.public_id, key, text),
        defaults={
            "usager": usager,
            "kind": kind,
            "text": text,
            "category": said.category or "",
            "reason": said.reason or "",
            "author": affectation,
            "at": at,
            "expires_at": at + WORKING_KEPT if working else None,
            "demarche_suivie": demarche_suivie if working else None,
        },
    )
    if created:
        _trace(events.WRITTEN, acteur, note, at, _waved(said))
    elif note.usager_id != usager.pk:
        raise NoteRefused(_("Ce formulaire a déjà servi. Rouvrez-le."))
    return note


def _checked(said: Said) -> str:
    text = clean_text(said.text)
    if not text:
        raise NoteRefused(_("Écrivez la note : une phrase suffit."))
    if (said.category is None) != (said.reason is None):
        raise NoteRefused(_("Ce que la loi protège davantage s’écrit avec sa raison."))
    return text


def _author(acteur: Acteur, usager: Usager) -> Affectation:
    if acteur.affectation is None or not permissions.may_write_on(acteur, usager):
        raise NotAllowed(
            _("Cette personne n’est pas suivie dans votre structure, ou pas par vous.")
        )
    return acteur.affectation


@transaction.atomic
def correct_note(*, acteur: Acteur, note: Note, said: Said, at: datetime) -> Note:
    """Say it better; what was said before stays readable beside it. The clock of a working note goes on.

    Raises:
        NoteRefused: empty, the same text, or sensitive without its reason.
        NotAllowed: the note is someone else's.
    """
    text, category, reason = _checked(said), said.category or "", said.reason or ""
    row = _own(acteur, note, at)
    if (text, category, reason) == (row.text, row.category, row.reason):
        raise NoteRefused(_("Rien n’a changé dans cette note."))
    if text != row.text:
        NoteVersion.objects.create(note=row, text=row.text, at=row.corrected_at or row.at)
    row.text, row.category, row.reason, row.corrected_at = text, category, reason, at
    row.save(update_fields=["text", "category", "reason", "corrected_at"])
    _trace(events.CORRECTED, acteur, row, at, _waved(said))
    return row


@transaction.atomic
def withdraw_note(*, acteur: Acteur, note: Note, at: datetime) -> None:
    """Take a note away, with its former versions: written by mistake, or the person asks for it.

    Raises:
        NotAllowed: the note is someone else's.
    """
    row = _own(acteur, note, at)
    subject, about = Subject("note", row.public_id), row.usager.public_id
    row.delete()
    record(events.WITHDRAWN, author=acteur.author, subject=subject, at=at, about=about)


def _own(acteur: Acteur, note: Note, at: datetime) -> Note:
    row = Note.objects.select_for_update(of=("self",)).filter(pk=note.pk).first()
    if row is None or not permissions.may_change(acteur, row, at=at):
        raise NotAllowed(_("Seule la personne qui a écrit une note la corrige ou la retire."))
    return row


def _waved(said: Said) -> dict[str, Any]:
    return {"secret_override": list(said.overridden)} if said.overridden else {}


def _trace(event: Event, acteur: Acteur, note: Note, at: datetime, facts: dict[str, Any]) -> None:
    record(
        event,
        author=acteur.author,
        subject=Subject("note", note.public_id),
        at=at,
        about=note.usager.public_id,
        facts=facts,
    )


@transaction.atomic
def record_reading(*, acteur: Acteur, usager: Usager, at: datetime) -> None:
    """One line for one page of notes opened, however close the former one (P-11).

    Raises:
        NotAllowed: the acteur does not see this person.
        BesideAnother: the person beside the screen is another one.
    """
    _opened(events.READ, acteur, usager, at)


@transaction.atomic
def record_showing(*, acteur: Acteur, usager: Usager, at: datetime) -> None:
    """The person asked what is written about them, and sees it (P-15). The same refusals."""
    _opened(events.SHOWN, acteur, usager, at)


def _opened(event: Event, acteur: Acteur, usager: Usager, at: datetime) -> None:
    _author(acteur, usager)
    refuse_beside_another(acteur=acteur, usager=usager)
    subject = Subject("usager", usager.public_id)
    record(event, author=acteur.author, subject=subject, at=at, about=usager.public_id)


@transaction.atomic
def end_working_notes(*, acteur: Acteur, demarche_suivie: UUID, at: datetime) -> int:
    """The démarche is over: the working notes that served it go at once (A.3); returns how many.

    Called by the action that closes the démarche, inside its transaction and just before its line of the journal:
    that action has asked whether the acteur may.
    """
    return _forget(Note.objects.filter(demarche_suivie=demarche_suivie), acteur.author, at)


@transaction.atomic
def purge_notes(*, at: datetime) -> int:
    """Erase what is past its time (A.3, P-20); returns how many notes.

    Working notes at their end; the rest two years after the last contact; a secret a month after its author left.
    """
    back = Affectation.objects.live().filter(
        compte=OuterRef("author__compte"), structure=OuterRef("author__structure")
    )
    gone = Q(kind=Kind.SECRET, author__ended_at__lte=at - SECRET_KEPT_AFTER_LEAVING) & ~Exists(back)
    past = Q(expires_at__lte=at) | Q(usager__last_contact_at__lte=at - FACTS_KEPT) | gone
    return _forget(Note.objects.filter(past), SYSTEM, at)


def _forget(notes: QuerySet[Note], author: Author, at: datetime) -> int:
    rows = list(notes.select_related("usager").order_by("usager", "pk"))
    if not rows:
        return 0
    Note.objects.filter(pk__in=[row.pk for row in rows]).delete()
    people = {row.usager.public_id: None for row in rows}
    record_all(
        [Line(events.PURGED, author, Subject("usager", person), at, person) for person in people]
    )
    return len(rows)


def erase_person(*, usager: Usager, **_signal: object) -> None:
    """When a person is erased, every note on them goes; called by usagers inside its own transaction (P-22)."""
    Note.objects.filter(usager=usager).delete()
