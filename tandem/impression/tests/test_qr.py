import re

import segno

from tandem.impression.qr import QUIET, qr_bytes, qr_svg


def drawn(svg: str) -> set[tuple[int, int]]:
    """The dark modules that a drawing paints."""
    points: set[tuple[int, int]] = set()
    for x, y, length in re.findall(r"M(\d+) (\d+)\.5h(\d+)", svg):
        points |= {(int(x) + n - QUIET, int(y) - QUIET) for n in range(int(length))}
    return points


class TestQr:
    def test_draws_every_dark_module_and_no_other(self) -> None:
        text = "https://tandem.example/verifier/346789QWERTY"
        matrix = segno.make(text, error="m", micro=False).matrix
        dark = {(x, y) for y, row in enumerate(matrix) for x, cell in enumerate(row) if cell}

        assert drawn(qr_svg(text, title="Code")) == dark
        assert drawn(qr_bytes(text).decode()) == dark

    def test_has_a_name_that_cannot_be_code(self) -> None:
        svg = qr_svg("x", title="</title><script>alert(1)</script>")

        assert "<script" not in svg
        assert 'role="img"' in svg
        assert "style=" not in svg
