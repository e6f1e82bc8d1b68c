"""Reads of notes. The kind decides who reads; no query gives what the acteur may not read (P-10, P-15, P-16)."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils.translation import gettext as _

from tandem.kernel.refusals import Refusal
from tandem.notes.models import Note, NoteQuerySet, NoteVersion
from tandem.notes.rules import Kind
from tandem.structures.models import Acteur
from tandem.usagers.models import Suivi, Usager
from tandem.usagers.queries import is_seen_by


class NoteUnknown(Refusal):
    """No such note among those the acteur may read."""

    status = 404
    code = "not_found"

    def __init__(self) -> None:
        super().__init__(_("Cette note n’existe pas, ou n’est pas pour vous."))


def notes_visible_to(acteur: Acteur, *, at: datetime) -> NoteQuerySet:
    """What this acteur reads now, on the people they see.

    A fact: every aidant who sees the person. A working note: its author, and those who follow the person.
    A secret: its author alone, in the structure where it was written; being référent or operator opens nothing.
    Nobody reads anything on someone they do not see, nor while they may not act (`is_seen_by`).
    """
    if acteur.affectation is None:
        return Note.objects.none()
    follows = Suivi.objects.filter(
        usager=OuterRef("usager"), affectation=acteur.affectation, ended_at=None
    )
    # Someone who left and came back has another affectation, and is the same person.
    own = Q(author__compte=acteur.compte, author__structure=acteur.structure)
    return (
        Note.objects.standing(at)
        .filter(is_seen_by(acteur, "usager"))
        .filter(own | Q(kind=Kind.FACT) | Q(Exists(follows), kind=Kind.WORKING))
    )


def notes_on(acteur: Acteur, usager: Usager, *, at: datetime) -> NoteQuerySet:
    """What the acteur reads about one person, latest first, with authors and former versions: three queries.

    While someone looks at the screen, facts only: the rest is shown to the person by the page made for it (P-28).
    """
    rows = notes_visible_to(acteur, at=at).filter(usager=usager)
    return _dressed(rows.filter(kind=Kind.FACT) if acteur.beside else rows)


def all_notes_on(acteur: Acteur, usager: Usager, *, at: datetime) -> NoteQuerySet:
    """What the acteur may show to the person who asks, oldest first: everything this acteur reads."""
    rows = notes_visible_to(acteur, at=at).filter(usager=usager)
    return _dressed(rows).order_by("at", "pk")


def _dressed(rows: NoteQuerySet) -> NoteQuerySet:
    versions = Prefetch("versions", queryset=NoteVersion.objects.order_by("-at", "-pk"))
    return (
        rows.select_related("author__compte", "author__structure")
        .prefetch_related(versions)
        .order_by("-at", "-pk")
    )


def facts_on(acteur: Acteur, usager: Usager, *, at: datetime) -> NoteQuerySet:
    """The facts on a person with who wrote them, the latest first, still to be fetched."""
    rows = notes_visible_to(acteur, at=at).filter(usager=usager, kind=Kind.FACT)
    return rows.select_related("author__compte").order_by("-at", "-pk")


def latest_facts(acteur: Acteur, usager: Usager, *, at: datetime, limit: int = 3) -> list[Note]:
    """The last facts on a person, for their page: what may be shared, nothing else."""
    return list(notes_on(acteur, usager, at=at).filter(kind=Kind.FACT)[:limit])


def other_working_authors(acteur: Acteur, usager: Usager, *, at: datetime) -> list[str]:
    """Who else holds working notes on the person that this acteur does not read: the person asks them.

    Secrets are not told, not even that there are some (P-16).
    """
    seen = notes_visible_to(acteur, at=at).filter(usager=usager)
    rows = (
        Note.objects.standing(at)
        .filter(is_seen_by(acteur, "usager"), usager=usager, kind=Kind.WORKING)
        .exclude(pk__in=seen.values("pk"))
        .select_related("author__compte")
        .order_by("pk")
    )
    return sorted({note.author.compte.full_name for note in rows})


def own_note(acteur: Acteur, usager: Usager, public_id: UUID, *, at: datetime) -> Note:
    """A note that the acteur wrote on that person.

    Raises:
        NoteUnknown: another's, on another person, past its clock, or none; or kept off a screen that someone sees.
    """
    note = (
        notes_on(acteur, usager, at=at)
        .filter(public_id=public_id, author__compte=acteur.compte)
        .first()
    )
    if note is None:
        raise NoteUnknown
    return note
