"""What a document holds, before any page or paper: one content, drawn twice (HTML and PDF)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tandem.mandats.texts import Block, Text


@dataclass(frozen=True)
class Part:
    """One piece of a document.

    Kinds: heading, paragraph, item, idea (with its drawing), notice, facts (rows), entry (a title and its
    details, with a drawing for a line of the mandat), text (blocks in a language), signatures, blank (a line
    to write on).
    """

    kind: str
    text: str = ""
    details: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    pictogram: str = ""
    blocks: tuple[Block, ...] = ()
    language: str = "fr"
    direction: str = "ltr"
    # Name of this part in the page, when it alone is read aloud.
    anchor: str = ""


@dataclass(frozen=True)
class Document:
    """A whole document. `at` dates it: the signature for a mandat, the printing for the others."""

    kind: str
    title: str
    parts: tuple[Part, ...]
    structure: str
    address: str
    phone: str
    at: datetime
    # First letters of the person's names, for a cover (P-29).
    initials: str
    # Bigger letters, for the easy version.
    large: bool = False
    # Printed in full where the document proves something.
    seal: str = ""
    code: str = ""
    # What each page says at its foot, for sheets that may be parted; the telephone of the structure otherwise.
    foot: str = ""
    # What the button reads: the whole page, or the part in another language.
    read_aloud: str = "document"
    # The canonical snapshot, attached to the PDF.
    snapshot: str = field(default="", repr=False)


def heading(words: str) -> Part:
    return Part("heading", words)


def paragraph(words: str) -> Part:
    return Part("paragraph", words)


def items(words: Iterable[str]) -> list[Part]:
    return [Part("item", one) for one in words]


def idea(words: str, pictogram: str) -> Part:
    return Part("idea", words, pictogram=pictogram)


def notice(words: str) -> Part:
    return Part("notice", words)


def facts(rows: Iterable[tuple[str, str]]) -> Part:
    """Rows of a label and a value; a row without a value is left out."""
    return Part("facts", rows=tuple(row for row in rows if row[1]))


def entry(title: str, details: Iterable[str], pictogram: str = "") -> Part:
    return Part("entry", title, details=tuple(one for one in details if one), pictogram=pictogram)


def whole_text(text: Text, *, anchor: str = "") -> Part:
    """A text of the mandat as it was shown, in its language and direction."""
    return Part(
        "text",
        blocks=text.blocks,
        language=text.language,
        direction=text.direction,
        anchor=anchor,
    )


def signatures(labels: Sequence[str]) -> Part:
    return Part("signatures", details=tuple(labels))


def blank(label: str) -> Part:
    return Part("blank", label)
