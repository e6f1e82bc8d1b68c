"""Rotation of the encryption keys: every encrypted field again, under the current key (S-42)."""

from collections.abc import Callable, Iterator
from functools import partial

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Cast

from tandem.kernel.crypto import current_key_id
from tandem.kernel.fields import EncryptedTextField, Sealed

Progress = Callable[[str, int], None]
# Encrypts some rows again, so many at most, and says how many; 0 when none is left.
Batch = Callable[[int], int]

_ELSEWHERE: dict[str, Batch] = {}


def elsewhere(table: str) -> Callable[[Batch], Batch]:
    """Register what encrypts again in a table that has no encrypted field: another package's, a JSON value."""

    def register(batch: Batch) -> Batch:
        _ELSEWHERE[table] = batch
        return batch

    return register


def rotate_encryption(batch: int = 200, progress: Progress | None = None) -> int:
    """Encrypt again what another key than the current one holds; returns how many rows.

    Every encrypted field of every model, then what rooms registered with `elsewhere`.

    Runs beside the traffic: each batch is one short transaction with its rows locked. It may be
    stopped at any moment and started again: what is done is not looked at twice. `progress`
    receives the table and the rows done in it. DecryptionError stops it at a row that lies.
    """
    total = 0
    for table, rotate in [*_fields(), *_ELSEWHERE.items()]:
        done = 0
        while count := rotate(batch):
            done += count
            if progress:
                progress(table, done)
        total += done
    return total


def _fields() -> Iterator[tuple[str, Batch]]:
    """Each table with encrypted fields."""
    for model in apps.get_models():
        fields = [f for f in model._meta.concrete_fields if isinstance(f, EncryptedTextField)]
        if fields:
            yield model._meta.db_table, partial(_rotate_batch, model, fields)


def _rotate_batch(model: type[models.Model], fields: list[EncryptedTextField], batch: int) -> int:
    stale = Q()
    raw = {f"raw_{field.name}": Cast(field.name, models.TextField()) for field in fields}
    for name in raw:
        stale |= Q(**{f"{name}__gt": ""}) & ~Q(**{f"{name}__startswith": f"{current_key_id()}:"})
    manager = model._base_manager
    with transaction.atomic():
        keys = (
            manager.annotate(**raw)
            .filter(stale)
            .order_by("pk")
            .values_list("pk", flat=True)[:batch]
        )
        rows = manager.select_for_update(of=("self",)).filter(pk__in=list(keys))
        for row in rows:
            held = {f: v for f in fields if isinstance(v := row.__dict__[f.attname], Sealed)}
            fresh = {f.name: f.seal(f.open(v, row), row) for f, v in held.items()}
            manager.filter(pk=row.pk).update(**fresh)
        return len(rows)
