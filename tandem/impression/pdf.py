"""Data and a Typst template become a PDF that is archivable (PDF/A-3a) and accessible (PDF/UA-1).

Deterministic: the same data, template and instant give the same bytes. No network, no system font,
no script: the template reads its own folder and the data, nothing else (S-29).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import typst

from tandem.impression.rules import FONTS, Attachment, Json, printable_data

# Templates read one another from here, by "/impression/typst/document.typ".
ROOT = Path(__file__).resolve().parent.parent
STANDARDS: list["typst.PDFStandard"] = ["a-3a", "ua-1"]
# PDF/A bounds the strings of its outline.
LONGEST_TITLE = 200


# What stands across every page made meanwhile: set at the door by whoever knows that nothing is true here.
_stamp: ContextVar[str] = ContextVar("stamp", default="")


@contextmanager
def stamped(words: str) -> Iterator[None]:
    """Every document made in this context carries these words across each page, whatever room makes it (A-14)."""
    token = _stamp.set(words)
    try:
        yield
    finally:
        _stamp.reset(token)


class RenderError(Exception):
    """A template and its data do not make a document: an error of ours.

    Its text names the template only; `diagnostic` may quote the data and is never logged.
    """

    def __init__(self, template: str, diagnostic: str) -> None:
        super().__init__(template)
        self.diagnostic = diagnostic


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )


def render_pdf(
    template: Path,
    *,
    data: Mapping[str, Json],
    title: str,
    at: datetime,
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """The PDF of a template of ours filled with `data` (strings, numbers, lists, mappings).

    `data["document"]` holds the words of the base template (see typst/document.typ); `title` is
    the title readers announce. Whatever the strings hold, they are printed as text: a character
    that no font draws is replaced, never an error.

    Raises:
        RenderError: the template is wrong, data is missing, or an image has no alternative text.
    """
    utc = at.astimezone(UTC)
    moment = {
        "year": utc.year, "month": utc.month, "day": utc.day,
        "hour": utc.hour, "minute": utc.minute, "second": utc.second,
    }  # fmt: skip
    words = data.get("document")
    document = {**(words if isinstance(words, Mapping) else {}), "title": title[:LONGEST_TITLE]}
    whole = printable_data({"cover": None, **data, "document": document, "at": moment})
    try:
        return typst.compile(  # type: ignore[no-any-return,call-overload]  # a path or a source: each is taken
            input=_source(template),
            root=str(ROOT),
            font_paths=_fonts(),
            format="pdf",
            pdf_standards=STANDARDS,
            timestamp=int(utc.timestamp()),
            sys_inputs={
                "data": json.dumps(whole, ensure_ascii=False),
                "stamp": _stamp.get(),
                "attachments": json.dumps([asdict(file) for file in attachments]),
            },
        )
    except typst.TypstError as error:
        # Without its cause: a trace in a log would quote the person's data.
        raise RenderError(template.name, str(error)) from None


def _source(template: Path) -> str | bytes:
    """The template, or a page around it that stamps: no template has to think of it."""
    if not _stamp.get():
        return str(template)
    inside = "/" + template.resolve().relative_to(ROOT).as_posix()
    return (
        '#import "/impression/typst/stamp.typ": stamp\n#set page(background: stamp)\n'
        f'#include "{inside}"\n'
    ).encode()
