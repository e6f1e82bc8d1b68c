"""Files that people send: what is taken, and how big. No database, no request."""

from dataclasses import dataclass
from typing import Final

MEGABYTE: Final = 1024 * 1024
UPLOAD_MAX: Final = 10 * MEGABYTE
# Forty million dots: a sheet scanned finely in colours is nine.
PIXELS_MAX: Final = 40_000_000
# What the compressed parts of one document may open to, all together.
INFLATED_MAX: Final = 200 * MEGABYTE


@dataclass(frozen=True)
class CheckedFile:
    """A file sent, once its content was looked at and cleaned: made by `uploads.check_upload` alone."""

    name: str
    media_type: str
    content: bytes
