"""Reads of entrainement."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tandem.entrainement.rules import KEPT
from tandem.fichiers.models import StoredFile
from tandem.kernel.refusals import Refusal
from tandem.mandats.models import Autorisation
from tandem.mandats.queries import fresh_confirmation, needs_confirmation
from tandem.referentiels.queries import ScopeDescription, describe_scopes
from tandem.structures.models import Acteur, Structure
from tandem.usagers.models import Usager

Rows = dict[type[models.Model], set[Any]]


class NotPractising(Refusal):
    """This page is for a sandbox only."""

    status = 404
    code = "not_found"

    def __init__(self) -> None:
        super().__init__(_("Cette page est pour l’entraînement seulement."))


def people_of(acteur: Acteur) -> QuerySet[Usager]:
    """The fictitious people of the acteur's sandbox."""
    if not acteur.is_practising:
        return Usager.objects.none()
    return Usager.objects.filter(structure=acteur.structure).order_by("pk")


def lines_of(acteur: Acteur, *, at: datetime) -> list[tuple[Autorisation, ScopeDescription]]:
    """What the mandats of the sandbox allow now, each in the words of the catalogue."""
    rows = list(
        Autorisation.objects.active(at=at)
        .filter(structure=acteur.structure, structure__practice_of__isnull=False)
        .select_related("usager", "mandat")
        .order_by("usager", "pk")
    )
    words = {found.scope: found for found in describe_scopes(sorted({row.scope for row in rows}))}
    return [(row, words[row.scope]) for row in rows]


def lines_to_confirm(
    lines: Iterable[tuple[Autorisation, ScopeDescription]], *, at: datetime
) -> list[tuple[Autorisation, ScopeDescription]]:
    """Those of money and justice that the person has not confirmed today: a paper of the day comes first (P-06)."""
    return [
        (row, words)
        for row, words in lines
        if needs_confirmation(row) and fresh_confirmation(row, at=at) is None
    ]


def line_of(acteur: Acteur, public_id: UUID, *, at: datetime) -> Autorisation:
    """One of them.

    Raises:
        NotPractising: of a true structure, of another sandbox, or over.
    """
    found = next(
        (row for row, _words in lines_of(acteur, at=at) if row.public_id == public_id), None
    )
    if found is None or not acteur.is_practising:
        raise NotPractising
    return found


def old_sandboxes(*, at: datetime) -> QuerySet[Structure]:
    """Those where people came more than a month ago."""
    old = Usager.objects.filter(structure__practice_of__isnull=False, created_at__lt=at - KEPT)
    return Structure.objects.filter(pk__in=old.values("structure")).order_by("pk")


def rows_of(structure: Structure) -> Rows:
    """Every row that hangs from a structure, whatever the room: found by following foreign keys upwards.

    A room opened tomorrow is in it without a word here.
    """
    found: Rows = {Structure: {structure.pk}}
    todo: list[type[models.Model]] = [Structure]
    while todo:
        below = todo.pop()
        for above, field in _pointing_to(below):
            rows = above._base_manager.filter(**{f"{field.attname}__in": found[below]})
            new = set(rows.values_list("pk", flat=True)) - found.get(above, set())
            if new:
                found.setdefault(above, set()).update(new)
                todo.append(above)
    return found


def _pointing_to(
    below: type[models.Model],
) -> Iterator[tuple[type[models.Model], "models.ForeignKey[Any, Any]"]]:
    for above in apps.get_models(include_auto_created=True):
        for field in above._meta.get_fields():
            if isinstance(field, models.ForeignKey) and field.remote_field.model is below:
                yield above, field


def files_of(rows: Rows) -> list[StoredFile]:
    """The encrypted files that these rows hold."""
    keys: set[int] = set()
    for model, own in rows.items():
        for field in model._meta.fields:
            if field.related_model is StoredFile:
                held = model._base_manager.filter(pk__in=own).values_list(field.attname, flat=True)
                keys.update(key for key in held if key is not None)
    return list(StoredFile.objects.filter(pk__in=keys))
