"""The only reader of the clock."""

from datetime import UTC, datetime


def now() -> datetime:
    """The instant of an act, aware, in UTC: read once, at the door, then passed as `at`."""
    return datetime.now(UTC)
