"""What may enter the journal, and how a line is hashed: pure functions."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

INSTANCE_CHAIN = "instance"
FIRST_PREVIOUS_HASH = "0" * 64
FORMAT = "tandem-journal-1"
CHECKPOINT_FORMAT = "tandem-checkpoint-1"

Fact = str | int | bool | list[str] | None
AUTHOR_KINDS = frozenset(
    {"aidant", "referent", "operator", "usager", "verifier", "system", "anonymous"}
)

_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_WORD = re.compile(r"[A-Za-z0-9_.:/+-]{0,120}")
# Nine digits, whatever parts them, are a telephone, a NIR, an IP address: never a fact.
_LONG_NUMBER = re.compile(r"[_.:/+-]*([0-9][_.:/+-]*){9,}")
_LARGEST_NUMBER = 99_999_999


@dataclass(frozen=True)
class Event:
    """One kind of line. `label` is the line in plain French; facts and secrets are closed lists."""

    name: str
    label: str | Promise
    facts: frozenset[str] = field(default=frozenset())
    secrets: frozenset[str] = field(default=frozenset())

    def __post_init__(self) -> None:
        """Registers itself; ValueError when the name is wrong or taken."""
        wrong = [key for key in self.facts | self.secrets if not _KEY.fullmatch(key)]
        if wrong or not _NAME.fullmatch(self.name) or self.facts & self.secrets:
            raise ValueError(f"event {self.name!r} is badly declared")
        if EVENTS.setdefault(self.name, self) != self:
            raise ValueError(f"two events are named {self.name!r}")


EVENTS: dict[str, Event] = {}


# What the journal writes about itself.
CHECKPOINT_KEY_ROTATED = Event(
    "journal.checkpoint_key_rotated", _("Clé de signature du journal changée")
)
RESTORED = Event(
    "journal.restored",
    _("Journal repris d’une sauvegarde"),
    facts=frozenset({"backup_at", "lost_lines"}),
)


@dataclass(frozen=True)
class Author:
    """Who acts: a kind of acteur, the random identifier of the compte, the structure."""

    kind: str
    id: UUID | None
    structure: UUID | None

    def __post_init__(self) -> None:
        if self.kind not in AUTHOR_KINDS:
            raise ValueError(f"unknown kind of author {self.kind!r}")

    @property
    def chain(self) -> str:
        """The chain that receives what this author does."""
        return str(self.structure) if self.structure else INSTANCE_CHAIN


SYSTEM = Author("system", None, None)


class Subject(NamedTuple):
    """What a line is about: the label of a model and a random identifier, never a foreign key."""

    label: str
    id: UUID


@dataclass(frozen=True)
class Line:
    """A line to write: see `actions.record`."""

    event: Event
    author: Author
    subject: Subject
    at: datetime
    about: UUID | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuses what the event did not declare, free text, and an instant without a zone."""
        if self.at.tzinfo is None:
            raise ValueError("an instant has a zone")
        undeclared = (set(self.facts) - self.event.facts) | (set(self.secrets) - self.event.secrets)
        if undeclared:
            raise ValueError(f"{self.event.name} does not declare {sorted(undeclared)}")
        if not _WORD.fullmatch(self.subject.label) or not self.subject.label:
            raise ValueError("the label of a subject is a technical word")
        for key, fact in self.facts.items():
            if not is_fact(fact):
                # The value itself is never repeated: it may be a name.
                raise ValueError(f"fact {key} of {self.event.name} is not a technical word")


def is_fact(value: object) -> bool:
    """May this value enter the chain? Technical words, small numbers, lists of words; no text."""
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int):
        return abs(value) <= _LARGEST_NUMBER
    if isinstance(value, str):
        return bool(_WORD.fullmatch(value)) and not _LONG_NUMBER.fullmatch(value)
    return isinstance(value, list) and all(isinstance(v, str) and is_fact(v) for v in value)


def canonical_json(value: Mapping[str, Fact]) -> str:
    """The one way a mapping is written in the chain."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"), sort_keys=True)


def instant_text(at: datetime) -> str:
    """An instant as the chain writes it: UTC, microseconds."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def line_hash(values: Iterable[str]) -> str:
    """SHA-256 of the values, each after its length: no value can overflow into the next one.

    In order: format, chain, seq, at, event, author kind, author id, subject label, subject id,
    about, facts, commitments, previous hash.
    """
    return hashlib.sha256("".join([f"{len(v)}:{v}" for v in values]).encode()).hexdigest()


def commitment(salt: str, value: str) -> str:
    """What the chain keeps of a secret: without the salt it says nothing."""
    return hmac.new(bytes.fromhex(salt), value.encode(), hashlib.sha256).hexdigest()


def statement_of(*, number: int, at: datetime, previous: str, heads: str) -> str:
    """The short text that a checkpoint signs. `previous` is the statement before, "" at first.

    It says enough to be kept outside: `heads` is the SHA-256 of the list of all chains.
    """
    lines = heads.splitlines()
    return "\n".join(
        [
            CHECKPOINT_FORMAT,
            f"number: {number}",
            f"at: {instant_text(at)}",
            f"previous: {_sha256(previous) if previous else FIRST_PREVIOUS_HASH}",
            f"chains: {len(lines)}",
            f"entries: {sum(int(line.split(' ')[1]) for line in lines)}",
            f"heads: {_sha256(heads)}",
        ]
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
