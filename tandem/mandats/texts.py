"""The texts of the mandat: versioned files, and a published version never changes (P-03).

A file `textes/<version>/<name>.txt` is UTF-8: header lines `key: value` (langue, sens, nom), an empty
line, then `# title`, `## heading`, `- item` and paragraphs separated by empty lines; `[name]` before a
paragraph is the drawing beside it. `fr` is the text that is signed, `facile` says the same with the same
value, the others explain it.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "textes"
SIGNED: Final = "fr"
FACILE: Final = "facile"
# What is signed by hand has its own versions: it says « par lettre », never « en ligne » (P-32).
PAPER: Final = "-papier"
_DRAWN: Final = re.compile(r"\[([a-z_]+)\] (.+)")


class UnknownText(LookupError):  # noqa: N818 - named as the thing that was not found
    """No such version, or not in that language."""


@dataclass(frozen=True)
class Block:
    """A piece of text: title, heading, paragraph or item."""

    kind: str
    text: str
    # The drawing beside an idea of the easy text (ui.icons).
    pictogram: str = ""


@dataclass(frozen=True)
class Text:
    """One version of the text in one language."""

    version: str
    name: str
    language: str
    direction: str
    label: str
    sha256: str
    blocks: tuple[Block, ...]

    @property
    def facile(self) -> bool:
        return self.name.startswith(FACILE)

    @property
    def title(self) -> str:
        return next(block.text for block in self.blocks if block.kind == "title")


def versions() -> list[str]:
    """Every version ever published, oldest first."""
    return sorted(path.name for path in FOLDER.iterdir() if path.is_dir())


def is_on_paper(version: str) -> bool:
    """A version read by those who sign by hand."""
    return version.endswith(PAPER)


def current_version(*, paper: bool = False) -> str:
    """The version read and signed today, through FranceConnect or on paper."""
    return [version for version in versions() if is_on_paper(version) is paper][-1]


def texts(version: str | None = None) -> list[Text]:
    """The texts of a version: the one signed first, then the easy one, then the others."""
    version = version or current_version()
    names = sorted(path.stem for path in (FOLDER / version).glob("*.txt"))
    names.sort(key=lambda name: (name != SIGNED, name != FACILE, name))
    return [text(version, name) for name in names]


@lru_cache(maxsize=64)
def text(version: str, name: str) -> Text:
    """One text.

    Raises:
        UnknownText: no such version, or not in that language.
    """
    if version not in versions():
        raise UnknownText(version)
    path = FOLDER / version / f"{name}.txt"
    if path.parent.name != version or not path.is_file():
        raise UnknownText(name)
    content = path.read_bytes()
    head, _empty, body = content.decode().partition("\n\n")
    header = dict(line.split(": ", 1) for line in head.splitlines())
    return Text(
        version=version,
        name=name,
        language=header["langue"],
        direction=header.get("sens", "ltr"),
        label=header["nom"],
        sha256=hashlib.sha256(content).hexdigest(),
        blocks=tuple(_blocks(body)),
    )


def _blocks(body: str) -> list[Block]:
    blocks: list[Block] = []
    for part in body.split("\n\n"):
        lines = part.strip().splitlines()
        if not lines:
            continue
        if lines[0].startswith("- "):
            blocks += [Block("item", line.removeprefix("- ")) for line in lines]
        elif lines[0].startswith("## "):
            blocks.append(Block("heading", lines[0].removeprefix("## ")))
        elif lines[0].startswith("# "):
            blocks.append(Block("title", lines[0].removeprefix("# ")))
        else:
            words = " ".join(lines)
            drawn = _DRAWN.fullmatch(words)
            blocks.append(
                Block("paragraph", drawn[2], drawn[1]) if drawn else Block("paragraph", words)
            )
    return blocks
