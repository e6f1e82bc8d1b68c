"""Reads of mandats; every entry point for a view takes the acteur."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from tandem.mandats.models import Autorisation, Confirmation, Mandat
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager


@dataclass(frozen=True)
class VerificationResult:
    """What a third party learns from a verification code: five fields at most (P-45)."""

    status: str  # valid, ended, unknown
    scopes: tuple[str, ...] = ()
    ends_at: datetime | None = None
    structure_name: str = ""
    seal: str = ""


def mandats_visible_to(acteur: Acteur) -> QuerySet[Mandat]:
    """The mandats of the usagers this acteur may see."""
    raise NotImplementedError


def autorisations_usable(*, acteur: Acteur, usager: Usager, at: datetime) -> QuerySet[Autorisation]:
    """The live lines of a person that this acteur could use now."""
    raise NotImplementedError


def verification(code: str, *, at: datetime) -> VerificationResult:
    """What a verification code says; an unknown code says nothing."""
    raise NotImplementedError


def fresh_confirmation(autorisation: Autorisation, *, at: datetime) -> Confirmation | None:
    """The person's confirmation that is still worth at `at`, if any (P-06)."""
    raise NotImplementedError


def use_refusal(
    *,
    acteur: Acteur,
    autorisation: Autorisation,
    presence: str,
    at: datetime,
    requested_rep_scopes: Sequence[str] = (),
    category_allowed: AbstractSet[str] | None = None,
) -> str | None:
    """Why this use is refused now, in a French sentence; None when every condition of S-02 holds."""
    raise NotImplementedError
