"""How long a mandat lasts, and what it is at an instant."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tandem.mandats.rules.choices import State

# A mandat is "ending soon" this long before its end, or on its last day when it is short.
# A mandat is proof for three years after its end, then for three years of archive (P-20).
KEPT_YEARS: Final = 3
ARCHIVED_YEARS: Final = 3
ENDING_SOON: Final = timedelta(days=30)
# Days before the end at which the usager and the structure are told; only those that fall in the
# second half of the mandat make sense, and a mandat too short for any of them has one, the day before.
ANNOUNCEMENTS: Final = (30, 15, 3)
LAST_ANNOUNCEMENT: Final = (1,)
# Nobody is woken by a message that can wait.
DAYTIME: Final = range(8, 20)


class Duree(TextChoices):
    """The five durations a person can choose between."""

    ACTE = "acte", _("Une seule démarche")
    JOUR = "jour", _("1 jour")
    MOIS = "mois", _("1 mois")
    SIX_MOIS = "six_mois", _("6 mois")
    AN = "an", _("1 an")

    @property
    def days(self) -> int:
        """Days after the day of signature, which is day 0."""
        return DAYS[self]


DAYS: Final[dict[str, int]] = {"acte": 31, "jour": 1, "mois": 31, "six_mois": 182, "an": 365}


def end_of_day(day: date, tz: ZoneInfo) -> datetime:
    """The last second of `day` in `tz`: the first instant at which the mandat is dead."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=tz)


def ends_at(duree: Duree, *, signed_at: datetime, tz: ZoneInfo) -> datetime:
    """When a mandat signed at `signed_at` ends: the last day counts whole, where the structure is."""
    return end_of_day(signed_at.astimezone(tz).date() + timedelta(days=duree.days), tz)


def default_duree(scopes: Sequence[str]) -> Duree:
    """The shortest duration that makes sense: one démarche is one act, more needs some time."""
    if len(scopes) == 1 and scopes[0].startswith("demarche:"):
        return Duree.ACTE
    return Duree.MOIS


def allowed_durees(scopes: Sequence[str]) -> list[Duree]:
    """The durations that may be chosen: one act is for one line."""
    return [duree for duree in Duree if duree != Duree.ACTE or len(scopes) == 1]


def kept_since(at: datetime) -> datetime:
    """What ended before this instant is not kept at `at`: six years earlier, by the calendar (trust.md, A.3)."""
    try:
        return at.replace(year=at.year - KEPT_YEARS - ARCHIVED_YEARS)
    except ValueError:
        # 29 February: the day before, so that nothing goes too soon.
        return at.replace(year=at.year - KEPT_YEARS - ARCHIVED_YEARS, day=28)


def mandat_state(*, at: datetime, ends_at: datetime, ended_at: datetime | None) -> State:
    """What a mandat is at `at`, from its instants alone."""
    if ended_at is not None and ended_at <= at:
        return State.ENDED
    if ends_at <= at:
        return State.ENDED
    return State.ENDING if ends_at - at <= ENDING_SOON else State.ACTIVE


def announcements(duree: Duree) -> tuple[int, ...]:
    """In days before the end, when a mandat of that duration is announced to end."""
    return tuple(days for days in ANNOUNCEMENTS if days * 2 <= duree.days) or LAST_ANNOUNCEMENT


def announcement_due(
    *, duree: Duree, ends_at: datetime, announced: int | None, at: datetime, tz: ZoneInfo
) -> int | None:
    """The announcement to send now, in days before the end; None when there is none.

    A late job sends one message, the nearest to the end, never those it missed.
    """
    if at.astimezone(tz).hour not in DAYTIME:
        return None
    due = [days for days in announcements(duree) if ends_at - timedelta(days=days) <= at < ends_at]
    if not due:
        return None
    nearest = min(due)
    return nearest if announced is None or nearest < announced else None
