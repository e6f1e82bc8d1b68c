"""Texts typed by people, made safe to show and to compare."""

import re
import unicodedata

# Marks, embeddings, overrides and isolates: they make a line read otherwise than it is written.
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Control characters but tab and line feed, invisible characters, lone surrogates.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff\ud800-\udfff]")
_LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"}
)


def strip_bidi(text: str) -> str:
    """The text without the characters that turn its direction."""
    return _BIDI.sub("", text)


def clean_text(text: str) -> str:
    """A text of several lines: composed, without control, invisible or direction characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", strip_bidi(lines))).strip()


def clean_line(text: str) -> str:
    """The same on one line, with single spaces."""
    return " ".join(clean_text(text).split())


def normalise_name(name: str) -> str:
    """A name as it is compared: lower case, without accents, apostrophes and hyphens as spaces."""
    # Folded between two decompositions: a folded letter may be a compound one, and the reverse.
    folded = _decompose(_decompose(clean_line(name)).casefold()).translate(_LIGATURES)
    letters = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^\w]+|_+", " ", letters).split())


def _decompose(text: str) -> str:
    return unicodedata.normalize("NFKD", text)
