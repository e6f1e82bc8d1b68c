"""The next step of a courrier in the list of dates: noted, moved, done, taken back with it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from tandem.courriers.actions.doors import CourrierRefused
from tandem.courriers.models import Courrier
from tandem.echeances import actions as echeances_actions
from tandem.echeances.models import Echeance
from tandem.echeances.rules import EcheanceKind, Noted
from tandem.structures.models import Acteur

# A list of dates says what to do in one line.
_LONGEST: Final = 160


def follow_date(
    acteur: Acteur, courrier: Courrier, *, at: datetime, overridden: Sequence[str] = ()
) -> None:
    """Make the list of dates say what the courrier says: a day to come is there, another is not.

    Raises:
        CourrierRefused: the day is too far, or was moved to one gone by.
    """
    row = courrier.echeance
    if row is None:
        if courrier.due_on is not None and courrier.due_on >= courrier.usager.local_date(at):
            courrier.echeance = _asked(_add, acteur, courrier, at, overridden)
            courrier.save(update_fields=["echeance"])
        return
    if not _is_open(row):
        return
    if courrier.due_on is None:
        _asked(echeances_actions.drop_echeance, acteur=acteur, echeance=row, at=at)
    elif (courrier.due_on, _title(courrier)) != (row.due_on, row.title):
        _asked(
            echeances_actions.change_echeance,
            acteur=acteur,
            echeance=row,
            due_on=courrier.due_on,
            title=_title(courrier),
            overridden=overridden,
            at=at,
        )


def finish_date(acteur: Acteur, courrier: Courrier, *, at: datetime) -> None:
    """The date is done with its courrier."""
    if courrier.echeance is not None and _is_open(courrier.echeance):
        _asked(echeances_actions.finish_echeance, acteur=acteur, echeance=courrier.echeance, at=at)


def take_back_date(acteur: Acteur, courrier: Courrier, *, at: datetime) -> None:
    """The date is in the list again."""
    if courrier.echeance is not None:
        _asked(echeances_actions.reopen_echeance, acteur=acteur, echeance=courrier.echeance, at=at)


def _add(acteur: Acteur, courrier: Courrier, at: datetime, overridden: Sequence[str]) -> Echeance:
    assert courrier.due_on is not None  # noqa: S101 - asked by the caller
    noted = Noted(
        kind=EcheanceKind.TO_DO,
        title=_title(courrier),
        due_on=courrier.due_on,
        overridden=tuple(overridden),
    )
    return echeances_actions.add_echeance(
        acteur=acteur,
        owner=courrier.demarche_suivie or courrier.usager,
        noted=noted,
        key=courrier.public_id,
        at=at,
    )


def _title(courrier: Courrier) -> str:
    line = " ".join(courrier.next_step.split())
    words = _("%(who)s : %(what)s") % {"who": courrier.sent_by, "what": line}
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"


def _is_open(row: Echeance) -> bool:
    return row.done_at is None and row.dropped_at is None


def _asked(act: Callable[..., Echeance], *args: object, **who: object) -> Echeance:
    """What the list of dates refuses is refused here, in its words."""
    try:
        return act(*args, **who)
    except echeances_actions.EcheanceRefused as refusal:
        raise CourrierRefused(refusal.message) from refusal
