"""Drafts for the stories of any room.

draft = ready_draft(acteur, at=at)                    # everything answered, identity confirmed
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from tandem.mandats.tests.factories import agreement
from tandem.signature.models import Draft
from tandem.signature.rules import DRAFT_LIFETIME, Answers
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager


def complete_answers(
    scopes: Sequence[str] = ("theme:logement",),
    *,
    duree: str = "mois",
    ways: Sequence[str] = ("presence",),
    **changes: Any,
) -> Answers:
    """Every question answered, identity confirmed."""
    values: dict[str, Any] = asdict(agreement(scopes, duree=duree, ways=ways))
    return Answers(**(values | {"identity_confirmed": True} | changes))


def ready_draft(
    acteur: Acteur,
    *,
    at: datetime,
    usager: Usager | None = None,
    answers: Answers | None = None,
    **more: Any,
) -> Draft:
    """A draft that only lacks its signature."""
    assert acteur.affectation is not None
    return Draft.objects.create(
        affectation=acteur.affectation,
        usager=usager,
        content=(answers or complete_answers()).to_json(),
        started_at=at,
        expires_at=at + DRAFT_LIFETIME,
        identified_at=at,
        **more,
    )
