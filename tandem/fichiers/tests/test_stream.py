import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.fichiers.stream import (
    CHUNK,
    StreamError,
    decrypt_chunks,
    decrypt_stream,
    encrypt_stream,
)

KEY = b"k" * 32
HEADER = 40
SEALED = CHUNK + 16


def sealed(plain: bytes, key: bytes = KEY, aad: bytes = b"") -> bytes:
    out = io.BytesIO()
    encrypt_stream(io.BytesIO(plain), out, key, aad=aad)
    return out.getvalue()


def opened(stream: bytes, key: bytes = KEY, aad: bytes = b"") -> bytes:
    out = io.BytesIO()
    decrypt_stream(io.BytesIO(stream), out, key, aad=aad)
    return out.getvalue()


def parts(stream: bytes) -> tuple[bytes, list[bytes]]:
    """Header and chunks."""
    body = stream[HEADER:]
    return stream[:HEADER], [body[i : i + SEALED] for i in range(0, len(body), SEALED)]


class Dribble(io.BytesIO):
    """A source that gives less than it is asked, like a pipe."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(size or -1, 1000) if size and size > 0 else size)


class Endless:
    """A large source that is nowhere in memory."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int, /) -> bytes:
        given = min(size, self.left)
        self.left -= given
        return b"x" * given


class Sink:
    """Throws away what it receives, and counts it."""

    size = 0

    def write(self, data: bytes, /) -> None:
        self.size += len(data)


class TestStream:
    @given(st.binary(max_size=300), st.binary(max_size=20))
    def test_opens_what_it_sealed(self, plain: bytes, aad: bytes) -> None:
        assert opened(sealed(plain, aad=aad), aad=aad) == plain

    @pytest.mark.parametrize(
        "size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1, 5 * CHUNK - 1]
    )
    def test_opens_at_the_edges_of_chunks(self, size: int) -> None:
        plain = bytes(range(256)) * (size // 256 + 1)
        plain = plain[:size]

        stream = sealed(plain)

        assert opened(stream) == plain
        assert len(stream) == HEADER + size + 16 * max(1, -(-size // CHUNK))

    def test_reads_from_a_pipe(self) -> None:
        plain = b"0123456789" * 20_000
        out = io.BytesIO()

        encrypt_stream(Dribble(plain), out, KEY)

        assert b"".join(decrypt_chunks(Dribble(out.getvalue()), KEY)) == plain

    def test_never_writes_the_same_bytes_twice(self) -> None:
        assert sealed(b"Rose") != sealed(b"Rose")
        assert b"Rose" not in sealed(b"Rose")

    def test_stays_in_flat_memory(self) -> None:
        size = 50_000_000
        tracemalloc.start()

        encrypt_stream(Endless(size), sink := Sink(), KEY)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

        assert sink.size > size
        assert peak < 2_000_000

    def test_refuses_a_short_key(self) -> None:
        with pytest.raises(ValueError, match="32 bytes"):
            sealed(b"x", key=b"short")


class TestAlteredStream:
    """S-42, R-25: whatever was done to it, it does not open."""

    PLAIN = b"a" * CHUNK + b"b" * CHUNK + b"c" * CHUNK + b"d"

    @pytest.mark.parametrize("kept", [0, 1, 2, 3])
    def test_cut_at_a_chunk_does_not_open(self, kept: int) -> None:
        """R-25: truncation."""
        header, chunks = parts(sealed(self.PLAIN))

        with pytest.raises(StreamError):
            opened(header + b"".join(chunks[:kept]))

    @pytest.mark.parametrize("size", [0, 1, 39, 40, 41, 55, 56, CHUNK, -1, -16, -17, -18])
    def test_cut_anywhere_does_not_open(self, size: int) -> None:
        """R-25: truncation."""
        with pytest.raises(StreamError):
            opened(sealed(self.PLAIN)[:size])

    @pytest.mark.parametrize(
        "order", [(1, 0, 2, 3), (0, 2, 1, 3), (0, 1, 1, 2, 3), (0, 2, 3), (3,)]
    )
    def test_with_chunks_moved_does_not_open(self, order: tuple[int, ...]) -> None:
        """Reordering, repetition, removal."""
        header, chunks = parts(sealed(self.PLAIN))

        with pytest.raises(StreamError):
            opened(header + b"".join(chunks[i] for i in order))

    def test_with_more_behind_does_not_open(self) -> None:
        stream = sealed(self.PLAIN)
        _, chunks = parts(stream)

        for more in (b"x", chunks[3], chunks[0], sealed(b"")):
            with pytest.raises(StreamError):
                opened(stream + more)

    def test_with_a_chunk_of_another_stream_does_not_open(self) -> None:
        """Swapping, under the same key."""
        header, chunks = parts(sealed(self.PLAIN))
        other_header, others = parts(sealed(self.PLAIN))

        with pytest.raises(StreamError):
            opened(header + b"".join([chunks[0], others[1], *chunks[2:]]))
        with pytest.raises(StreamError):
            opened(other_header + b"".join(chunks))

    @pytest.mark.parametrize("position", [0, 7, 8, 39, 40, 70, HEADER + SEALED, -1])
    def test_with_one_bit_flipped_does_not_open(self, position: int) -> None:
        """R-25."""
        stream = bytearray(sealed(self.PLAIN))
        stream[position] ^= 1

        with pytest.raises(StreamError):
            opened(bytes(stream))

    def test_under_another_key_or_for_another_place_does_not_open(self) -> None:
        with pytest.raises(StreamError):
            opened(sealed(b"x"), key=b"z" * 32)
        with pytest.raises(StreamError):
            opened(sealed(b"x", aad=b"here"), aad=b"there")

    def test_gives_only_chunks_that_are_authentic(self) -> None:
        stream = bytearray(sealed(self.PLAIN))
        stream[-1] ^= 1
        given: list[bytes] = []

        with pytest.raises(StreamError):
            given.extend(decrypt_chunks(io.BytesIO(bytes(stream)), KEY))

        assert b"d" not in b"".join(given)
