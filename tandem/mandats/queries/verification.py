"""What a verification code opens: five fields for a third party, the stop for an aidant anywhere."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db.models import Q

from tandem.impression.rules import grouped
from tandem.kernel.crypto import blind_index
from tandem.mandats.models import Mandat
from tandem.mandats.rules import State
from tandem.referentiels.queries import describe_scopes
from tandem.structures.models import Structure

# No letter nor digit that is taken for another, read aloud or by hand (S-32): 28 of them make 134 bits.
ALPHABET: Final = "346789QWERTYUPADFGHJKLXCVBNM"
CODE_LENGTH: Final = 28
# Each group of the code as it is read aloud or typed.
CODE_GROUP: Final = 4


class Status(StrEnum):
    VALID = "valid"
    ENDED = "ended"
    UNKNOWN = "unknown"
    # A paper of a sandbox: worth nothing, and said so.
    EXERCISE = "exercise"


@dataclass(frozen=True)
class VerificationResult:
    """What a third party learns from a verification code: five fields at most (P-45)."""

    status: Status
    scopes: tuple[str, ...] = ()
    ends_at: datetime | None = None
    structure_name: str = ""
    seal: str = ""


UNKNOWN: Final = VerificationResult(Status.UNKNOWN)
EXERCISE: Final = VerificationResult(Status.EXERCISE)


def clean_code(code: str) -> str:
    """The code as it was made, from what someone typed: capitals, without spaces nor dashes."""
    return "".join(letter for letter in code.upper() if letter in ALPHABET)


def code_words(code: str) -> str:
    """The code as it is printed: 3467-89QW-…"""
    return grouped(code, CODE_GROUP).replace(" ", "-")


def code_index(code: str) -> str:
    """The fingerprint that finds a mandat by its code."""
    return blind_index(clean_code(code), domain="mandats.verification")


def mandat_of_code(code: str, *, sandbox: Structure | None = None) -> Mandat | None:
    """The mandat that carries this code, whatever the structure: whoever holds the paper holds the code.

    A sandbox knows its own papers only, and nobody outside knows them (A-14).
    """
    if len(clean_code(code)) != CODE_LENGTH:
        return None
    place = Q(structure__practice_of=None) if sandbox is None else Q(structure=sandbox)
    return (
        Mandat.objects.filter(place, verification_index=code_index(code))
        .select_related("structure", "usager")
        .first()
    )


def _is_of_a_sandbox(code: str) -> bool:
    return Mandat.objects.filter(
        verification_index=code_index(code), structure__practice_of__isnull=False
    ).exists()


def verification(code: str, *, at: datetime) -> VerificationResult:
    """What a verification code says at `at`; an unknown code says nothing more than that.

    Frozen or dead, the mandat is shown as ended: why is nobody's business. The lines are those that can
    still be used; when none is left, those that were signed.
    """
    mandat = mandat_of_code(code)
    if mandat is None:
        return EXERCISE if _is_of_a_sandbox(code) else UNKNOWN
    rows = list(mandat.autorisations.order_by("pk"))
    live = [row for row in rows if row.is_active(at=at)]
    person = mandat.usager
    open_now = (
        mandat.state(at=at) != State.ENDED
        and bool(live)
        and mandat.structure.is_active
        and person.died_known_at is None
        and person.frozen_at is None
        and person.erased_at is None
    )
    shown = live if open_now else rows
    return VerificationResult(
        status=Status.VALID if open_now else Status.ENDED,
        scopes=tuple(found.title for found in describe_scopes([row.scope for row in shown])),
        ends_at=mandat.ends_at if mandat.ended_at is None else mandat.ended_at,
        structure_name=mandat.structure.name,
        seal=mandat.seal,
    )
