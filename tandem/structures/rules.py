"""Choices and pure rules of structures: no database, no clock, no request."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from stdnum.fr import siret as siret_number

# Where the session keeps the affectation the person works under (its public_id).
SESSION_AFFECTATION = "affectation"


class ActeurKind(StrEnum):
    """What someone is when they act."""

    AIDANT = "aidant"
    REFERENT = "referent"
    OPERATOR = "operator"
    USAGER = "usager"
    VERIFIER = "verifier"
    SYSTEM = "system"
    ANONYMOUS = "anonymous"


class Role(TextChoices):
    """What a compte is in a structure. Both act for usagers once habilités; the référent also manages."""

    AIDANT = "aidant", _("aidant")
    REFERENT = "referent", _("référent")


class Obstacle(StrEnum):
    """Why someone may not act for usagers, in the order in which it is told."""

    NOT_OPERATOR = "not_operator"
    NO_AFFECTATION = "no_affectation"
    NOT_REFERENT = "not_referent"
    COMPTE_CLOSED = "compte_closed"
    STRUCTURE_CLOSED = "structure_closed"
    NOT_HABILITE = "not_habilite"
    CHARTE = "charte"


@dataclass(frozen=True)
class StructureDetails:
    """What is said of a structure when it is opened."""

    name: str
    siret: str
    address: str
    postcode: str
    city: str
    commune_insee: str = ""
    phone: str = ""
    email: str = ""
    timezone: str = "Europe/Paris"


@dataclass(frozen=True)
class Invited:
    """Someone to be invited in a structure."""

    email: str
    given_name: str
    family_name: str
    role: Role


def clean_siret(value: str) -> str:
    """The fourteen digits, or an empty string when this is no SIRET (La Poste's own rule included)."""
    digits = siret_number.compact(value)
    # stdnum also takes digits of other scripts.
    return digits if digits.isascii() and siret_number.is_valid(digits) else ""


def format_siret(siret: str) -> str:
    """As printed: 262 100 010 00018."""
    return str(siret_number.format(siret))


def theme_is_allowed(theme: str, *restrictions: Collection[str]) -> bool:
    """Whether every restriction lets the thème through; an empty one restricts nothing."""
    return all(not restriction or theme in restriction for restriction in restrictions)


def allowed_themes(known: Iterable[str], *restrictions: Collection[str]) -> list[str]:
    """Of the known thèmes, those that every restriction lets through, in their order."""
    return [theme for theme in known if theme_is_allowed(theme, *restrictions)]
