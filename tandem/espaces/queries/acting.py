"""Who acts, as the lists that are asked together know them: keys, and nothing else that changes from one to another."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from django.db.models import QuerySet

from tandem.comptes.models import Compte
from tandem.espaces.rules import SOMEONE, Presence
from tandem.structures.models import Acteur, Affectation, Structure
from tandem.structures.rules import ActeurKind, Role

_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)


class Beside(StrEnum):
    """Who looks at the screen, as lists are written for it."""

    NOBODY = "nobody"
    SOMEONE = "someone"
    KNOWN = "known"


def values_of(acteur: Acteur) -> dict[str, Any]:
    """The keys of an acteur who may act, and of who looks at the screen beside them when it is known."""
    found: dict[str, Any] = {
        "compte": 0 if acteur.compte is None else acteur.compte.pk,
        "structure": 0 if acteur.structure is None else acteur.structure.pk,
        "affectation": 0 if acteur.affectation is None else acteur.affectation.pk,
    }
    beside = Presence(acteur.beside).usager
    return found if beside is None else {**found, "beside": beside}


def shape_of(acteur: Acteur) -> dict[str, Any]:
    """What changes the lists themselves: a référent sees what others do not, a screen looked at hides."""
    presence = Presence(acteur.beside)
    beside = Beside.SOMEONE if presence.is_on else Beside.NOBODY
    return {
        "kind": acteur.kind,
        "beside": beside if presence.usager is None else Beside.KNOWN,
    }


def stand_in(now: Mapping[str, Any], *, kind: ActeurKind, beside: Beside) -> Acteur:
    """An acteur who may act, made of the keys alone: the rules of visibility are written once for all of them."""
    compte = Compte(pk=now["compte"])
    structure = Structure(pk=now["structure"])
    affectation = Affectation(
        pk=now["affectation"],
        compte=compte,
        structure=structure,
        role=Role.REFERENT if kind is ActeurKind.REFERENT else Role.AIDANT,
        habilite_at=_LONG_AGO,
        started_at=_LONG_AGO,
    )
    looked_at = {Beside.NOBODY: "", Beside.SOMEONE: SOMEONE, Beside.KNOWN: str(now.get("beside"))}
    return Acteur(
        kind=kind,
        compte=compte,
        structure=structure,
        affectation=affectation,
        charte_accepted=True,
        beside=looked_at[beside],
    )


def bare(rows: QuerySet[Any, Any], *related: str) -> QuerySet[Any, Any]:
    """The rows with those beside them that the page names, and no other."""
    rows = rows.select_related(None)
    return rows.select_related(*related) if related else rows
