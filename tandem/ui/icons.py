"""Our own drawings, read once from static files and written inside the page.

Inside the page they cost no request, follow the colour of the text and print.
"""

import re
from functools import cache
from pathlib import Path

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

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
def _content(name: str) -> SafeString:
    if not _NAME.fullmatch(name):
        raise UnknownIconError(name)
    folder = "pictos" if name in PICTOGRAMS else "icones"
    path = STATIC / folder / f"{name}.svg"
    if not path.is_file():
        raise UnknownIconError(name)
    found = _CONTENT.search(path.read_text(encoding="utf-8"))
    if found is None:
        raise UnknownIconError(name)
    # Our own files, shipped with the code: nothing in them comes from a person.
    return mark_safe(found.group(1).strip())  # noqa: S308


def names() -> list[str]:
    """Every drawing that exists, interface icons first."""
    return sorted(path.stem for path in (STATIC / "icones").glob("*.svg")) + list(PICTOGRAMS)


def svg(name: str, *, title: str = "") -> SafeString:
    """The drawing as inline SVG; hidden from screen readers unless it has a title.

    Raises:
        UnknownIconError: no file has this name.
    """
    kind, size = ("picto", 48) if name in PICTOGRAMS else ("icon", 24)
    drawing = _content(name)
    if title:
        return format_html(
            '<svg class="{}" viewBox="0 0 {} {}" role="img" focusable="false"><title>{}</title>{}</svg>',
            kind,
            size,
            size,
            title,
            drawing,
        )
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}</svg>',
        kind,
        size,
        size,
        drawing,
    )
