"""What a probe of `tandem check` gives back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum


class Level(IntEnum):
    """How much it matters; only an error makes the command fail."""

    GOOD = 0
    WARNING = 1
    ERROR = 2


@dataclass(frozen=True)
class Finding:
    """One sentence for the operator, without any secret and any personal value."""

    level: Level
    subject: str
    sentence: str


Probe = Callable[[datetime], Iterator[Finding]]


def good(subject: str, sentence: str) -> Finding:
    return Finding(Level.GOOD, subject, sentence)


def warning(subject: str, sentence: str) -> Finding:
    return Finding(Level.WARNING, subject, sentence)


def error(subject: str, sentence: str) -> Finding:
    return Finding(Level.ERROR, subject, sentence)
