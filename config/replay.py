"""After a restoration: what was open is closed, what was ended since ends again, what is lost is named (P-23, R-24)."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max

from config.backup import BackupRefused
from tandem.comptes.actions import close_every_session, deactivate_compte
from tandem.comptes.events import DEACTIVATED, REACTIVATED
from tandem.comptes.models import Compte
from tandem.envois.actions import give_up_waiting
from tandem.journal.actions import record, record_all
from tandem.journal.models import Entry
from tandem.journal.outside import read_copy
from tandem.journal.rules import EVENTS, RESTORED, SYSTEM, Subject
from tandem.mandats.actions.ends import end_lines, lock_usager, open_lines
from tandem.mandats.events import AUTORISATION_ENDED, MANDAT_ENDED
from tandem.mandats.models import Autorisation
from tandem.mandats.rules import EndKind
from tandem.oidc_provider.actions import void_transactions
from tandem.structures.actions import close_structure
from tandem.structures.events import AFFECTATION_ENDED, STRUCTURE_CLOSED
from tandem.structures.models import SYSTEM_ACTEUR, Affectation, Structure
from tandem.usagers.actions import erase_usager, void_codes
from tandem.usagers.events import ERASED
from tandem.usagers.models import Usager


def close_everything(*, at: datetime) -> str:
    """Close what was open when the backup was made; one French sentence says what.

    Nobody is logged in, no code nor token opens anything, and no message is sent twice.
    """
    with transaction.atomic():
        sessions = close_every_session()
        connexions = void_transactions(at=at)
        codes = void_codes()
        messages = give_up_waiting(at=at)
    return (
        f"Fermé : {sessions} sessions, {connexions} connexions en cours, {codes} codes. "
        f"{messages} messages retenus : ils étaient peut-être déjà partis."
    )


@dataclass
class Gap:
    """What was done between the backup and the end of the journal's copy."""

    lines: int = 0
    last_at: str = ""
    again: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)

    def sentences(self) -> list[str]:
        """In French, for the operator; counts and kinds only."""
        if not self.lines:
            return ["Rien n'a été écrit au journal entre la sauvegarde et l'arrêt."]
        said = [
            f"{self.lines} lignes du journal ont été écrites après la sauvegarde, jusqu'au {self.last_at}."
        ]
        said += [f"  refait : {_label(name)} ({n})" for name, n in sorted(self.again.items())]
        said += [f"  perdu : {_label(name)} ({n})" for name, n in sorted(self.lost.items())]
        return said


def replay(copy: Path, *, at: datetime) -> Gap:
    """Do again, from the journal's copy, what must not come back; count what is lost.

    Erased people, ended autorisations and affectations, closed comptes and structures. Each may be done again after a
    crash: what is already done is left.

    Raises:
        BackupRefused: the copy does not follow this backup: it comes from another installation.
    """
    gap = Gap()
    heads = dict(Entry.objects.order_by("chain").values_list("chain").annotate(Max("seq")))
    last: dict[tuple[str, str], dict[str, Any]] = {}
    for line in read_copy(copy):
        head = heads.get(line["chain"], 0)
        if line["seq"] == head:
            _refuse_other(line)
        if line["seq"] <= head:
            continue
        gap.lines += 1
        gap.last_at = max(gap.last_at, line["at"])
        opposite = _OPPOSITES.get(line["event"], line["event"])
        # Only the last word counts: a compte closed then opened again stays open.
        last[opposite, line["subject_id"]] = line
        if line["event"] not in _FOLLOWS:
            gap.lost[line["event"]] += 1
    for line in sorted(last.values(), key=lambda line: line["at"]):
        again = _AGAIN.get(line["event"])
        if again is not None and again(line, at):
            gap.again[line["event"]] += 1
    return gap


def record_restoration(*, backup_at: str, gap: Gap, at: datetime) -> None:
    """The journal itself says that it was taken back: seals made since the backup no longer match it."""
    # One line: which restoration it was is told by its instant.
    subject = Subject("journal.restoration", uuid4())
    with transaction.atomic():
        record(
            RESTORED,
            author=SYSTEM,
            subject=subject,
            at=at,
            facts={"backup_at": backup_at, "lost_lines": min(gap.lines, 99_999_999)},
        )


def _refuse_other(line: dict[str, Any]) -> None:
    if not Entry.objects.filter(chain=line["chain"], seq=line["seq"], hash=line["hash"]).exists():
        raise BackupRefused(
            "La copie du journal ne suit pas cette sauvegarde : elle vient d'une autre installation, ou l'une des deux "
            "a été réécrite. Tandem reste fermé."
        )


def _label(name: str) -> str:
    event = EVENTS.get(name)
    return str(event.label) if event else name


def _erase(line: dict[str, Any], at: datetime) -> bool:
    usager = Usager.objects.filter(public_id=UUID(line["subject_id"]), erased_at=None).first()
    if usager is None:
        return False
    erase_usager(acteur=SYSTEM_ACTEUR, usager=usager, at=at)
    return True


def _end_autorisation(line: dict[str, Any], at: datetime) -> bool:
    row = Autorisation.objects.filter(public_id=UUID(line["subject_id"]), ended_at=None).first()
    if row is None:
        return False
    kind = EndKind(json.loads(line["facts"])["kind"])
    with transaction.atomic():
        lock_usager(row.usager)
        record_all(end_lines(open_lines(pk=row.pk), kind=kind, author=SYSTEM, at=at))
    return True


def _end_affectation(line: dict[str, Any], at: datetime) -> bool:
    with transaction.atomic():
        row = Affectation.objects.live().filter(public_id=UUID(line["subject_id"])).first()
        if row is None:
            return False
        Affectation.objects.filter(pk=row.pk).update(ended_at=at)
        subject = Subject(line["subject_label"], row.public_id)
        record(AFFECTATION_ENDED, author=SYSTEM, subject=subject, at=at, facts={"role": row.role})
    return True


def _close_compte(line: dict[str, Any], at: datetime) -> bool:
    compte = Compte.objects.filter(public_id=UUID(line["subject_id"]), is_active=True).first()
    if compte is None:
        return False
    deactivate_compte(compte=compte, author=SYSTEM, at=at)
    return True


def _close_structure(line: dict[str, Any], at: datetime) -> bool:
    structure = Structure.objects.active().filter(public_id=UUID(line["subject_id"])).first()
    if structure is None:
        return False
    close_structure(acteur=SYSTEM_ACTEUR, structure=structure, at=at)
    return True


_AGAIN: dict[str, Callable[[dict[str, Any], datetime], bool]] = {
    ERASED.name: _erase,
    AUTORISATION_ENDED.name: _end_autorisation,
    AFFECTATION_ENDED.name: _end_affectation,
    DEACTIVATED.name: _close_compte,
    STRUCTURE_CLOSED.name: _close_structure,
}
# Done again, or following from what is.
_FOLLOWS = {*_AGAIN, MANDAT_ENDED.name}
_OPPOSITES = {REACTIVATED.name: DEACTIVATED.name}
