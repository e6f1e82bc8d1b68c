"""French days: public holidays, working days, delays in months and in days. No clock, no database.

Metropolitan France alone: the public holidays of Alsace-Moselle and of the overseas regions are not counted
(`NOT_COVERED` says it on screen). A date computed here is never later than the true one for that reason.
"""

from datetime import date, timedelta
from functools import cache

from django.utils.translation import gettext_lazy as _

NOT_COVERED = _("Les jours fériés d’outre-mer et d’Alsace-Moselle ne sont pas comptés.")

# (month, day) of the holidays that do not move: code du travail, art. L. 3133-1.
_FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
# Days after Easter: Monday, Ascension, Whit Monday.
_AFTER_EASTER = (1, 39, 50)
_SATURDAY = 5


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (Meeus, Jones and Butcher)."""
    golden, century, rest = year % 19, year // 100, year % 100
    shift = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - century // 4 - shift + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)


@cache
def public_holidays(year: int) -> frozenset[date]:
    """The eleven legal public holidays of one year."""
    sunday = easter(year)
    fixed = {date(year, month, day) for month, day in _FIXED}
    return frozenset(fixed | {sunday + timedelta(days=days) for days in _AFTER_EASTER})


def is_working_day(day: date) -> bool:
    """Neither Saturday, nor Sunday, nor a public holiday (CPC, art. 642)."""
    return day.weekday() < _SATURDAY and day not in public_holidays(day.year)


def next_working_day(day: date) -> date:
    """The day itself when it is a working one, else the first one after."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def previous_working_day(day: date) -> date:
    """The day itself when it is a working one, else the last one before."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def add_months(day: date, months: int) -> date:
    """The same day so many calendar months later (or before), or the last one of that month (CPC, art. 641)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return in_month(year, month + 1, day.day)


def in_month(year: int, month: int, day: int) -> date:
    """That day of the month, or the last one when the month is shorter."""
    following = date(year + month // 12, month % 12 + 1, 1)
    last = following - timedelta(days=1)
    return min(last, last.replace(day=min(day, last.day)))


def add_working_days(day: date, count: int) -> date:
    """The last of so many working days that follow; the day itself is not counted."""
    for _done in range(count):
        day = next_working_day(day + timedelta(days=1))
    return day
