"""Samples shown on the page of components: invented people only."""

from datetime import UTC, datetime


def samples() -> dict[str, object]:
    """What the page of components shows."""
    return {"at": datetime(2026, 11, 2, 9, 0, tzinfo=UTC)}
