"""The words of the catalogue: ten thèmes, grave acts, scopes. No database here."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

# FranceConnect's ten labels, byte for byte (FI-03). One thème, one label.
REP_SCOPES: dict[str, str] = {
    "papiers": "Papier-Citoyenneté-Elections",
    "famille": "Famille-Scolarité",
    "social": "Social-Santé",
    "travail": "Travail-Formation",
    "logement": "Logement",
    "transports": "Transports-Mobilité",
    "argent": "Argent-Impots-Consommation",
    "justice": "Justice",
    "etranger": "Etranger-Europe",
    "loisirs": "Loisirs-Sport-Culture",
}
THEME_KEYS = tuple(REP_SCOPES)

# The person confirms again each time, even when the mandat covers it (P-06).
FRESH_CONFIRMATION_THEMES = frozenset({"argent", "justice"})


class GraveAct(models.TextChoices):
    """Acts inside a démarche whose error costs a right or money: the aidant is warned before."""

    CHANGER_IBAN = "changer_iban", _("changer le compte bancaire (RIB)")
    DECLARER_REVENUS = "declarer_revenus", _("déclarer des revenus")
    DECLARER_SITUATION = "declarer_situation", _("déclarer un changement de situation")
    PAYER = "payer", _("payer une somme")
    S_ENGAGER = "s_engager", _("s’engager par un contrat")
    RESILIER = "resilier", _("résilier un contrat")
    RENONCER = "renoncer", _("renoncer à un droit")
    RECOURS = "recours", _("contester une décision dans un délai")
    CEDER = "ceder", _("vendre ou céder un bien")
    SANTE = "sante", _("lire ou transmettre des données de santé")


class ScopeKind(StrEnum):
    THEME = "theme"
    DEMARCHE = "demarche"


class InvalidScope(ValueError):  # noqa: N818 - named as the thing that was found
    """The text is not « theme:<clé> » nor « demarche:<nom court> »."""


@dataclass(frozen=True, order=True)
class Scope:
    """One line of a mandat: a whole thème, or one démarche."""

    kind: ScopeKind
    key: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "theme:argent" or "demarche:declaration-revenus".

        Raises:
            InvalidScope: unknown kind, unknown thème, or a key that is not a slug.
        """
        kind, _separator, key = text.partition(":")
        if kind not in set(ScopeKind) or not _is_slug(key):
            raise InvalidScope("scope")
        if kind == ScopeKind.THEME and key not in REP_SCOPES:
            raise InvalidScope("theme")
        return cls(ScopeKind(kind), key)

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"


def fold(text: str) -> str:
    """Lower case, without accents nor punctuation, single spaces: the form both sides of a search take."""
    plain = text.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae").replace("Æ", "ae")
    letters = (c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
    return " ".join("".join(c.lower() if c.isalnum() else " " for c in letters).split())


def _is_slug(key: str) -> bool:
    return (
        0 < len(key) <= 80
        and key.isascii()
        and all(c.isdigit() or c.islower() or c == "-" for c in key)
    )


def overlaps(scopes: Iterable[str], *, theme_of: Mapping[str, str]) -> list[tuple[str, str]]:
    """Pairs of scopes that say the same power twice: a thème and a démarche inside it, or a repetition.

    `theme_of` gives the thème of each démarche by its slug (`queries.theme_of`).
    """
    wanted = [Scope.parse(text) for text in scopes]
    return [
        (str(scope), str(other))
        for scope, other in combinations(wanted, 2)
        if scope == other or _contains(scope, other, theme_of) or _contains(other, scope, theme_of)
    ]


def _contains(outer: Scope, inner: Scope, theme_of: Mapping[str, str]) -> bool:
    return (
        outer.kind == ScopeKind.THEME
        and inner.kind == ScopeKind.DEMARCHE
        and theme_of.get(inner.key) == outer.key
    )
