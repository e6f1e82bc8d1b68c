"""Choices and pure functions of papier: no database, no clock, no request."""

import secrets
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# No letter nor digit that is taken for another, by hand or read aloud (S-32).
_LETTERS: Final = "346789QWERTYUPADFGHJKLXCVBNM"
MARK_LENGTH: Final = 8
# A sheet brought without the person waits this long for a second aidant, then is forgotten.
WAITS: Final = timedelta(days=7)
# Where nobody else can answer for it, who noted it may, this long after the person was told (S-20).
ALONE_WAITS: Final = timedelta(hours=24)
# The code by which the person says no: 57 bits, and a limit on the tries.
REFUSAL_LENGTH: Final = 12
_GROUP: Final = 4


class Decision(TextChoices):
    """What became of a sheet that was noted."""

    WAITING = "waiting", _("attend un deuxième aidant")
    LIVE = "live", _("mandat en cours")
    REFUSED = "refused", _("refusée par le deuxième aidant")
    DECLINED = "declined", _("refusée par la personne")
    FORGOTTEN = "forgotten", _("oubliée, faute de réponse")


def note_act(draft: UUID) -> str:
    """The name of the act that the gesture of who notes a sheet is bound to."""
    return f"papier.note:{draft}"


def confirm_act(sheet: UUID) -> str:
    """The name of the act that the gesture of the second aidant is bound to."""
    return f"papier.confirm:{sheet}"


def mark_of(digest: str) -> str:
    """Eight letters of a fingerprint in hexadecimal, as they are printed: « HK4Q-9WRD »."""
    number = int(digest, 16)
    letters = []
    for _i in range(MARK_LENGTH):
        number, rest = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[rest])
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"


def make_refusal_code() -> str:
    """A code that only the person receives: « HK4Q-9WRD-3XYZ »."""
    letters = "".join(secrets.choice(_LETTERS) for _i in range(REFUSAL_LENGTH))
    return "-".join(letters[at : at + _GROUP] for at in range(0, REFUSAL_LENGTH, _GROUP))


def typed_refusal_code(text: str) -> str:
    """The letters typed, as they were sent; empty when they cannot be a code."""
    letters = "".join(one for one in text.upper() if one in _LETTERS)
    if len(letters) != REFUSAL_LENGTH:
        return ""
    return "-".join(letters[at : at + _GROUP] for at in range(0, REFUSAL_LENGTH, _GROUP))


def typed_mark(text: str) -> str:
    """The letters typed, as they are printed; empty when they cannot be a mark."""
    letters = "".join(one for one in text.upper() if one in _LETTERS)
    typed = "".join(one for one in text if not one.isspace() and one not in "-–")
    if len(letters) != MARK_LENGTH or len(typed) != MARK_LENGTH:
        return ""
    return f"{letters[:4]}-{letters[4:]}"


def days_of(first: date, last: date) -> Iterable[date]:
    """The days from the last one back to the first."""
    return (last - timedelta(days=back) for back in range((last - first).days + 1))
