"""Files that people send: what is taken, and how big. No database, no request."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

MEGABYTE: Final = 1024 * 1024
UPLOAD_MAX: Final = 10 * MEGABYTE
# Forty million dots: a sheet scanned finely in colours is nine.
PIXELS_MAX: Final = 40_000_000
# What the compressed parts of one document may open to, all together.
INFLATED_MAX: Final = 200 * MEGABYTE

# What begins a file of another kind, found where nothing should be.
_OTHERS: Final = (
    b"PK\x03\x04", b"PK\x05\x06", b"Rar!\x1a", b"7z\xbc\xaf", b"%PDF-", b"\x7fELF", b"<html", b"<script", b"<?php",
    b"<!doctype", b"<svg", b"javascript:",
)  # fmt: skip


class Wrong(Enum):
    """Why a file is not taken."""

    TOO_BIG = auto()
    EMPTY = auto()
    KIND = auto()
    DAMAGED = auto()
    HIDDEN = auto()
    BOMB = auto()
    LOCKED = auto()


class WrongFile(Exception):  # noqa: N818 - named as the thing that was found
    """A file that is not taken, and why."""

    def __init__(self, why: Wrong) -> None:
        super().__init__(why.name)
        self.why = why


@dataclass(frozen=True)
class CheckedFile:
    """A file sent, once its content was looked at and cleaned: made by `uploads.check_upload` alone."""

    name: str
    media_type: str
    content: bytes


def holds_another(piece: bytes) -> bool:
    """Does a piece that should say nothing begin a page, a program or an archive?"""
    lower = piece.lower()
    return any(mark.lower() in lower for mark in _OTHERS)
