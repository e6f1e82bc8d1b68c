"""The dates that the catalogue makes run for a démarche, brought up to what it has become.

Computed again at each change, so that nothing depends on having been there at the right moment. No line of the
journal: the act that moved the démarche has its own, and a date follows from it by rule.
"""

from datetime import datetime

from django.db import transaction

from tandem.accompagnements.models import DemarcheSuivie, Etape
from tandem.accompagnements.rules import EtapeKind, Outcome
from tandem.echeances.models import Echeance
from tandem.echeances.rules import Followed, Wanted, wanted_dates
from tandem.referentiels.queries import deadlines_of

_REFUSED = frozenset({Outcome.REFUSED, Outcome.PARTLY})
_LEFT = frozenset({Outcome.WITHDRAWN, Outcome.ELSEWHERE})


@transaction.atomic
def plan_for(*, demarche_suivie: DemarcheSuivie, at: datetime) -> list[Echeance]:
    """Bring the computed dates of a démarche up to date; returns those that stand. Twice changes nothing.

    What an aidant finished or dropped does not come back for the same day; a day they moved by hand stays.
    """
    row = (
        DemarcheSuivie.objects.select_for_update(of=("self",))
        .select_related("structure", "demarche")
        .get(pk=demarche_suivie.pk)
    )
    known = None if row.demarche is None else deadlines_of(row.demarche.slug)
    wanted = {one.rule: one for one in wanted_dates(known, _followed(row))}
    rows = list(Echeance.objects.filter(demarche_suivie=row).exclude(rule="").order_by("pk"))
    # What the machine dropped may stand again; what an aidant ended may not, for the same day.
    movable = {one.rule: one for one in rows if one.ended_by_id is None}
    ended = {(one.rule, one.due_on) for one in rows if one.ended_by_id is not None}
    for rule, one in movable.items():
        _bring(one, wanted.get(rule), at)
    new = [
        Echeance(
            structure=row.structure, demarche_suivie=row, kind=one.kind, rule=one.rule, due_on=one.due_on,
            created_at=at,
        )
        for one in wanted.values()
        if one.rule not in movable and (one.rule, one.due_on) not in ended
    ]  # fmt: skip
    for created in new:
        created.save()
    return [one for one in movable.values() if one.dropped_at is None] + new


def _bring(row: Echeance, wanted: Wanted | None, at: datetime) -> None:
    """The date stands as it is wanted, or leaves the list."""
    if wanted is None:
        if row.dropped_at is None:
            row.dropped_at = at
            row.save(update_fields=["dropped_at"])
        return
    moved = not row.typed_day and (row.due_on, row.kind) != (wanted.due_on, wanted.kind)
    if moved:
        row.due_on, row.kind = wanted.due_on, wanted.kind
        row.aidant_step = row.person_step = None
    if moved or row.dropped_at is not None:
        row.dropped_at = None
        row.save(update_fields=["due_on", "kind", "aidant_step", "person_step", "dropped_at"])


def _followed(row: DemarcheSuivie) -> Followed:
    zone = row.structure.zone
    filed, closed = row.filed_at, row.closed_at
    answered = None
    if filed is not None:
        answered = (
            Etape.objects.filter(demarche_suivie=row, kind=EtapeKind.DECIDED, at__gte=filed)
            .order_by("-at", "-pk")
            .first()
        )
    return Followed(
        asked_by_on=row.asked_by_on,
        filed_on=None if filed is None else filed.astimezone(zone).date(),
        answered_on=None if answered is None else answered.at.astimezone(zone).date(),
        closed_on=None if closed is None else closed.astimezone(zone).date(),
        refused=row.outcome in _REFUSED,
        left=row.outcome in _LEFT,
    )


def on_demarche_changed(
    *, demarche_suivie: DemarcheSuivie, at: datetime, **_signal: object
) -> None:
    """A démarche has moved, in the transaction of the act that moved it."""
    plan_for(demarche_suivie=demarche_suivie, at=at)
