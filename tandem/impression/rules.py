"""What a document can print: pure functions over text, and the shapes that callers give."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from tandem.kernel.text import clean_text

FONTS = Path(__file__).resolve().parent / "fonts"
# A character that no shipped font can draw; PDF/A forbids a missing glyph.
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# Beyond this, a word would leave the page: it may then break anywhere. An address breaks at its
# slashes and hyphens already, and must be copied as it is.
LONGEST_WORD = 40
_LONG_WORD = re.compile(rf"[^\s/-]{{{LONGEST_WORD},}}")
_BREAK = "\N{ZERO WIDTH SPACE}"

Json = str | int | float | bool | None | Mapping[str, "Json"] | Sequence["Json"]


@dataclass(frozen=True)
class Attachment:
    """A text file inside the PDF. `relationship` is how the document and the file are linked."""

    name: str
    content: str
    media_type: str
    description: str
    relationship: Literal["source", "data", "alternative", "supplement"] = "data"


@cache
def drawable() -> frozenset[int]:
    """The code points that the shipped fonts can draw (fonts/coverage.txt)."""
    points: set[int] = set()
    for line in (FONTS / "coverage.txt").read_text(encoding="ascii").splitlines():
        first, _dash, last = line.partition("-")
        points.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(points)


def printable(text: str) -> str:
    """The text as it can be printed: cleaned, each character that no font draws replaced.

    Characters that turn the direction of a line are dropped; a very long word may break.
    """
    known = drawable()
    letters = "".join(_draw(letter, known) for letter in clean_text(text))
    return _LONG_WORD.sub(lambda word: _BREAK.join(word.group()), letters)


def _draw(letter: str, known: frozenset[int]) -> str:
    category = unicodedata.category(letter)
    # Joiners only change how a neighbour looks.
    if category == "Cf":
        return ""
    if letter in "\n\t" or ord(letter) in known:
        return letter
    if letter.isspace():
        return " "
    return "" if category in {"Mn", "Me"} else REPLACEMENT


def printable_data(value: Json) -> Json:
    """The same for every string of a JSON value, keys left as they are."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {key: printable_data(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [printable_data(item) for item in value]
    return value


def grouped(code: str, size: int = 8) -> str:
    """A long code in groups that an eye can follow."""
    return " ".join(code[start : start + size] for start in range(0, len(code), size))


def initials(*names: str) -> str:
    """« R. D. » of "Rose" and "Durand": all that a cover shows (P-29)."""
    return " ".join(f"{name.strip()[0].upper()}." for name in names if name.strip())
