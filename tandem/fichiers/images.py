"""Photos and scans, piece by piece: only what draws the image is kept.

Place, date, device and comments go (S-45); the way up of a photo stays, or it would be read lying down.
"""

import struct
import zlib

from tandem.fichiers.rules import PIXELS_MAX, Wrong, WrongFile, holds_another

_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PNG_KEPT = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"pHYs", b"sBIT", b"bKGD"}
)  # fmt: skip
# Bits a dot takes, by the kind of colour.
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_ORIENTATION = 0x0112


def _check_size(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise WrongFile(Wrong.DAMAGED)
    if width * height > PIXELS_MAX:
        raise WrongFile(Wrong.BOMB)


def _check_end(rest: bytes) -> None:
    """What follows the image is dropped; a file of another kind hidden there is refused."""
    if holds_another(rest):
        raise WrongFile(Wrong.HIDDEN)


def cleaned_jpeg(content: bytes) -> bytes:
    """The image alone.

    Raises:
        WrongFile: damaged, too many dots, or followed by another file.
    """
    kept = [content[:2]]
    place, sized, up = 2, False, 0
    while True:
        marker, body, after = _segment(content, place)
        if marker == 0xD9:
            break
        if marker in _JPEG_SIZES:
            height, width = struct.unpack(">HH", body[1:5]) if len(body) > 5 else (0, 0)
            _check_size(width, height)
            sized = True
        if marker == 0xE1:
            up = up or _way_up(body)
        elif _is_drawn(marker, body):
            kept.append(content[place:after])
        if marker == 0xDA:
            scan_end = _end_of_scan(content, after)
            kept.append(content[after:scan_end])
            after = scan_end
        place = after
    if not sized:
        raise WrongFile(Wrong.DAMAGED)
    _check_end(content[place + 2 :])
    if up > 1:
        kept.insert(1, _only_way_up(up))
    return b"".join([*kept, b"\xff\xd9"])


def _segment(content: bytes, place: int) -> tuple[int, bytes, int]:
    """The marker at a place, what it holds, and where the next one is."""
    if content[place : place + 1] != b"\xff" or place + 2 > len(content):
        raise WrongFile(Wrong.DAMAGED)
    marker = content[place + 1]
    if marker == 0xD9:
        return marker, b"", place + 2
    size = int.from_bytes(content[place + 2 : place + 4], "big")
    after = place + 2 + size
    if size < 2 or after > len(content):
        raise WrongFile(Wrong.DAMAGED)
    return marker, content[place + 4 : after], after


def _is_drawn(marker: int, body: bytes) -> bool:
    """Needed to draw: not an application's own words (but colours), nor a comment."""
    if 0xE0 <= marker <= 0xEF:
        return marker in {0xE0, 0xEE} or (marker == 0xE2 and body.startswith(b"ICC_PROFILE\x00"))
    return marker != 0xFE


def _end_of_scan(content: bytes, place: int) -> int:
    """Where the next marker stands after compressed dots."""
    while (place := content.find(b"\xff", place)) >= 0 and place + 1 < len(content):
        following = content[place + 1]
        if following != 0 and not 0xD0 <= following <= 0xD7 and following != 0xFF:
            return place
        place += 1 if following == 0xFF else 2
    raise WrongFile(Wrong.DAMAGED)


def _way_up(exif: bytes) -> int:
    """How the photo is to be turned, as the camera says it (1 to 8); 0 when it says nothing."""
    if not exif.startswith(b"Exif\x00\x00"):
        return 0
    tiff = exif[6:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 10:
        return 0
    start = struct.unpack_from(f"{order}I", tiff, 4)[0]
    if start + 2 > len(tiff):
        return 0
    for index in range(struct.unpack_from(f"{order}H", tiff, start)[0]):
        entry = start + 2 + 12 * index
        if entry + 12 > len(tiff):
            return 0
        tag, _kind, _count, value = struct.unpack_from(f"{order}HHIH", tiff, entry)
        if tag == _ORIENTATION:
            return int(value) if 1 <= value <= 8 else 0
    return 0


def _only_way_up(up: int) -> bytes:
    """A label that says how to turn the photo, and nothing else."""
    tiff = b"MM\x00\x2a" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, up, 0, 0)
    body = b"Exif\x00\x00" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def cleaned_png(content: bytes) -> bytes:
    """The image alone.

    Raises:
        WrongFile: damaged, too many dots, opening to more than it says, or followed by another file.
    """
    kept, place, first = [content[:8]], 8, True
    dots: list[bytes] = []
    room = 0
    while True:
        kind, body, after = _chunk(content, place)
        if first:
            if kind != b"IHDR" or len(body) != 13:
                raise WrongFile(Wrong.DAMAGED)
            room, first = _room_for(body), False
        if kind in _PNG_KEPT:
            kept.append(content[place:after])
        if kind == b"IDAT":
            dots.append(body)
        place = after
        if kind == b"IEND":
            break
    _check_inflates_to(b"".join(dots), room)
    _check_end(content[place:])
    return b"".join(kept)


def _chunk(content: bytes, place: int) -> tuple[bytes, bytes, int]:
    size = int.from_bytes(content[place : place + 4], "big")
    after = place + 12 + size
    if after > len(content):
        raise WrongFile(Wrong.DAMAGED)
    kind, body = content[place + 4 : place + 8], content[place + 8 : after - 4]
    if zlib.crc32(kind + body) != int.from_bytes(content[after - 4 : after], "big"):
        raise WrongFile(Wrong.DAMAGED)
    return kind, body, after


def _room_for(header: bytes) -> int:
    """The bytes that the dots of this image take, at most."""
    width, height, depth, colour = struct.unpack(">IIBB", header[:10])
    _check_size(width, height)
    line = (width * depth * _PNG_CHANNELS.get(colour, 4) + 7) // 8 + 1
    # An interlaced image has seven passes, each with lines of its own.
    return int(height * line * 2 + 64)


def _check_inflates_to(packed: bytes, room: int) -> None:
    opener = zlib.decompressobj()
    try:
        opened = len(opener.decompress(packed, room + 1))
    except zlib.error as error:
        raise WrongFile(Wrong.DAMAGED) from error
    if opened > room:
        raise WrongFile(Wrong.BOMB)
    if not opened or opener.unused_data:
        raise WrongFile(Wrong.DAMAGED if not opened else Wrong.HIDDEN)
