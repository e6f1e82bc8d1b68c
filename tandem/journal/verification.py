"""Verifies the whole journal: every chain, every checkpoint, every secret still kept.

What it cannot show, because nothing inside can: lines cut, changed or added after the last
checkpoint; the last checkpoints removed with the lines they covered; everything signed again by
someone who owns the keys too. A checkpoint kept outside (e-mailed, printed, time-stamped) shows
it: compare its statement with the one of the same number here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from django.db import DatabaseError, connections, router
from django.utils.translation import gettext as _

from tandem.journal.models import Checkpoint, Entry, Secret
from tandem.journal.queries import attests, is_signed
from tandem.journal.rules import (
    FIRST_PREVIOUS_HASH,
    FORMAT,
    instant_text,
    line_hash,
    statement_of,
)

CHECKPOINTS = "checkpoints"
_CHUNK = 5_000
_COLUMNS = (
    "chain, seq, at, event, author_kind, CAST(author_id AS varchar(36)), subject_label,"
    " CAST(subject_id AS varchar(36)), CAST(about AS varchar(36)), facts_text, commitments_text,"
    " previous_hash, hash"
)

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Break:
    """Where a chain (or the list of checkpoints) is broken: its line (or its number), in French."""

    chain: str
    seq: int
    sentence: str


@dataclass
class Report:
    """What was read, and the first break of each chain."""

    entries: int = 0
    chains: int = 0
    checkpoints: int = 0
    breaks: list[Break] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Is everything as it was written?"""
        return not self.breaks


def verify_journal(progress: Progress | None = None) -> Report:
    """Read everything once, in flat memory. `progress` receives the number of lines read."""
    report = Report()
    heads = _verified_heads(report)
    _verify_chains(report, heads, progress)
    _verify_secrets(report)
    return report


@dataclass(frozen=True)
class _Head:
    """What a checkpoint says of a chain."""

    seq: int
    hash: str
    number: int


def _verified_heads(report: Report) -> dict[str, _Head]:
    """Check every checkpoint; the heads of the last one that holds."""
    trusted: Checkpoint | None = None
    previous = ""
    checkpoints = Checkpoint.objects.select_related("key").order_by("number").iterator(100)
    for number, checkpoint in enumerate(checkpoints, start=1):
        report.checkpoints = number
        sentence = _what_is_wrong(checkpoint, number, previous)
        if sentence:
            report.breaks.append(Break(CHECKPOINTS, checkpoint.number, sentence))
            break
        trusted, previous = checkpoint, checkpoint.statement
    return {} if trusted is None else _heads(trusted)


def _what_is_wrong(checkpoint: Checkpoint, number: int, previous: str) -> str:
    if checkpoint.number != number:
        return _("le point de contrôle %(number)s manque") % {"number": number}
    said = {"number": checkpoint.number}
    if not is_signed(checkpoint):
        return _("la signature du point de contrôle %(number)s n’est pas la nôtre") % said
    try:
        expected = statement_of(
            number=checkpoint.number, at=checkpoint.at, previous=previous, heads=checkpoint.heads
        )
    except (ValueError, IndexError):
        # The list of heads is no longer one.
        expected = ""
    if checkpoint.statement != expected or checkpoint.day != checkpoint.at.astimezone(UTC).date():
        return _("le point de contrôle %(number)s a été modifié") % said
    return ""


def _heads(checkpoint: Checkpoint) -> dict[str, _Head]:
    lines = (line.split(" ") for line in checkpoint.heads.splitlines())
    return {chain: _Head(int(seq), digest, checkpoint.number) for chain, seq, digest in lines}


class _Chains:
    """Walks the lines in order, chain after chain."""

    def __init__(self, report: Report, heads: dict[str, _Head]) -> None:
        self.report = report
        self.heads = heads
        self.chain = ""
        self.seq = 0
        self.previous = FIRST_PREVIOUS_HASH
        self.broken = False

    def read(self, row: tuple[Any, ...]) -> None:
        """One line."""
        if row[0] != self.chain:
            self.close()
            self.chain, self.seq, self.previous = row[0], 0, FIRST_PREVIOUS_HASH
            self.broken = False
            self.report.chains += 1
        if self.broken:
            return
        self.seq += 1
        sentence = self._what_is_wrong(row)
        if sentence:
            self._break(self.seq, sentence)
        self.previous = row[12]

    def _what_is_wrong(self, row: tuple[Any, ...]) -> str:
        if row[1] != self.seq:
            return _("la ligne %(seq)s manque") % {"seq": self.seq}
        if _hash_of(row) != row[12]:
            return _("la ligne %(seq)s a été modifiée") % {"seq": self.seq}
        if row[11] != self.previous:
            return _("la ligne %(seq)s ne suit pas la précédente") % {"seq": self.seq}
        head = self.heads.get(self.chain)
        if head and head.seq == self.seq and head.hash != row[12]:
            return _(
                "la chaîne a été réécrite : la ligne %(seq)s n’est pas celle du point de contrôle "
                "%(number)s"
            ) % {"seq": self.seq, "number": head.number}
        return ""

    def close(self) -> None:
        """The end of a chain: does it reach what the last checkpoint saw?"""
        head = self.heads.pop(self.chain, None)
        if head and not self.broken and self.seq < head.seq:
            self._break(self.seq + 1, _cut(self.seq + 1, head))

    def finish(self) -> None:
        """The end of all: chains that the last checkpoint saw and that are gone."""
        self.close()
        for chain, head in sorted(self.heads.items()):
            self.report.breaks.append(Break(chain, 1, _cut(1, head)))

    def stop(self) -> None:
        """The database cannot give what follows."""
        self._break(
            self.seq + 1, _("la base est illisible après la ligne %(seq)s") % {"seq": self.seq}
        )

    def _break(self, seq: int, sentence: str) -> None:
        self.report.breaks.append(Break(self.chain, seq, sentence))
        self.broken = True


def _cut(seq: int, head: _Head) -> str:
    return _(
        "la ligne %(seq)s et les suivantes ont disparu ; le point de contrôle %(number)s va jusqu’à la "
        "ligne %(last)s"
    ) % {"seq": seq, "number": head.number, "last": head.seq}


def _verify_chains(report: Report, heads: dict[str, _Head], progress: Progress | None) -> None:
    chains = _Chains(report, dict(heads))
    try:
        for rows in _rows():
            for row in rows:
                chains.read(row)
            report.entries += len(rows)
            if progress:
                progress(report.entries)
    except (DatabaseError, ValueError):
        # Bytes that are no text, a page that is no page: the file itself was damaged.
        chains.stop()
    else:
        chains.finish()


def _rows() -> Iterator[list[tuple[Any, ...]]]:
    """All lines in order, as the database gives them, without the cost of a model."""
    connection = connections[router.db_for_read(Entry)]
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS} FROM journal_entry ORDER BY chain, seq")  # noqa: S608 - constants
        while rows := cursor.fetchmany(_CHUNK):
            yield rows


def _hash_of(row: tuple[Any, ...]) -> str:
    chain, seq, at, event, kind, author, label, subject, about, facts, commitments, before, _own = (
        row
    )
    try:
        return line_hash(
            (
                FORMAT,
                chain,
                str(seq),
                # SQLite gives it without a zone: it keeps UTC.
                instant_text(at if at.tzinfo else at.replace(tzinfo=UTC)),
                event,
                kind,
                _hex(author),
                label,
                _hex(subject),
                _hex(about),
                facts,
                commitments,
                before,
            )
        )
    except (TypeError, AttributeError, ValueError):
        # A column holds what no line could have written.
        return ""


def _hex(identifier: str | None) -> str:
    """A random identifier as the chain writes it; PostgreSQL adds hyphens."""
    return identifier.replace("-", "") if identifier else ""


def _verify_secrets(report: Report) -> None:
    """The clear values still kept are those that the chain attests."""
    kept = Secret.objects.filter(erased_at=None).select_related("entry").order_by("pk")
    for secret in kept.iterator(_CHUNK):
        if not attests(secret):
            entry = secret.entry
            sentence = _("la valeur « %(name)s » de la ligne %(seq)s a été modifiée") % {
                "name": secret.name,
                "seq": entry.seq,
            }
            report.breaks.append(Break(entry.chain, entry.seq, sentence))
