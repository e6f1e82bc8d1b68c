"""Our own drawings, read once from static files and written inside the page.

Inside the page they cost no request, follow the colour of the text and print.
"""

import re
from functools import cache
from pathlib import Path

STATIC = Path(__file__).resolve().parent / "static" / "ui"
PICTOGRAMS = (
    "papiers",
    "famille",
    "social",
    "travail",
    "logement",
    "transports",
    "argent",
    "justice",
    "etranger",
    "loisirs",
)
_NAME = re.compile(r"[a-z][a-z_]*")
_CONTENT = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


class UnknownIconError(LookupError):
    """No drawing has this name."""


@cache
def drawing(name: str) -> str:
    """What stands inside the `<svg>` of a drawing: our own file, shipped with the code.

    Raises:
        UnknownIconError: no file has this name.
    """
    if not _NAME.fullmatch(name):
        raise UnknownIconError(name)
    path = STATIC / ("pictos" if name in PICTOGRAMS else "icones") / f"{name}.svg"
    found = _CONTENT.search(path.read_text(encoding="utf-8")) if path.is_file() else None
    if found is None:
        raise UnknownIconError(name)
    return found.group(1).strip()


def names() -> list[str]:
    """Every drawing that exists, interface icons first."""
    return sorted(path.stem for path in (STATIC / "icones").glob("*.svg")) + list(PICTOGRAMS)
