"""PDF documents: what is refused in them, and what is blanked, without changing the place of anything.

A PDF names its objects by their place in the file, so nothing is removed: the strings of the description
(author, software, dates) and the XMP block are overwritten with spaces, compressed ones included.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from tandem.fichiers.rules import INFLATED_MAX, Wrong, WrongFile, holds_another

# What runs, opens something, or carries another file.
_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData)\b")
# The same in bytes that may be a drawing: only the names too long to be there by chance.
_ACTIVE_ANYWHERE = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData)\b"
)
_STREAM = re.compile(rb"\bstream\r?\n")
_FLATE = re.compile(rb"/(?:FlateDecode|Fl)\b")
_OTHER_PACKING = re.compile(
    rb"/(?:ASCIIHex|ASCII85|LZW|RunLength|Crypt)Decode\b|/(?:AHx|A85|LZW|RL)\b"
)
_INFO = re.compile(rb"/Info\s+(\d+)\s+(\d+)\s+R")
_HEX_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
_BLANKS = b"\x00\t\n\x0c\r "
_TAIL = 70_000
_HEAD = 1024
# A description for each time it was saved, each of a few lines: more is no document, and would take hours.
_DESCRIPTIONS_MAX = 50
_DESCRIBED_MAX = 500_000
# Where the objects of a stream are, at most.
_PLACES_MAX = 1_000_000


@dataclass(frozen=True)
class _Stream:
    """One stream: the words before it, and where its bytes are."""

    words: bytes
    start: int
    end: int

    @property
    def is_packed(self) -> bool:
        return _FLATE.search(self.words) is not None

    @property
    def is_packed_twice(self) -> bool:
        return len(_FLATE.findall(self.words)) > 1

    @property
    def is_packed_otherwise(self) -> bool:
        return _OTHER_PACKING.search(self.words) is not None

    def is_a(self, kind: bytes) -> bool:
        return re.search(rb"/Type\s*/" + kind + rb"\b", self.words) is not None


def cleaned(content: bytes) -> bytes:
    """The document, its description blanked.

    Raises:
        WrongFile: damaged, locked, active, hiding another file, or opening to too much.
    """
    if not content.rstrip(_BLANKS).endswith(b"%%EOF"):
        raise WrongFile(Wrong.HIDDEN if holds_another(content[5:][-_TAIL:]) else Wrong.DAMAGED)
    if holds_another(content[5:_HEAD]) or b"PK\x05\x06" in content[-_TAIL:]:
        raise WrongFile(Wrong.HIDDEN)
    streams = list(_streams(content))
    bones = _bones(content, streams)
    if re.search(rb"/Encrypt\b", bones):
        raise WrongFile(Wrong.LOCKED)
    opened = _open_all(content, streams)
    if any(_ACTIVE.search(_plain(words)) for words in (bones, *opened.values())):
        raise WrongFile(Wrong.HIDDEN)
    # A comment may say « stream »: a reader sees objects where streams were seen here.
    if _ACTIVE_ANYWHERE.search(_plain(content)):
        raise WrongFile(Wrong.HIDDEN)
    return _blanked(content, streams, bones, opened)


def _plain(words: bytes) -> bytes:
    """Names written with codes (« /J#61vaScript ») as they are read."""
    return _HEX_NAME.sub(lambda found: bytes([int(found[1], 16)]), words)


def _streams(content: bytes) -> Iterator[_Stream]:
    place = 0
    while found := _STREAM.search(content, place):
        end = content.find(b"endstream", found.end())
        if end < 0:
            raise WrongFile(Wrong.DAMAGED)
        before = content.rfind(b" obj", place, found.start())
        yield _Stream(_plain(content[max(before, place) : found.start()]), found.end(), end)
        place = end + len(b"endstream")


def _bones(content: bytes, streams: list[_Stream]) -> bytes:
    """Everything but what the streams hold."""
    parts, place = [], 0
    for stream in streams:
        parts.append(content[place : stream.start])
        place = stream.end
    return b"\n".join([*parts, content[place:]])


def _open_all(content: bytes, streams: list[_Stream]) -> dict[int, bytes]:
    """The streams that hold objects, opened; all of them are measured, within one bound."""
    objects, left = {}, INFLATED_MAX
    for stream in streams:
        if stream.is_packed_twice:
            raise WrongFile(Wrong.BOMB)
        keep = stream.is_a(b"ObjStm")
        if keep and stream.is_packed_otherwise:
            # Objects that cannot be read here could do anything there.
            raise WrongFile(Wrong.HIDDEN)
        if not stream.is_packed:
            continue
        opened, size = _inflate(content[stream.start : stream.end], left, keep=keep)
        left -= size
        if keep:
            objects[stream.start] = opened
    return objects


def _inflate(packed: bytes, left: int, *, keep: bool) -> tuple[bytes, int]:
    """What is packed, and how much it opens to; a stream packed otherwise too opens to nothing here."""
    opener, parts, size = zlib.decompressobj(), [], 0
    waiting = packed
    try:
        while waiting and not opener.eof:
            part = opener.decompress(waiting, 1 << 20)
            size += len(part)
            if size > left:
                raise WrongFile(Wrong.BOMB)
            if keep:
                parts.append(part)
            waiting = opener.unconsumed_tail
    except zlib.error:
        return b"", size
    return b"".join(parts), size


def _blanked(
    content: bytes, streams: list[_Stream], bones: bytes, opened: dict[int, bytes]
) -> bytes:
    """The same bytes, at the same places, without the description."""
    result = bytearray(content)
    for stream in streams:
        if stream.is_a(b"Metadata"):
            _overwrite(result, stream, b" ")
    numbers = {found[1] for found in _INFO.finditer(bones)}
    if len(numbers) > _DESCRIPTIONS_MAX:
        raise WrongFile(Wrong.DAMAGED)
    left = _DESCRIBED_MAX
    for number in numbers:
        left = _blank_in_place(result, content, number, left)
        for stream in streams:
            words = opened.get(stream.start)
            place = None if words is None else _object_in(words, int(number), stream.words)
            if words is not None and place is not None:
                start, end = place
                blank = words[:start] + _without_strings(words[start:end]) + words[end:]
                _overwrite(result, stream, blank)
    return bytes(result)


def _blank_in_place(result: bytearray, content: bytes, number: bytes, left: int) -> int:
    """Blank the description written under a number, never the same bytes twice; gives what may still be blanked."""
    end = 0
    for found in re.finditer(rb"(?<!\d)" + number + rb"\s+\d+\s+obj\b", content):
        if found.start() < end:
            continue
        end = content.find(b"endobj", found.end())
        if end < 0:
            break
        left -= end - found.end()
        if left < 0:
            raise WrongFile(Wrong.DAMAGED)
        result[found.end() : end] = _without_strings(content[found.end() : end])
    return left


def _object_in(words: bytes, number: int, header: bytes) -> tuple[int, int] | None:
    """Where an object stands in an opened stream of objects."""
    first = re.search(rb"/First\s+(\d+)", header)
    if first is None:
        return None
    base = int(first[1][:10])
    if base > _PLACES_MAX:
        raise WrongFile(Wrong.DAMAGED)
    pairs = words[:base].split()
    numbers, offsets = pairs[::2], [base + int(o) for o in pairs[1::2] if o.isdigit()]
    if str(number).encode() not in numbers or len(offsets) != len(numbers):
        return None
    start = offsets[numbers.index(str(number).encode())]
    return start, min([o for o in offsets if o > start], default=len(words))


def _overwrite(result: bytearray, stream: _Stream, words: bytes) -> None:
    """Put other words in a stream, which keeps its length: packed again, or followed by spaces."""
    size = stream.end - stream.start
    packed = zlib.compress(words, 9) if stream.is_packed else words
    if len(packed) > size:
        # Blanks pack better than what they replace: this one was packed by something finer than us.
        raise WrongFile(Wrong.HIDDEN)
    filler = b"\x00" if stream.is_packed else b" "
    result[stream.start : stream.end] = packed.ljust(size, filler)


def _without_strings(words: bytes) -> bytes:
    """Same length, the text of every string replaced by spaces."""
    out, depth, place = bytearray(words), 0, 0
    while place < len(words):
        char = words[place : place + 1]
        if depth and char == b"\\":
            out[place : place + 2] = b"  "[: len(words) - place]
            place += 2
            continue
        opens, closes = char == b"(", char == b")"
        if depth and not (closes and depth == 1):
            out[place] = 0x20
        depth += 1 if opens else -1 if closes and depth else 0
        place += 1
    return re.sub(
        rb"<([0-9A-Fa-f\s]*)>",
        lambda found: b"<" + b"20" * (len(found[1]) // 2) + b" " * (len(found[1]) % 2) + b">",
        bytes(out),
    )
