"""Dates and spans of time in French words: pure functions, no clock."""

from datetime import date, datetime, time, timedelta

_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_NBSP = "\N{NO-BREAK SPACE}"


def date_words(day: date) -> str:
    """« 1er mars 2027 »: the day stays with its month; the line may break before the year."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}{_NBSP}{_MONTHS[day.month - 1]} {day.year}"


def month_words(day: date) -> str:
    """« mars 2027 »."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def time_words(moment: time | datetime) -> str:
    """« 14 h 05 », « 9 h »."""
    minutes = f"{_NBSP}{moment.minute:02d}" if moment.minute else ""
    return f"{moment.hour}{_NBSP}h{minutes}"


def moment_words(moment: datetime) -> str:
    """« 12 mars 2027 à 14 h 05 »; the moment is already in the reader's time zone."""
    return f"{date_words(moment.date())} à {time_words(moment)}"


def last_day(end: datetime) -> date:
    """The last day that an end includes: midnight belongs to the day before it."""
    return (end - timedelta(microseconds=1)).date()


def _months_between(today: date, day: date) -> int:
    months = (day.year - today.year) * 12 + day.month - today.month
    return months if day.day >= today.day else months - 1


def _plural(number: int, word: str) -> str:
    return f"{number}{_NBSP}{word}s" if number > 1 else f"{number}{_NBSP}{word}"


def span_words(today: date, day: date) -> str:
    """How far a coming day is: « aujourd'hui », « dans 12 jours », « dans 3 mois »; « terminé » after it."""
    days = (day - today).days
    if days < 0:
        return "terminé"
    if days < 2:
        return "demain" if days else "aujourd’hui"
    if days < 32:
        return f"dans {_plural(days, 'jour')}"
    months = _months_between(today, day)
    if months < 24:
        return f"dans {max(months, 1)}{_NBSP}mois"
    return f"dans {_plural(months // 12, 'an')}"
