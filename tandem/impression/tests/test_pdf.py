import re
import shutil
import subprocess
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tandem.impression.pdf import RenderError, render_pdf, stamped
from tandem.impression.rules import Attachment
from tandem.impression.tests.samples import AT, HERE, sample_data, sample_pdf

POPPLER = pytest.mark.skipif(shutil.which("pdfinfo") is None, reason="poppler-utils is not there")
HOSTILE = {
    "typst code": "#panic() $x$ \\u{41} `raw` *gras* _it_ <label> @ref // /* #import \"/x\": *",
    "quotes": "\"'«»‘’“”",
    "bidi": "abc\u202edef\u2066ghi",
    "emoji": "Rose 🌹👩🏽‍🦽 et 日本",
    "arabic": "السيدة آمنة",
    "controls": "a\x00b\x07c\x1b[31md\ud800e",
    "combining": "e\u0301\u0302 Z\u0351alg\u0335o",
    "long word": "x" * 10_000,
    "long text": "mot " * 2_500,
    "empty": "",
    "newlines": "a\r\nb\u2028c\u0085d\n\n\ne",
}  # fmt: skip


def words_of(pdf: bytes, *options: str) -> str:
    done = subprocess.run(
        ["pdftotext", *options, "-", "-"], input=pdf, capture_output=True, check=True
    )
    return done.stdout.decode()


class TestRenderPdf:
    def test_says_it_is_archivable_and_accessible(self) -> None:
        """A-08: PDF/A-3a and PDF/UA-1 in one file, tagged, with a title and a language."""
        pdf = sample_pdf()

        assert b"<pdfaid:part>3</pdfaid:part>" in pdf
        assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf
        assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
        assert b"/StructTreeRoot" in pdf
        assert b"/Marked true" in pdf
        assert b"/Lang" in pdf
        assert b"/DisplayDocTitle true" in pdf
        assert b"/JavaScript" not in pdf

    def test_gives_the_same_bytes_twice(self) -> None:
        """S-29: deterministic from its data, its template and its instant."""
        assert sample_pdf() == sample_pdf()
        assert sample_pdf() != sample_pdf(text="Autre chose.")
        later = render_pdf(
            HERE / "sample.typ",
            data=sample_data(),
            title="Document d’essai",
            at=AT + timedelta(seconds=1),
        )
        assert later != sample_pdf()

    def test_embeds_its_own_fonts_only(self) -> None:
        names = {name.decode() for name in re.findall(rb"/FontName ?/([^ /\n<>]+)", sample_pdf())}

        assert names
        assert all("Atkinson" in name or "Noto" in name for name in names)

    def test_carries_files(self) -> None:
        file = Attachment("mandat.json", '{"é":"\\u0000 #x"}', "application/json", "Contenu")

        pdf = sample_pdf(attachments=(file,))

        assert b"/AFRelationship/Data" in pdf
        assert b"/EmbeddedFile" in pdf
        assert b"mandat.json" in pdf

    def test_refuses_an_image_without_words(self) -> None:
        """A-08: an image without alternative text makes no document."""
        with pytest.raises(RenderError) as caught:
            sample_pdf(template="image_without_alt.typ")
        assert "alternative" in caught.value.diagnostic or "alt" in caught.value.diagnostic

        with pytest.raises(RenderError):
            sample_pdf(qr=sample_data()["qr"] | {"alt": " "})

    def test_says_nothing_of_the_data_when_it_breaks(self) -> None:
        """S-44: an error of ours names the template, never the person."""
        with pytest.raises(RenderError) as caught:
            sample_pdf(rows=[["Rose Durand"]])

        assert str(caught.value) == "sample.typ"
        assert caught.value.__suppress_context__

    def test_shows_initials_only_on_the_cover(self) -> None:
        """P-29: what waits at a shared printer shows initials and a page count."""
        pdf = sample_pdf(cover={"initials": "R. D."})

        assert pdf != sample_pdf()
        if shutil.which("pdftotext"):
            cover = words_of(pdf, "-l", "1")
            assert "R. D." in cover
            assert "2 pages" in cover
            assert "Durand" not in cover
            assert "CCAS" not in cover


class TestHostileText:
    @pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
    def test_is_printed_as_text(self, text: str) -> None:
        """B.2 content injector: nothing in the data is code, and nothing breaks the document."""
        pdf = sample_pdf(
            text=text,
            rows=[[text, text]],
            blocks=[{"kind": kind, "text": text} for kind in ("item", "paragraph")],
        )

        assert b"<pdfaid:part>3</pdfaid:part>" in pdf

    def test_would_run_if_it_were_evaluated(self) -> None:
        """Negative control: the same text given to eval() does run."""
        with pytest.raises(RenderError):
            sample_pdf(template="evaluates.typ", text=HOSTILE["typst code"])

    @POPPLER
    def test_is_read_as_it_was_written(self) -> None:
        text = HOSTILE["typst code"]

        assert text in words_of(sample_pdf(text=text))

    @POPPLER
    def test_stays_on_the_page(self) -> None:
        words = words_of(sample_pdf(text="x" * 10_000), "-bbox")

        right_edges = [float(edge) for edge in re.findall(r'xMax="([\d.]+)"[^>]*>', words)]
        assert right_edges
        assert max(right_edges) <= 595

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(text=st.text(max_size=300))
    def test_never_breaks_a_document(self, text: str) -> None:
        assert sample_pdf(text=text, rows=[[text, text]]).startswith(b"%PDF-1.7")


@POPPLER
class TestPoppler:
    def test_finds_it_tagged_and_well_formed(self, tmp_path: Path) -> None:
        file = tmp_path / "sample.pdf"
        file.write_bytes(sample_pdf())

        done = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True)

        assert "Tagged:          yes" in done.stdout
        assert "Document d’essai" in done.stdout

    def test_reads_headings_list_and_figure_in_the_tags(self, tmp_path: Path) -> None:
        file = tmp_path / "sample.pdf"
        file.write_bytes(sample_pdf())

        done = subprocess.run(["pdfinfo", "-struct-text", file], capture_output=True, check=True)

        for tag in (b"H1", b"H2", b"H3", b"Figure", b"LI"):
            assert re.search(rb"^\s*" + tag + rb"\b", done.stdout, re.MULTILINE), tag

    def test_counts_pages_on_each(self) -> None:
        text = words_of(sample_pdf(text="mot " * 2_500), "-layout")

        assert "page 1 / " in text
        assert "page 2 / " in text


class TestTitle:
    def test_is_cut_and_headings_left_empty_are_left_out(self) -> None:
        """PDF/A refuses long strings in its outline, PDF/UA refuses empty headings."""
        blocks = [{"kind": kind, "text": ""} for kind in ("title", "heading")]

        pdf = render_pdf(
            HERE / "sample.typ", data=sample_data(blocks=blocks), title="x" * 40_000, at=AT
        )

        assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf


class TestTemplates:
    def test_read_nothing_from_the_network(self) -> None:
        """S-29: no package of Typst is fetched; a template imports files of ours only."""
        folder = HERE.parent.parent.parent
        for path in folder.rglob("*.typ"):
            for line in path.read_text(encoding="utf-8").splitlines():
                if re.match(r"\s*#?(import|include)\b", line):
                    assert '"/' in line, f"{path.name}: {line}"
            assert "@preview" not in path.read_text(encoding="utf-8")


class TestAStamp:
    @POPPLER
    def test_stands_across_every_page_made_meanwhile(self) -> None:
        """A-14: the paper of an exercise is never taken for a true one, and stays archivable and accessible."""
        whole = sample_pdf()
        with stamped("EXEMPLE — SANS VALEUR"):
            pdf = sample_pdf()

        # Slanted words come out letter by letter: what is counted is what was added.
        added = Counter(words_of(pdf)) - Counter(words_of(whole))
        pages = words_of(whole).count("\f")
        letters = Counter("EXEMPLESANSVALEUR")
        assert pages >= 1
        assert all(added[one] == 2 * number * pages for one, number in letters.items())
        assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
        assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf
        assert sample_pdf() == whole
