"""Verifies an exported journal, alone: Python 3.9 or later, no other file, no network (S-34).

    python verifier.py journal.jsonl [--key PUBLIC_KEY] [--checkpoint STATEMENT_FILE]

The file comes from `journal_export`. Each line of a chain holds the SHA-256 of its own content and
of the line before: a change, a gap or a swap shows. Each checkpoint signs the heads of all chains
(Ed25519): a chain cut or rewritten before it shows. Give with --key the public key you got from
elsewhere: without it, the keys of the file are taken at their word, and the answer says so. Give
with --checkpoint a statement you kept: the file must hold it, word for word.

Leaves with 0 when everything holds, 1 when something does not, 2 when the file cannot be read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

FIRST = "0" * 64
ENTRY_FIELDS = (
    "chain",
    "seq",
    "at",
    "event",
    "author_kind",
    "author_id",
    "subject_label",
    "subject_id",
    "about",
    "facts",
    "commitments",
    "previous_hash",
)
Line = Any  # a dictionary of the file: what it holds is what is checked

# --- Ed25519, after RFC 8032 section 6: slow and plain, for verification only ---------------------

Point = tuple[int, int, int, int]
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


def point_add(a: Point, b: Point) -> Point:
    """Sum of two points in extended coordinates."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    i, j, k, m = f - e, h - g, h + g, f + e
    return (i * j % P, k * m % P, j * k % P, i * m % P)


def point_multiply(scalar: int, point: Point) -> Point:
    """scalar × point."""
    total: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = point_add(total, point)
        point = point_add(point, point)
        scalar >>= 1
    return total


def point_equal(a: Point, b: Point) -> bool:
    """Same point, whatever the coordinates."""
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def recover_x(y: int, sign: int) -> int | None:
    """The x of a point, or None when there is none."""
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if x2 == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * SQRT_OF_MINUS_1 % P
    if (x * x - x2) % P:
        return None
    return P - x if (x & 1) != sign else x


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0) or 0
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def point_decompress(data: bytes) -> Point | None:
    """The point that 32 bytes stand for, or None."""
    if len(data) != 32:
        return None
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def is_signature(public: bytes, message: bytes, signature: bytes) -> bool:
    """Does this Ed25519 signature hold?"""
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r = point_decompress(public), point_decompress(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= Q:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    h = int.from_bytes(digest, "little") % Q
    return point_equal(point_multiply(s, BASE), point_add(r, point_multiply(h, a)))


# --- The chains -----------------------------------------------------------------------------------


def sha256(text: str) -> str:
    """Hexadecimal SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def entry_hash(entry: Line) -> str:
    """The hash that a line must have: each value after its length, in order."""
    values = ["tandem-journal-1", *[str(entry[name]) for name in ENTRY_FIELDS]]
    return sha256("".join([f"{len(value)}:{value}" for value in values]))


class Verifier:
    """Reads the chains line by line and keeps the first break of each."""

    def __init__(self, wanted: dict[str, tuple[int, str]]) -> None:
        """`wanted`: chain → the number and hash that the last checkpoint saw."""
        self.wanted = wanted
        self.entries = 0
        self.heads: dict[str, tuple[int, str]] = {}
        self.broken: dict[str, str] = {}

    def read(self, entry: Line) -> None:
        """One line of a chain."""
        self.entries += 1
        chain = entry["chain"]
        last, previous = self.heads.get(chain, (0, FIRST))
        self.heads[chain] = (last + 1, entry["hash"])
        if chain not in self.broken:
            sentence = self._what_is_wrong(entry, last + 1, previous)
            if sentence:
                self.broken[chain] = sentence

    def _what_is_wrong(self, entry: Line, seq: int, previous: str) -> str:
        if entry["seq"] != seq:
            return f"la ligne {seq} manque"
        if entry_hash(entry) != entry["hash"]:
            return f"la ligne {seq} a été modifiée"
        if entry["previous_hash"] != previous:
            return f"la ligne {seq} ne suit pas la précédente"
        signed_seq, signed_hash = self.wanted.get(entry["chain"], (0, ""))
        if signed_seq == seq and signed_hash != entry["hash"]:
            return f"la chaîne a été réécrite : la ligne {seq} n’est pas celle qui a été signée"
        return ""

    def finish(self, *, all_chains: bool) -> None:
        """Does every chain reach what the last checkpoint saw?"""
        for chain, (seq, _digest) in self.wanted.items():
            last = self.heads.get(chain, (0, FIRST))[0]
            if last < seq and chain not in self.broken and (last or all_chains):
                self.broken[chain] = f"les lignes {last + 1} à {seq} ont disparu"


def checkpoint_error(checkpoint: Line, number: int, previous: str, keys: Sequence[str]) -> str:
    """What is wrong with one checkpoint, or an empty text."""
    if checkpoint["checkpoint"] != number:
        return f"le point de contrôle {number} manque"
    if keys and checkpoint["key"] not in keys:
        return f"le point de contrôle {number} est signé par une autre clé"
    public, signature = bytes.fromhex(checkpoint["key"]), bytes.fromhex(checkpoint["signature"])
    if not is_signature(public, checkpoint["statement"].encode(), signature):
        return f"la signature du point de contrôle {number} est fausse"
    said = dict(line.split(": ", 1) for line in checkpoint["statement"].splitlines()[1:])
    before = sha256(previous) if previous else FIRST
    if (said["number"], said["previous"]) != (str(number), before):
        return f"le point de contrôle {number} ne suit pas le précédent"
    if said["heads"] != sha256(checkpoint["heads"]):
        return f"les têtes du point de contrôle {number} ont été modifiées"
    return ""


def parse_heads(text: str) -> dict[str, tuple[int, str]]:
    """chain → its last number and hash."""
    lines = [line.split(" ") for line in text.splitlines()]
    return {chain: (int(seq), digest) for chain, seq, digest in lines}


def read_lines(path: str) -> Iterator[Line]:
    """Each line of the file as a dictionary."""
    with Path(path).open(encoding="utf-8") as source:
        for line in source:
            yield json.loads(line)


def verify(
    path: str, keys: Sequence[str] = (), kept: str = "", *, all_chains: bool = True
) -> tuple[list[str], str]:
    """Verify a file: what is wrong with it, in French, and what was read."""
    errors = []
    previous, heads = "", ""
    statements = []
    for line in (line for line in read_lines(path) if "checkpoint" in line):
        statements.append(line["statement"])
        error = checkpoint_error(line, len(statements), previous, keys)
        if error:
            errors.append(error)
            break
        previous, heads = line["statement"], line["heads"]
    verifier = Verifier(parse_heads(heads))
    for line in (line for line in read_lines(path) if "checkpoint" not in line):
        verifier.read(line)
    verifier.finish(all_chains=all_chains)
    if kept and kept.strip() not in statements:
        errors.append("le point de contrôle gardé ailleurs n’est pas dans le fichier")
    errors += [f"{chain} : {sentence}" for chain, sentence in sorted(verifier.broken.items())]
    read = f"{verifier.entries} lignes, {len(verifier.heads)} chaînes, {len(statements)} points"
    return errors, f"{read} de contrôle"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Vérifie un journal exporté de Tandem.")
    parser.add_argument("path")
    parser.add_argument("--key", action="append", default=[], help="clé publique reçue d’ailleurs")
    parser.add_argument("--checkpoint", help="fichier d’un point de contrôle gardé ailleurs")
    parser.add_argument("--one-chain", action="store_true", help="le fichier n’a qu’une chaîne")
    options = parser.parse_args(arguments)
    try:
        kept = Path(options.checkpoint).read_text("utf-8") if options.checkpoint else ""
        errors, read = verify(options.path, options.key, kept, all_chains=not options.one_chain)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        sys.stdout.write(f"Fichier illisible ({type(error).__name__}).\n")
        return 2
    answer = [*errors, f"{'JOURNAL ALTÉRÉ' if errors else 'Journal intact'} : {read}."]
    if not options.key:
        answer.append("Sans --key, les clés du fichier sont crues sur parole.")
    sys.stdout.write("\n".join(answer) + "\n")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
