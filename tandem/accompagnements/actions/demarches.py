"""A démarche from its opening to its end: each act writes its line of history, and moves what must come next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.accompagnements import events
from tandem.accompagnements.actions.besoins import name_besoin, require_person
from tandem.accompagnements.actions.brouillons import drop_brouillon
from tandem.accompagnements.actions.doors import (
    AccompagnementRefused,
    Desk,
    at_work,
    identifier,
    line,
    locked_besoin,
    locked_demarche,
    met,
    waved,
)
from tandem.accompagnements.models import Besoin, DemarcheSuivie, Etape, Piece
from tandem.accompagnements.rules import (
    HABITUAL,
    PIECES_MAX,
    WRITTEN_STEPS,
    EtapeKind,
    Next,
    NextMove,
    Outcome,
    Page,
    PieceState,
    Step,
    Way,
    page_key,
)
from tandem.accompagnements.signals import demarche_changed
from tandem.journal.actions import record_all
from tandem.journal.rules import Fact
from tandem.kernel.text import clean_line, clean_text
from tandem.mandats.rules import Presence
from tandem.notes.actions import end_working_notes
from tandem.referentiels.models import Demarche, Theme
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager


@dataclass(frozen=True)
class Wanted:
    """What is wanted of whom: a démarche of the catalogue, or a free one named by `title`, asked of `body`."""

    demarche: Demarche | None = None
    title: str = ""
    body: str = ""
    theme: Theme | None = None
    asked: str = ""
    asked_by_on: date | None = None
    next_move: NextMove = NextMove.PERSON


@transaction.atomic
def follow_demarche(
    *,
    acteur: Acteur,
    wanted: Wanted,
    at: datetime,
    besoin: Besoin | None = None,
    usager: Usager | None = None,
    way: Way = HABITUAL,
    key: UUID | None = None,
    overridden: Sequence[str] = (),
) -> DemarcheSuivie:
    """Follow a démarche of the catalogue, or a free one, private bodies included.

    What the catalogue asks to bring becomes the checklist. The same `key` twice opens it once (S-24).

    Raises:
        AccompagnementRefused: no title, a thème not allowed here, or a person who is not the one of the besoin.
    """
    desk = at_work(acteur)
    demarche = wanted.demarche
    title = "" if demarche is not None else clean_line(wanted.title)
    if demarche is None and not title:
        raise AccompagnementRefused(_("Choisissez une démarche, ou donnez-lui un nom."))
    theme = wanted.theme if demarche is None else demarche.theme
    if theme is not None and not acteur.allows_theme(theme.key):
        raise AccompagnementRefused(_("Votre structure ne vous permet pas d’agir dans ce thème."))
    person = _person(acteur, besoin, usager, at)
    about = [None if one is None else one.public_id for one in (besoin, usager)]
    row, created = DemarcheSuivie.objects.get_or_create(
        public_id=identifier(desk, key, *about, title if demarche is None else demarche.slug),
        defaults={
            "structure": desk.structure, "usager": person, "besoin": besoin, "demarche": demarche, "title": title,
            "body": clean_line(wanted.body), "theme": theme, "asked": clean_text(wanted.asked),
            "asked_by_on": wanted.asked_by_on, "next_move": wanted.next_move, "mode": way.mode,
            "presence": way.presence, "opened_at": at, "moved_at": at, "held_by": desk.affectation,
        },
    )  # fmt: skip
    if created:
        _bring(row, () if demarche is None else demarche.to_bring, at)
        write_step(row, desk, Step(EtapeKind.OPENED, way=way), at)
        met(person, way.presence, at)
        slug = "" if demarche is None else demarche.slug
        facts: dict[str, Fact] = {"demarche": slug, **said(way), **waved(overridden)}
        record_all([line(events.DEMARCHE_OPENED, acteur, row, at, **facts)])
    return row


def _person(
    acteur: Acteur, besoin: Besoin | None, usager: Usager | None, at: datetime
) -> Usager | None:
    """Whose démarche it is: the person said, or that of the besoin, and never two.

    A besoin without a name becomes theirs: their words are then seen, and erased, as the rest of their file
    (P-10, P-22).
    """
    if usager is not None:
        require_person(acteur, usager)
    if besoin is None:
        return usager
    asked = locked_besoin(acteur, besoin).usager
    if asked is not None and usager is not None and asked.pk != usager.pk:
        raise AccompagnementRefused(_("Cette demande est celle d’une autre personne."))
    if asked is None and usager is not None:
        name_besoin(acteur=acteur, besoin=besoin, usager=usager, at=at)
    return asked or usager


def _bring(row: DemarcheSuivie, labels: Iterable[str], at: datetime) -> None:
    for label in labels:
        Piece.objects.create(demarche_suivie=row, label=label, from_catalogue=True, changed_at=at)


def write_step(
    row: DemarcheSuivie, desk: Desk, step: Step, at: datetime, *, public_id: UUID | None = None
) -> Etape:
    """One line of the history; the démarche has moved. Inside the act that it tells."""
    row.moved_at = at
    row.save(update_fields=["moved_at"])
    etape = Etape.objects.create(
        public_id=public_id or uuid4(),
        demarche_suivie=row,
        at=at,
        by=desk.affectation,
        kind=step.kind,
        text=clean_text(step.text),
        mode="" if step.way is None else step.way.mode,
        presence="" if step.way is None else step.way.presence,
    )
    demarche_changed.send(sender=DemarcheSuivie, demarche_suivie=row, at=at)
    return etape


@transaction.atomic
def name_demarche(
    *, acteur: Acteur, demarche_suivie: DemarcheSuivie, usager: Usager, at: datetime
) -> DemarcheSuivie:
    """Say whose démarche it is.

    Raises:
        AccompagnementRefused: it is another person's, or comes from a demand that is not theirs.
    """
    if demarche_suivie.besoin is not None:
        # The besoin first, as when it is named itself: two desks wait, and neither for the other.
        locked_besoin(acteur, demarche_suivie.besoin)
    row = locked_demarche(acteur, demarche_suivie)
    if row.usager_id == usager.pk:
        return row
    if row.usager_id is not None:
        raise AccompagnementRefused(_("Cette démarche est déjà celle d’une autre personne."))
    besoin = row.besoin
    nameless = besoin is not None and besoin.usager_id is None
    row.usager = _person(acteur, besoin, usager, at)
    if nameless:
        # Named with its besoin, in the lines of that act.
        return row
    row.save(update_fields=["usager"])
    met(row.usager, Presence.PRESENCE, at)
    record_all([line(events.DEMARCHE_NAMED, acteur, row, at)])
    return row


@transaction.atomic
def add_step(
    *,
    acteur: Acteur,
    demarche_suivie: DemarcheSuivie,
    step: Step,
    then: Next,
    at: datetime,
    key: UUID | None = None,
    overridden: Sequence[str] = (),
) -> Etape:
    """Write what happened, and who moves next; what is asked and the references change at the same time.

    The same `key` twice writes one line (S-24).

    Raises:
        AccompagnementRefused: the démarche is closed, or the step is one that an act writes by itself.
    """
    desk = at_work(acteur)
    row = locked_demarche(acteur, demarche_suivie)
    public_id = identifier(desk, key, row.public_id, step, then)
    former = Etape.objects.filter(public_id=public_id, demarche_suivie=row).first()
    if former is not None:
        return former
    _require_open(row)
    if step.kind not in WRITTEN_STEPS:
        raise AccompagnementRefused(_("Choisissez ce qui s’est passé."))
    fields = _move(row, then)
    if step.way is not None:
        row.mode, row.presence = step.way.mode, step.way.presence
    row.save(update_fields=[*fields, "next_move", "mode", "presence"])
    etape = write_step(row, desk, step, at, public_id=public_id)
    if step.way is not None:
        met(row.usager, step.way.presence, at)
    drop_brouillon(affectation=desk.affectation, page=page_key(Page.STEP, row.public_id))
    facts: dict[str, Fact] = {"kind": str(step.kind), "next_move": str(then.move)}
    facts |= said(step.way) | waved(overridden)
    lines = [line(events.STEP_ADDED, acteur, row, at, **facts)]
    if fields:
        lines.append(line(events.DEMARCHE_CHANGED, acteur, row, at, fields=fields))
    record_all(lines)
    return etape


def _move(row: DemarcheSuivie, then: Next) -> list[str]:
    """Set what comes next on the row; gives the names of what is asked and has changed."""
    row.next_move = then.move
    wanted: dict[str, object] = {}
    if then.asked is not None:
        wanted |= {"asked": clean_text(then.asked), "asked_by_on": then.asked_by_on}
    if then.references is not None:
        wanted["references"] = clean_text(then.references)
    changed = sorted(name for name, value in wanted.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, wanted[name])
    return changed


def said(way: Way | None) -> dict[str, Fact]:
    """How it was done, as the journal says it."""
    return {} if way is None else {"mode": str(way.mode), "presence": str(way.presence)}


def _require_open(row: DemarcheSuivie) -> None:
    if row.closed_at is not None:
        raise AccompagnementRefused(_("Cette démarche est terminée. Rouvrez-la pour la reprendre."))


@transaction.atomic
def set_pieces(
    *,
    acteur: Acteur,
    demarche_suivie: DemarcheSuivie,
    states: Mapping[UUID, PieceState],
    at: datetime,
    added: str = "",
    overridden: Sequence[str] = (),
) -> DemarcheSuivie:
    """Tick what was brought or sent, and add what is asked besides; what did not change is not said.

    Raises:
        AccompagnementRefused: closed, or too many.
    """
    row = locked_demarche(acteur, demarche_suivie)
    _require_open(row)
    lines = []
    pieces = list(row.pieces.select_for_update(of=("self",)).order_by("pk"))
    for piece in pieces:
        state = states.get(piece.public_id, PieceState(piece.state))
        if state != piece.state:
            piece.state, piece.changed_at = state, at
            piece.save(update_fields=["state", "changed_at"])
            lines.append(line(events.PIECE_CHANGED, acteur, row, at, state=str(state)))
    if label := clean_line(added):
        if len(pieces) >= PIECES_MAX:
            raise AccompagnementRefused(_("La liste est pleine : retirez une pièce d’abord."))
        Piece.objects.create(demarche_suivie=row, label=label, changed_at=at)
        facts: dict[str, Fact] = {"state": str(PieceState.MISSING), **waved(overridden)}
        lines.append(line(events.PIECE_CHANGED, acteur, row, at, **facts))
    if lines:
        record_all(lines)
    return row


@transaction.atomic
def close_demarche(
    *,
    acteur: Acteur,
    demarche_suivie: DemarcheSuivie,
    outcome: Outcome,
    at: datetime,
    text: str = "",
    overridden: Sequence[str] = (),
) -> DemarcheSuivie:
    """It has ended, and how. The working notes that served it end too (A.3).

    Raises:
        AccompagnementRefused: already closed.
    """
    desk = at_work(acteur)
    row = locked_demarche(acteur, demarche_suivie)
    _require_open(row)
    row.closed_at, row.outcome = at, outcome
    row.save(update_fields=["closed_at", "outcome"])
    row.relais.filter(taken_at=None).delete()
    write_step(row, desk, Step(EtapeKind.CLOSED, text), at)
    end_working_notes(acteur=acteur, demarche_suivie=row.public_id, at=at)
    facts: dict[str, Fact] = {"outcome": str(outcome), **waved(overridden)}
    record_all([line(events.DEMARCHE_CLOSED, acteur, row, at, **facts)])
    return row


@transaction.atomic
def reopen_demarche(
    *, acteur: Acteur, demarche_suivie: DemarcheSuivie, at: datetime, text: str = ""
) -> DemarcheSuivie:
    """It is not over: what was filed stays filed.

    Raises:
        AccompagnementRefused: it is open.
    """
    desk = at_work(acteur)
    row = locked_demarche(acteur, demarche_suivie)
    if row.closed_at is None:
        raise AccompagnementRefused(_("Cette démarche est déjà ouverte."))
    row.closed_at, row.outcome = None, ""
    row.save(update_fields=["closed_at", "outcome"])
    write_step(row, desk, Step(EtapeKind.REOPENED, text), at)
    record_all([line(events.DEMARCHE_REOPENED, acteur, row, at)])
    return row
