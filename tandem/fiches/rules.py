"""Choices and pure rules of practice sheets: no database, no clock, no request."""

import re
from dataclasses import dataclass
from datetime import timedelta
from difflib import SequenceMatcher
from uuid import UUID, uuid5

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

PART_LENGTH = 4000
REPORT_LENGTH = 600
# How long a new version is announced to those who had the démarche open before it.
NEWS_KEPT = timedelta(days=30)
# Authors are known for moderation only, and are forgotten after they left; the texts stay.
AUTHOR_KEPT_AFTER_LEAVING = timedelta(days=180)


class HideReason(TextChoices):
    """Why a text is taken away from every reader."""

    PERSONAL = "personal", _("elle dit quelque chose d’une personne")
    WRONG = "wrong", _("elle est fausse ou dangereuse")
    HOSTILE = "hostile", _("elle insulte ou fait de la publicité")


class HiddenBy(TextChoices):
    """Who took it away: what the operator hid, a structure does not show again."""

    REFERENT = "referent", _("un référent de la structure")
    OPERATOR = "operator", _("l’opérateur")


class AlertKind(TextChoices):
    """What whoever has the démarche open should know."""

    REPORTED = "reported", _("un aidant signale un changement")
    REWRITTEN = "rewritten", _("la fiche a changé")


@dataclass(frozen=True)
class Texts:
    """What a sheet says, part by part."""

    traps: str = ""
    limits: str = ""
    correspondents: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.traps or self.limits or self.correspondents)


@dataclass(frozen=True)
class Piece:
    """A run of words in a comparison: kind is « same », « added » or « removed »."""

    kind: str
    text: str


def row_id(affectation: UUID, key: UUID, *said: object) -> UUID:
    """The identifier of what one form writes: sent twice, it names the same row (S-24)."""
    return uuid5(affectation, "\0".join(map(str, (key, *said))))


def difference(before: str, after: str) -> list[Piece]:
    """What changed from one text to the next, word by word; spaces and lines stay with their word."""
    old, new = (re.findall(r"\S+\s*", text) for text in (before, after))
    pieces: list[Piece] = []
    for kind, i, j, k, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(old[i:j])))
            continue
        removed, added = "".join(old[i:j]), "".join(new[k:end])
        pieces += [Piece("removed", removed)] if removed else []
        pieces += [Piece("added", added)] if added else []
    return pieces


_MOBILE = re.compile(r"(?<!\d)(?:(?:\+|00)33[\s.\-]?|0)[67](?:[\s.\-]?\d){8}(?!\d)")
_PERSONAL_MAIL = re.compile(
    r"@(?:gmail|hotmail|outlook|live|yahoo|ymail|icloud|me|orange|wanadoo|free|sfr|neuf|laposte|bbox|aol|gmx"
    r"|proton(?:mail)?|numericable|aliceadsl)\.\w+",
    re.IGNORECASE,
)


def personal_contact(text: str) -> str:
    """« mobile » or « mail » when a text gives a contact that is likely someone's own; empty otherwise."""
    if _MOBILE.search(text):
        return "mobile"
    return "mail" if _PERSONAL_MAIL.search(text) else ""
