"""What changes on a row besides its file: written as it stood and as it was left, so that it can be put back."""

from datetime import datetime
from typing import Any

from django.db import models

# {"label": …, "pk": …, "before": {field: value}, "after": {field: value}}
Change = dict[str, Any]


def change(row: models.Model, **after: object) -> Change:
    """Set these columns on the row, and say what they held."""
    before = {name: getattr(row, name) for name in after}
    for name, value in after.items():
        setattr(row, name, value)
    row.save(update_fields=list(after))
    return {"label": row._meta.label, "pk": row.pk, "before": _said(before), "after": _said(after)}


def put_back(row: models.Model, made: Change) -> bool:
    """What stood before, unless someone has changed it since; whether it was put back."""
    if _said({name: getattr(row, name) for name in made["after"]}) != made["after"]:
        return False
    for name, value in made["before"].items():
        setattr(row, name, _read(row, name, value))
    row.save(update_fields=list(made["before"]))
    return True


def _said(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def _read(row: models.Model, name: str, value: Any) -> Any:
    field = row._meta.get_field(name)
    is_instant = isinstance(field, models.DateTimeField) and value is not None
    return datetime.fromisoformat(value) if is_instant else value
