"""Small files made by hand, good and bad."""

import struct
import zlib

SECRET = b"Roseline QUILLIENEC"
PLACE = b"48.1173N"


def chunk(kind: bytes, body: bytes) -> bytes:
    """One piece of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(
    width: int = 4,
    height: int = 4,
    *,
    dots: bytes | None = None,
    extra: bytes = b"",
    end: bytes = b"",
) -> bytes:
    """A grey image."""
    lines = (b"\x00" + b"\x7f" * width) * height if dots is None else dots
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    packed = chunk(b"IDAT", zlib.compress(lines))
    return b"\x89PNG\r\n\x1a\n" + header + extra + packed + chunk(b"IEND", b"") + end


def segment(marker: int, body: bytes) -> bytes:
    """One piece of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def exif(orientation: int = 6) -> bytes:
    """What a camera says: how the photo is turned, and where it was taken."""
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    return (
        b"Exif\x00\x00II\x2a\x00" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 0) + PLACE
    )


def jpeg(width: int = 4, height: int = 4, *, end: bytes = b"", said: bytes = b"") -> bytes:
    """The pieces of a photo, in two scans; its dots are of no matter here."""
    frame = segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00")
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
    comment = segment(0xFE, SECRET)
    colours = segment(0xE2, b"ICC_PROFILE\x00\x01\x01")
    parts = [segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")]
    parts += [segment(0xE1, said or exif()), comment, colours, frame, scan, scan]
    return b"\xff\xd8" + b"".join(parts) + b"\xff\xd9" + end


def pdf(
    *objects: bytes, info: bytes = b"", trailer: bytes = b"", start: bytes = b"", end: bytes = b""
) -> bytes:
    """A document of one blank page, with what is added; its table of places is not read here."""
    page = b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>\nendobj\n"
    body = b"1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
    described = b"9 0 obj\n<<" + info + b">>\nendobj\n"
    tail = b"trailer\n<</Root 1 0 R/Info 9 0 R" + trailer + b">>\nstartxref\n0\n%%EOF\n"
    return b"%PDF-1.7\n" + start + body + page + b"".join(objects) + described + tail + end


def stream(number: int, words: bytes, body: bytes) -> bytes:
    """One stream of a PDF."""
    head = b"%d 0 obj\n<<%s/Length %d>>\nstream\n" % (number, words, len(body))
    return head + body + b"\nendstream\nendobj\n"
