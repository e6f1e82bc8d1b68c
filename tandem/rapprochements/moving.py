"""Rows that hang on a person follow them to the file kept, and back: said once per foreign key."""

from collections.abc import Callable, Iterable
from typing import Final

from django.db import models
from django.db.models import Q

from tandem.rapprochements.signals import usagers_merged, usagers_separated
from tandem.usagers.models import Usager

Moved = tuple[str, int]

# Every foreign key to a person, by label: why it moves or stays. A law of the house asks that none be forgotten.
FOLLOWS: Final[set[str]] = set()
STAYS: Final[dict[str, str]] = {}


def label_of(model: type[models.Model], field: str = "usager") -> str:
    """How a foreign key to a person is named: « mandats.Mandat.usager »."""
    return f"{model._meta.label}.{field}"


def follows(
    model: type[models.Model],
    field: str = "usager",
    *,
    only: Callable[[Usager, Usager], Q] | None = None,
) -> None:
    """The rows of `model` go with the person; `only(kept, merged)`: those, and the others stay where they are."""
    label = label_of(model, field)

    def carry(*, kept: Usager, merged: Usager, **_signal: object) -> list[Moved]:
        chosen = only(kept, merged) if only else Q()
        rows = model._base_manager.filter(chosen, **{field: merged})
        pks = list(rows.order_by("pk").values_list("pk", flat=True))
        hang(model, pks, field, on=kept)
        return [(label, pk) for pk in pks]

    def bring_back(
        *, kept: Usager, merged: Usager, moved: Iterable[Moved], **_signal: object
    ) -> None:
        pks = [pk for name, pk in moved if name == label]
        hang(model, pks, field, on=merged, still=kept)

    FOLLOWS.add(label)
    usagers_merged.connect(carry, weak=False, dispatch_uid=f"merged:{label}")
    usagers_separated.connect(bring_back, weak=False, dispatch_uid=f"separated:{label}")


def stays(model: type[models.Model], field: str = "usager", *, why: str) -> None:
    """The rows of `model` do not move, for this reason."""
    STAYS[label_of(model, field)] = why


def hang(
    model: type[models.Model],
    pks: Iterable[int],
    field: str,
    *,
    on: Usager,
    still: Usager | None = None,
) -> None:
    """Hang these rows on that file; `still`: those only which this one holds now."""
    rows = model._base_manager.filter(pk__in=list(pks))
    if still is not None:
        rows = rows.filter(**{field: still})
    rows.update(**{field: on})
