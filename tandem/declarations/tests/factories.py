"""Declarations at each step, by really taking it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tandem.accompagnements.models import DemarcheSuivie
from tandem.accompagnements.rules import Filing, FilingMeans, NoReceipt, Way
from tandem.declarations.actions import (
    Typed,
    begin_correction,
    file_declaration,
    prepare,
    record_assent,
    save_values,
)
from tandem.declarations.models import Declaration
from tandem.declarations.rules import AssentHow, Provenance, Value
from tandem.structures.models import Acteur

SALARIES = (
    Value("salaire", 0, 0, 41250),
    Value("salaire", 0, 1, 0),
    Value("salaire", 0, 2, 60000),
    Value("changement", text="Un enfant est né."),
)
READ = (str(Provenance.DOCUMENT), "fiches de paie")


def typed(
    row: Declaration,
    values: Sequence[Value] = SALARIES,
    origin: tuple[str, str] = READ,
    **changes: Any,
) -> Typed:
    """What the page says, all of it from the same place."""
    known: dict[str, Any] = {
        "values": values,
        "chosen": {("", 0): origin},
        "period_start": row.period_start,
        "based_on": row.number,
    }
    return Typed(**{**known, **changes})


def sending(**changes: Any) -> Filing:
    """Sent online together, without any proof."""
    values: dict[str, Any] = {
        "means": FilingMeans.ONLINE,
        "way": Way(),
        "no_receipt_reason": NoReceipt.FAILED,
        "agreed": True,
    }
    return Filing(**{**values, **changes})


def prepared(acteur: Acteur, followed: DemarcheSuivie, *, at: datetime) -> Declaration:
    return fetched(prepare(acteur=acteur, demarche_suivie=followed, at=at))


def fetched(row: Declaration) -> Declaration:
    """As it stands now."""
    return Declaration.objects.select_related("demarche_suivie__usager__structure").get(pk=row.pk)


def filled(acteur: Acteur, row: Declaration, *, at: datetime, **changes: Any) -> Declaration:
    return save_values(acteur=acteur, declaration=row, typed=typed(fetched(row), **changes), at=at)


def agreed(acteur: Acteur, row: Declaration, *, at: datetime) -> Declaration:
    now = fetched(row)
    return record_assent(
        acteur=acteur, declaration=now, how=AssentHow.PRESENT, number=now.number, at=at
    )


def sent(acteur: Acteur, row: Declaration, *, at: datetime, **changes: Any) -> Declaration:
    """Filled, read back, agreed to and sent."""
    filled(acteur, row, at=at, **changes)
    agreed(acteur, row, at=at)
    again = row.corrects_id is not None
    return file_declaration(acteur=acteur, declaration=row, filing=sending(again=again), at=at)


def declared_for(
    acteur: Acteur, followed: DemarcheSuivie, *, at: datetime
) -> dict[str, Declaration]:
    """One sent, the next one to come, and the correction of the first."""
    first = sent(acteur, prepared(acteur, followed, at=at), at=at)
    coming = Declaration.objects.open().get(demarche_suivie=followed, corrects=None)
    correction = begin_correction(acteur=acteur, declaration=first, at=at)
    return {"declaration": coming, "sent declaration": first, "correction": correction}
