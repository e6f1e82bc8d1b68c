"""What a probe of `tandem check` says, for its tests."""

from datetime import UTC, datetime

from config.check.findings import Level, Probe

AT = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


def said(probe: Probe, level: Level = Level.ERROR, at: datetime = AT) -> str:
    """What a probe says at that level."""
    return " ".join(item.sentence for item in probe(at) if item.level is level)


def is_quiet(probe: Probe, at: datetime = AT) -> bool:
    """It finds nothing wrong."""
    return all(item.level is Level.GOOD for item in probe(at))
