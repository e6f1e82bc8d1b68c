"""A text as a QR code: inside a page, or for a document. Its text twin always stands beside it."""

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString

# The empty border that readers need, in modules.
QUIET = 4


def qr_svg(text: str, *, title: str) -> SafeString:
    """Inline SVG, named `title` for screen readers; black on white in every theme."""
    size, path = _drawing(text)
    return format_html(
        '<svg class="qr__svg" viewBox="0 0 {0} {0}" role="img" focusable="false"><title>{1}</title>'
        '<path fill="#fff" d="M0 0h{0}v{0}H0z"/><path stroke="#000" d="{2}"/></svg>',
        size,
        title,
        path,
    )


def qr_bytes(text: str) -> bytes:
    """A standalone SVG file."""
    size, path = _drawing(text)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path stroke="#000" d="{path}"/></svg>'
    ).encode()


def _drawing(text: str) -> tuple[int, str]:
    """The side in modules, and one stroke for each run of dark modules."""
    code = segno.make(text, error="m", micro=False)
    strokes: list[str] = []
    for y, row in enumerate(code.matrix):
        x = 0
        while x < len(row):
            length = 0
            while x + length < len(row) and row[x + length]:
                length += 1
            if length:
                strokes.append(f"M{x + QUIET} {y + QUIET}.5h{length}")
            x += length + 1
    return len(code.matrix) + 2 * QUIET, "".join(strokes)
