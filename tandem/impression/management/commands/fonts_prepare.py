"""Turns published web fonts into the TTF files that documents ship, and lists what they can draw."""

from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management.base import BaseCommand

from tandem.impression.rules import FONTS

# Package, prefix of its files, subsets joined in one face, weights and the end of our file names.
STYLES = {"400-normal": "Regular", "700-normal": "Bold", "400-italic": "Italic"}
FACES = {
    "AtkinsonHyperlegible": ("atkinson-hyperlegible", ["latin", "latin-ext"], list(STYLES)),
    "NotoSans": (
        "noto-sans",
        ["latin", "latin-ext", "vietnamese", "greek", "cyrillic", "cyrillic-ext"],
        ["400-normal", "700-normal"],
    ),
    "NotoNaskhArabic": (
        "noto-naskh-arabic",
        ["arabic"],
        ["400-normal", "700-normal"],
    ),
}
# Hinting is for old screens; it cannot be joined, and paper does not need it.
DROPPED = ("fpgm", "prep", "cvt ", "gasp", "STAT")


class Command(BaseCommand):
    help = "Prépare les polices des documents à partir de paquets @fontsource décompressés."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder", type=Path, help="le dossier qui contient atkinson-hyperlegible/, noto-sans/…"
        )
        parser.add_argument("--out", type=Path, default=FONTS)

    def handle(self, *, folder: Path, out: Path, **_options: Any) -> None:
        points: set[int] = set()
        for face, (package, subsets, weights) in FACES.items():
            for weight in weights:
                files = [
                    folder / package / "files" / f"{package}-{s}-{weight}.woff2" for s in subsets
                ]
                points |= join(files, out / f"{face}-{STYLES[weight]}.ttf")
        (out / "coverage.txt").write_text("\n".join(ranges(points)) + "\n", encoding="ascii")
        self.stdout.write(f"{len(points)} caractères")


def join(files: list[Path], out: Path) -> set[int]:
    """One TTF of several subsets of the same face; returns the code points it draws."""
    # A tool of development: an installation never needs it.
    from fontTools.merge import Merger
    from fontTools.ttLib import TTFont

    with TemporaryDirectory() as folder:
        parts = []
        for number, file in enumerate(files):
            font = TTFont(file, recalcTimestamp=False)
            font.flavor = None
            for tag in DROPPED:
                if tag in font:
                    del font[tag]
            for glyph in font["glyf"].glyphs.values():
                glyph.expand(font["glyf"])
                glyph.removeHinting()
            parts.append(f"{folder}/{number}.ttf")
            font.save(parts[-1])
        font = Merger().merge(parts)
        font.save(out)
        return set(font.getBestCmap())


def ranges(points: set[int]) -> list[str]:
    """Code points as sorted hexadecimal ranges, one a line."""
    lines: list[str] = []
    ordered = sorted(points)
    start = previous = ordered[0]
    for point in [*ordered[1:], -1]:
        if point != previous + 1:
            lines.append(f"{start:X}" if start == previous else f"{start:X}-{previous:X}")
            start = point
        previous = point
    return lines
