"""How a mandat ends before or at its date. Whoever calls holds the lock on the usager."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connections, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tandem.journal.actions import record_all
from tandem.journal.rules import Author, Line, Subject
from tandem.mandats import events, permissions
from tandem.mandats.actions.refused import MandatRefused, NotAllowed
from tandem.mandats.actions.telling import Told, tell
from tandem.mandats.models import Autorisation, Mandat
from tandem.mandats.queries import mandat_of_code
from tandem.mandats.rules import Duree, EndKind
from tandem.structures.models import Acteur, Structure
from tandem.usagers.models import Usager

RENOUNCE_CLOSED: Final = gettext_lazy(
    "Seul l’aidant qui a signé ce mandat, ou un référent, peut y renoncer : demandez-leur. "
    "Si la personne veut tout arrêter, vous pouvez arrêter le mandat pour elle."
)


def lock_usager(usager: Usager) -> None:
    """Everything that opens or ends lines of a person goes one after the other."""
    # On SQLite the transaction holds the whole database from its first statement.
    if connections[Usager.objects.db].features.has_select_for_update:
        # no_key: rows that point to the usager may still be inserted meanwhile.
        held = Usager.objects.select_for_update(no_key=True).filter(pk=usager.pk)
        held.order_by().values_list("pk").get()


def open_lines(**filters: object) -> list[Autorisation]:
    """Lines not ended yet, read under the lock."""
    rows = Autorisation.objects.filter(ended_at=None, **filters)
    return list(rows.select_related("mandat__usager__structure").order_by("pk"))


def end_lines(
    rows: Iterable[Autorisation],
    *,
    kind: EndKind,
    author: Author,
    at: datetime,
    pending: Sequence[str] = (),
) -> list[Line]:
    """End these lines, and the mandats that have none left; gives what the journal must say.

    A line past its end is ended at its end, whatever the reason asked: it was already dead.
    """
    lines: list[Line] = []
    touched: dict[int, Autorisation] = {}
    # Those that end alike, in one statement.
    ended: dict[tuple[datetime, str], list[int]] = {}
    for row in rows:
        past = row.ends_at <= at
        row.ended_at, row.end_kind = (row.ends_at, EndKind.EXPIRED) if past else (at, kind)
        ended.setdefault((row.ended_at, row.end_kind), []).append(row.pk)
        touched[row.mandat_id] = row
        lines.append(_line_ended(row, author=author, at=at))
    for (ended_at, end_kind), pks in ended.items():
        Autorisation.objects.filter(pk__in=pks).update(ended_at=ended_at, end_kind=end_kind)
    for row in touched.values():
        mandat = row.mandat
        if mandat.ended_at is None and not open_lines(mandat=mandat):
            mandat.ended_at, mandat.end_kind = row.ended_at, row.end_kind
            mandat.save(update_fields=["ended_at", "end_kind"])
            lines.append(_mandat_ended(mandat, author=author, at=at, pending=pending))
    return lines


def _line_ended(row: Autorisation, *, author: Author, at: datetime) -> Line:
    return Line(
        events.AUTORISATION_ENDED,
        author,
        Subject("autorisation", row.public_id),
        at,
        row.mandat.usager.public_id,
        {"scope": row.scope, "kind": row.end_kind, "mandat": f"mandat:{row.mandat.public_id}"},
    )


def _mandat_ended(mandat: Mandat, *, author: Author, at: datetime, pending: Sequence[str]) -> Line:
    return Line(
        events.MANDAT_ENDED,
        author,
        Subject("mandat", mandat.public_id),
        at,
        mandat.usager.public_id,
        {"kind": mandat.end_kind, "pending": list(pending)},
    )


def revoke_autorisation(
    *, acteur: Acteur, autorisation: Autorisation, at: datetime
) -> Autorisation:
    """End one line, for the person; no reason is asked. Ended already, it stays as it is.

    Raises:
        NotAllowed: not an aidant nor a référent of the structure.
    """
    if not permissions.may_stop(acteur, autorisation.mandat):
        raise NotAllowed(_("Seule la structure de ce mandat peut l’arrêter ici."))
    _stop(acteur, autorisation.mandat.usager, at=at, pk=autorisation.pk)
    autorisation.refresh_from_db()
    return autorisation


def revoke_mandat(*, acteur: Acteur, mandat: Mandat, at: datetime) -> Mandat:
    """End a whole mandat, for the person; no reason is asked. Ended already, it stays as it is.

    Raises:
        NotAllowed: not an aidant nor a référent of the structure.
    """
    if not permissions.may_stop(acteur, mandat):
        raise NotAllowed(_("Seule la structure de ce mandat peut l’arrêter ici."))
    _stop(acteur, mandat.usager, at=at, mandat=mandat)
    mandat.refresh_from_db()
    return mandat


def revoke_all(*, acteur: Acteur, usager: Usager, at: datetime) -> list[Mandat]:
    """End every mandat of a person in this structure; gives those that were alive.

    Raises:
        NotAllowed: not an aidant nor a référent of the structure.
    """
    alive = list(Mandat.objects.active(at=at).filter(usager=usager).order_by("pk"))
    if not all(permissions.may_stop(acteur, mandat) for mandat in alive):
        raise NotAllowed(_("Seule la structure de ce mandat peut l’arrêter ici."))
    _stop(acteur, usager, at=at, usager=usager)
    return alive


def revoke_by_code(*, acteur: Acteur, code: str, at: datetime) -> Mandat:
    """End the mandat whose paper the person brings, in whatever structure: the paper opens the stop only.

    Raises:
        NotAllowed: nobody who works in a structure.
        MandatRefused: no mandat carries this code.
    """
    if not permissions.may_stop_by_code(acteur):
        raise NotAllowed(_("Connectez-vous comme aidant pour arrêter un mandat."))
    # A sandbox stops its own papers only.
    mandat = mandat_of_code(code, sandbox=acteur.structure if acteur.is_practising else None)
    if mandat is None:
        raise MandatRefused(
            _("Aucun mandat ne porte ce code. Vérifiez les lettres imprimées au bas de la feuille.")
        )
    _stop(acteur, mandat.usager, at=at, mandat=mandat)
    mandat.refresh_from_db()
    return mandat


def renounce_mandat(
    *, acteur: Acteur, mandat: Mandat, pending: Sequence[str], at: datetime
) -> Mandat:
    """The structure gives the mandat up; `pending` are the scopes that cannot wait (P-18).

    Raises:
        NotAllowed: neither who signed it nor a référent.
        MandatRefused: a pending scope is not in the mandat.
    """
    if not permissions.may_renounce(acteur, mandat):
        raise NotAllowed(str(RENOUNCE_CLOSED))
    if set(pending) - {row.scope for row in mandat.autorisations.all()}:
        raise MandatRefused(_("Cette démarche n’est pas dans le mandat."))
    _stop(acteur, mandat.usager, at=at, kind=EndKind.RENOUNCED, pending=pending, mandat=mandat)
    mandat.refresh_from_db()
    return mandat


def finish_act(*, acteur: Acteur, mandat: Mandat, at: datetime) -> Mandat:
    """The démarche of a one-act mandat is filed: the mandat closes itself.

    Raises:
        NotAllowed: not an aidant of the structure.
        MandatRefused: the mandat is for a time, not for one act.
    """
    if not permissions.may_record(acteur, mandat):
        raise NotAllowed(
            _("Seule la structure de ce mandat peut dire que la démarche est terminée.")
        )
    if mandat.duree != Duree.ACTE:
        raise MandatRefused(_("Ce mandat va jusqu’à sa date de fin : il peut servir encore."))
    _stop(acteur, mandat.usager, at=at, kind=EndKind.DONE, mandat=mandat)
    mandat.refresh_from_db()
    return mandat


def end_at_death(*, usager: Usager, acteur: Acteur, at: datetime, **_signal: object) -> None:
    """Called by usagers when a death is known, inside its own transaction, under its lock on the person (P-37).

    Nobody is told. What cannot wait and was begun is finished outside Tandem (C. civ. 1991): the page of each mandat
    says so, and nothing more is released.
    """
    lines = end_lines(open_lines(usager=usager), kind=EndKind.DEATH, author=acteur.author, at=at)
    if lines:
        record_all(lines)


def tell_of_closing(*, structure: Structure, at: datetime, **_signal: object) -> None:
    """Called by structures when one closes, inside its own transaction: each person is told once (P-40).

    Their mandats are suspended, not ended: nobody acts for a closed structure. Nothing goes to another structure
    without a new agreement (`signature.link_transfer`).
    """
    alive = Mandat.objects.active(at=at).filter(structure=structure)
    told: dict[int, Mandat] = {}
    # Of several, one under a doubt on the person's free will keeps them all silent (P-36).
    for mandat in alive.select_related("structure", "usager").order_by("cool_off_until", "-pk"):
        known = told.setdefault(mandat.usager_id, mandat)
        if mandat.cool_off_until is not None:
            known.cool_off_until = mandat.cool_off_until
    for _usager, mandat in sorted(told.items()):
        tell(mandat, Told.CLOSED, key=f"{structure.public_id}:{mandat.usager.public_id}", at=at)


def _stop(
    acteur: Acteur,
    person: Usager,
    *,
    at: datetime,
    kind: EndKind = EndKind.REVOKED,
    pending: Sequence[str] = (),
    **which: object,
) -> None:
    """End the lines asked, tell the person once per mandat, write it down: all or nothing."""
    with transaction.atomic():
        lock_usager(person)
        rows = open_lines(**which)
        lines = end_lines(rows, kind=kind, author=acteur.author, at=at, pending=pending)
        for mandat in {row.mandat_id: row.mandat for row in rows}.values():
            # Past its end already, it expired: nothing was stopped.
            why = Told(mandat.end_kind or kind)
            tell(mandat, why, key=str(_key(rows, mandat)), at=at)
        if lines:
            record_all(lines)


def _key(rows: Sequence[Autorisation], mandat: Mandat) -> UUID:
    """One message per mandat; a single line stopped before the others has its own."""
    ended = [row for row in rows if row.mandat_id == mandat.pk]
    return mandat.public_id if mandat.ended_at is not None else ended[0].public_id
