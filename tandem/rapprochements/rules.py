"""What makes two files look like one person's, and which of the two is kept: no database, no clock."""

import re
from datetime import datetime, timedelta
from itertools import product
from typing import Final, NamedTuple, Protocol
from uuid import UUID, uuid5

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy

from tandem.kernel.text import normalise_name
from tandem.usagers.rules import Protected, Rung

# The identifier of a pair, whichever of the two is named first.
_PAIR: Final = UUID("b1d6a3a2-6f0e-4f0c-9d0c-2f5a1f3f7c55")
# Nobody is known by more: a file full of words makes no crowd of fingerprints.
_WORDS: Final = 4
_WHOLE_DATE: Final = re.compile(r"\d{4}-(?!00)\d{2}-(?!00)\d{2}", re.ASCII)
LISTED: Final = 20
SUGGESTED: Final = 5
# What began just before two files became one may write on the other a moment later: it follows.
LATE: Final = timedelta(hours=1)
INDEXED_A_ROUND: Final = 500


class Reason(TextChoices):
    """Why two files look like one person's, the surest first."""

    IDENTITY = "identity", gettext_lazy("même état civil")
    NAMES_AND_BIRTH = "names_and_birth", gettext_lazy("mêmes noms, même date de naissance")
    BIRTH = "birth", gettext_lazy("même prénom, même date de naissance")
    NAMES = "names", gettext_lazy("noms proches, une date de naissance manque")
    CHANNEL = "channel", gettext_lazy("même numéro ou même adresse")
    SAID = "said", gettext_lazy("l’aidant le sait")


class Named(Protocol):
    """What is compared of a file."""

    given_names: str
    family_name: str
    preferred_name: str
    birthdate: str
    identity_index: str


class Mark(NamedTuple):
    """Something two files of one person have in common, before it is fingerprinted.

    `dated`: names of someone whose birthdate is known; two such names prove nothing, their dates would agree.
    """

    text: str
    dated: bool = False


def is_dated(birthdate: str) -> bool:
    """The whole date is known: nothing presumed, nothing missing."""
    return _WHOLE_DATE.fullmatch(birthdate) is not None


def name_pairs(person: Named) -> set[str]:
    """Each given name beside each family name, in alphabetical order: accents, hyphens and order do not count.

    « Le Pennec » counts whole and by its long words, as names from birth and from marriage do.
    """
    given = normalise_name(person.given_names).split()[:_WORDS]
    family: list[str] = []
    for name in (person.family_name, person.preferred_name):
        words = normalise_name(name).split()[:_WORDS]
        family += ["".join(words), *(word for word in words if len(word) > 2)]
    if not given and not any(family):
        return set()
    pairs = product(given or [""], {name for name in family if name} or {""})
    return {"|".join(sorted(pair)) for pair in pairs}


def marks(person: Named) -> set[Mark]:
    """Everything by which another file of this person is found."""
    dated = is_dated(person.birthdate)
    pairs = name_pairs(person)
    found = {Mark(f"names:{pair}", dated=dated) for pair in pairs}
    if dated:
        found |= {Mark(f"names:{pair}:{person.birthdate}") for pair in pairs}
        found |= {
            Mark(f"first:{first}:{person.birthdate}")
            for first in normalise_name(person.given_names).split()[:1]
        }
    return found


def reasons(one: Named, other: Named, *, same_channel: bool) -> list[Reason]:
    """Why the two look like one person, the surest first; none: nothing says so."""
    ours, theirs = ({mark.text for mark in marks(person)} for person in (one, other))
    common = ours & theirs
    both_dated = is_dated(one.birthdate) and is_dated(other.birthdate)
    names = {text for text in common if text.startswith("names:")}
    said = (
        (bool(one.identity_index) and one.identity_index == other.identity_index, Reason.IDENTITY),
        (both_dated and any(text.count(":") > 1 for text in names), Reason.NAMES_AND_BIRTH),
        (not names and any(text.startswith("first:") for text in common), Reason.BIRTH),
        (not both_dated and bool(names), Reason.NAMES),
        (same_channel, Reason.CHANNEL),
    )
    return [reason for found, reason in said if found]


# The surer last.
_RUNGS: Final = (Rung.FICTIF, Rung.DECLARE, Rung.CONNU, Rung.PIECE_VUE, Rung.FRANCECONNECT)


def precedence(
    *, has_sub: bool, rung: str, created_at: datetime, pk: int
) -> tuple[bool, int, float, int]:
    """The greater of two is the file kept: FranceConnect's, else the surer identity, else the older file."""
    return has_sub, _RUNGS.index(Rung(rung)), -created_at.timestamp(), -pk


# What one answer says against another: a measure or a minority announced is never forgotten.
_STRICT: Final = (Protected.NONE, Protected.NOT_ASKED, Protected.MINOR, Protected.PROTECTION)


def stricter_protected(kept: str, merged: str) -> str:
    """The answer that stands for both. A question never asked on the second file asks nothing more of the first."""
    if merged == Protected.NOT_ASKED:
        return kept
    return max(kept, merged, key=lambda answer: _STRICT.index(Protected(answer)))


def pair_id(one: UUID, other: UUID) -> UUID:
    """The identifier of two files taken together."""
    low, high = sorted((one.hex, other.hex))
    return uuid5(_PAIR, f"{low}:{high}")


def merge_act(one: UUID, other: UUID) -> str:
    """What the gesture that brings two files together is bound to."""
    return f"rapprochements.merge:{pair_id(one, other)}"


def separate_act(rapprochement: UUID) -> str:
    """What the gesture that separates them is bound to."""
    return f"rapprochements.separate:{rapprochement}"
