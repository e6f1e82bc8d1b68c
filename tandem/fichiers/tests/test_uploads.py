"""What is refused among the files sent, and what is taken out of those that are kept (S-45)."""

import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django import forms
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.test import RequestFactory
from django.utils.datastructures import MultiValueDict
from hypothesis import given, settings
from hypothesis import strategies as st

from tandem.fichiers.fields import CheckedFileField
from tandem.fichiers.rules import MEGABYTE, UPLOAD_MAX, CheckedFile
from tandem.fichiers.tests.samples import (
    PLACE,
    SECRET,
    chunk,
    exif,
    jpeg,
    pdf,
    png,
    segment,
    stream,
)
from tandem.fichiers.uploads import UploadRefused, check_upload

Maker = Callable[..., bytes]


def checked(content: bytes, name: str = "papier.pdf") -> CheckedFile:
    return check_upload(ContentFile(content, name))


def refusal(content: bytes) -> str:
    with pytest.raises(UploadRefused) as refused:
        checked(content)
    assert refused.value.status == 422
    return refused.value.message


class TestTheKindIsToldByTheContent:
    @pytest.mark.parametrize(
        ("content", "media_type", "suffix"),
        [
            (pdf(), "application/pdf", ".pdf"),
            (png(), "image/png", ".png"),
            (jpeg(), "image/jpeg", ".jpg"),
        ],
    )
    def test_whatever_its_name_says(self, content: bytes, media_type: str, suffix: str) -> None:
        """S-45."""
        kept = checked(content, "../../etc/reçu de Rose.exe")
        assert (kept.media_type, kept.name) == (media_type, f"reçu de Rose{suffix}")

    def test_a_name_that_is_nothing_becomes_a_word(self) -> None:
        assert checked(png(), "...").name == "document.png"
        assert len(checked(png(), "a" * 400 + ".png").name) == 104

    @pytest.mark.parametrize(
        "content",
        [b"PK\x03\x04" + b"x" * 50, b"<html>", b"MZ\x90", b"GIF89a", b"\x00\x00\x00\x18ftypheic", b" %PDF-1.7"],
    )  # fmt: skip
    def test_another_kind_is_refused_in_words(self, content: bytes) -> None:
        """S-45: an archive, a page, a program, a moving image, and a PDF that does not begin as one."""
        assert "Seuls les PDF et les photos" in refusal(content)

    def test_nothing_is_refused(self) -> None:
        assert "vide" in refusal(b"")


class TestSize:
    def test_fifty_megabytes_are_refused_clearly(self) -> None:
        """S-45: a file of 50 MB."""
        assert "10 Mo au plus" in refusal(pdf(stream(5, b"", b"x" * 50 * MEGABYTE)))

    def test_what_arrives_is_never_kept_beyond_the_bound(self) -> None:
        """The receiver counts fifty megabytes and holds none; nothing is written on the disk."""
        big = ContentFile(b"x" * (UPLOAD_MAX + 5), "gros.pdf")
        request = RequestFactory().post("/", {"receipt": big})
        received = request.FILES["receipt"]
        assert isinstance(received, UploadedFile)
        assert received.size == UPLOAD_MAX + 5
        assert received.read() == b""
        assert not hasattr(received, "temporary_file_path")

    def test_what_is_small_arrives_whole(self) -> None:
        request = RequestFactory().post("/", {"receipt": ContentFile(png(), "a.png")})
        received = request.FILES["receipt"]
        assert isinstance(received, UploadedFile)
        assert received.read() == png()


class TestImages:
    def test_a_photo_loses_its_place_its_comment_and_keeps_its_way_up(self) -> None:
        """S-45: metadata stripped."""
        kept = checked(jpeg()).content
        assert PLACE not in kept
        assert SECRET not in kept
        assert b"ICC_PROFILE" in kept
        assert kept.count(b"\xff\xda") == 2
        # Big-endian label of one entry: orientation, one short, six.
        assert b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06" in kept
        assert checked(kept).content == kept

    def test_an_upright_photo_says_nothing_at_all(self) -> None:
        kept = checked(jpeg(said=exif(1))).content
        assert b"Exif" not in kept

    def test_a_scan_loses_what_it_says(self) -> None:
        """S-45."""
        said = chunk(b"tEXt", b"Author\x00" + SECRET) + chunk(b"eXIf", PLACE)
        kept = checked(png(extra=said)).content
        assert kept == png()

    @pytest.mark.parametrize(
        "end", [b"PK\x03\x04file", b"<html><script>", b"%PDF-1.4", b"<?PHP system", b"Rar!\x1a\x07"]
    )
    @pytest.mark.parametrize("make", [png, jpeg])
    def test_a_file_behind_an_image_is_refused(self, make: Maker, end: bytes) -> None:
        """S-45: polyglots."""
        assert "en cache un autre" in refusal(make(end=b"\x00" * 9 + end))

    @pytest.mark.parametrize("make", [png, jpeg])
    def test_what_a_telephone_adds_behind_is_dropped(self, make: Maker) -> None:
        kept = checked(make(end=b"\x00\x00ftypmp42 a short film")).content
        assert b"film" not in kept

    def test_too_many_dots_are_refused(self) -> None:
        """S-45: a bomb, in four kilobytes."""
        assert "trop grand une fois ouvert" in refusal(png(60_000, 60_000, dots=b"\x00"))
        assert "trop grand une fois ouvert" in refusal(jpeg(60_000, 60_000))

    def test_an_image_that_opens_to_more_than_it_says_is_refused(self) -> None:
        """S-45: a bomb that lies about its size."""
        assert "trop grand une fois ouvert" in refusal(png(4, 4, dots=b"\x00" * 50_000_000))

    @pytest.mark.parametrize(
        "content",
        [
            png()[:-20],
            png()[:45] + b"\x00\x00" + png()[47:],
            b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""),
            jpeg()[:-2],
            jpeg()[:30],
            b"\xff\xd8\xff\xd9",
            b"\xff\xd8" + segment(0xE0, b"JFIF") + b"\xff\xd9",
            png(0, 4, dots=b"\x00"),
            png(dots=b""),
        ],
    )
    def test_a_damaged_image_is_refused(self, content: bytes) -> None:
        assert "abîmé" in refusal(content)


class TestDocuments:
    def test_its_description_is_blanked_and_nothing_moves(self) -> None:
        """S-45: author, software, in clear and in figures; the length does not change."""
        said = b"/Author(" + SECRET + rb" \(CCAS\))/Title<" + SECRET.hex().encode() + b">"
        sent = pdf(stream(5, b"/Type/Metadata/Subtype/XML", b"<x>" + SECRET), info=said)
        kept = checked(sent).content
        assert SECRET not in kept
        assert SECRET.hex().encode() not in kept
        assert b"CCAS" not in kept
        assert len(kept) == len(sent)
        assert b"/MediaBox[0 0 200 200]" in kept

    def test_a_compressed_description_is_blanked_too(self) -> None:
        """S-45: the newer form, where objects are packed together."""
        words = b"7 0 9 31 " + b"<</Kept(Bonjour)>>".ljust(31) + b"<</Author(" + SECRET + b")>>"
        packed = zlib.compress(words)
        held = stream(6, b"/Type/ObjStm/N 2/First 9/Filter/FlateDecode", packed)
        described = stream(8, b"/Type/Metadata/Filter/FlateDecode", zlib.compress(SECRET * 9))
        sent = pdf(held, described).replace(b"9 0 obj\n<<>>\nendobj\n", b"")
        kept = checked(sent).content
        start = kept.index(b"stream\n") + 7
        opened = zlib.decompressobj().decompress(kept[start : start + len(packed)])
        assert b"Bonjour" in opened
        assert SECRET not in opened
        assert b"/Author(" in opened
        start = kept.index(b"stream\n", kept.index(b"/Metadata")) + 7
        assert SECRET not in zlib.decompressobj().decompress(kept[start:])
        assert len(kept) == len(sent)

    @pytest.mark.parametrize(
        "active",
        [b"/OpenAction<</S/JavaScript/JS(app.alert)>>", b"/AA<</O<</S/Launch>>>>", b"/J#61vaScript 4 0 R",
         b"/Names<</EmbeddedFiles 4 0 R>>"],
    )  # fmt: skip
    def test_a_document_that_does_something_is_refused(self, active: bytes) -> None:
        """S-45: a program, another file, a name written in code; packed or not."""
        assert "contient un programme" in refusal(pdf(b"4 0 obj\n<<" + active + b">>\nendobj\n"))
        packed = zlib.compress(b"4 0 <<" + active + b">>")
        held = stream(6, b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode", packed)
        assert "contient un programme" in refusal(pdf(held))

    @pytest.mark.parametrize(
        "hidden",
        [
            b"% stream\n5 0 obj\n<</S/JavaScript/JS(app.alert(1))>>\nendobj\n% endstream\n",
            b"5 0 obj\n<</S %stream\n/JavaScript/JS(app.alert(1)) %endstream\n>>\nendobj\n",
            b"% <<>> stream\n5 0 obj\n<</S/#4caunch/F(a.exe)>>\nendobj\n% endstream\n",
            stream(5, b"/Type/ObjStm/N 1/First 4/Filter/ASCIIHexDecode", b"3620302f4a61766153637269707420>"),
            stream(
                5,
                b"/Type/Obj#53tm/N 1/First 4/Filter/Flate#44ecode",
                zlib.compress(b"6 0 <</S/JavaScript/JS(app.alert(1))>>"),
            ),
        ],
    )  # fmt: skip
    def test_what_hides_behind_a_comment_or_a_coded_name_is_seen(self, hidden: bytes) -> None:
        """S-45: a reader of PDF skips comments and reads codes; so does the check."""
        assert "programme" in refusal(pdf(hidden))

    def test_a_bomb_under_a_coded_name_is_refused(self) -> None:
        """S-45."""
        bomb = zlib.compress(b"0" * (201 * MEGABYTE), 9)
        assert "trop grand" in refusal(pdf(stream(5, b"/Filter/Flate#44ecode", bomb)))

    @pytest.mark.parametrize(
        "slow",
        [
            pdf(b"9 0 obj\n" * 200_000 + b"endobj\n"),
            pdf(b"".join(b"/Info %d 0 R " % number for number in range(10, 2_000))),
            pdf(b"".join(b"/Info %d 0 R %d 0 obj\n" % (n, n) for n in range(10, 50)) + b"(" * 400_000),
            pdf(
                b"/Info 77 0 R\n",
                stream(
                    5, b"/Type/ObjStm/N 1/First 20000000/Filter/FlateDecode", zlib.compress(b"1 " * 10_000_000, 9)
                ),
            ),
        ],
    )  # fmt: skip
    def test_a_document_made_to_keep_the_desk_waiting_is_refused_at_once(self, slow: bytes) -> None:
        """S-45: read once, within bounds; without them, hours or gigabytes."""
        begun = time.process_time()
        assert "abîmé" in refusal(slow)
        assert time.process_time() - begun < 5

    def test_a_locked_document_is_refused(self) -> None:
        assert "mot de passe" in refusal(pdf(trailer=b"/Encrypt 4 0 R"))

    @pytest.mark.parametrize(
        "content",
        [pdf(start=b"<HTML><script>alert(1)</script>\n"), pdf(end=b"PK\x05\x06" + b"\x00" * 18 + b"\n%%EOF"),
         pdf(end=b"PK\x03\x04 an archive")],
    )  # fmt: skip
    def test_a_document_that_is_also_something_else_is_refused(self, content: bytes) -> None:
        """S-45: polyglots."""
        assert "en cache un autre" in refusal(content)

    def test_a_bomb_is_refused(self) -> None:
        """S-45: two hundred kilobytes that open to more than two hundred megabytes; or packed twice."""
        bomb = zlib.compress(b"\x00" * 210 * MEGABYTE, 9)
        assert len(bomb) < MEGABYTE
        assert "une fois ouvert" in refusal(pdf(stream(5, b"/Filter/FlateDecode", bomb)))
        twice = stream(5, b"/Filter[/FlateDecode/FlateDecode]", zlib.compress(bomb))
        assert "une fois ouvert" in refusal(pdf(twice))

    @pytest.mark.parametrize(
        "content", [pdf()[:-9], b"%PDF-1.7", pdf(b"5 0 obj\n<<>>\nstream\nabc")]
    )
    def test_a_document_cut_short_is_refused(self, content: bytes) -> None:
        assert "abîmé" in refusal(content)

    @given(st.binary(max_size=300), st.sampled_from([pdf(), png(), jpeg()]), st.integers(0, 400))
    @settings(max_examples=300, deadline=None)
    def test_noise_is_taken_or_refused_and_never_breaks(
        self, noise: bytes, good: bytes, place: int
    ) -> None:
        """R-19."""
        content = good[:place] + noise + good[place + len(noise) :]
        kept = b""
        with suppress(UploadRefused):
            kept = checked(content).content
        assert len(kept) <= len(content) + 40


def sent(content: bytes) -> "MultiValueDict[str, UploadedFile[Any]]":
    return MultiValueDict({"receipt": [SimpleUploadedFile("a.png", content)]})


class TestField:
    def test_says_beside_itself_what_is_wrong(self) -> None:
        class Sent(forms.Form):
            receipt = CheckedFileField(required=False)

        bad = Sent({}, sent(b"<html>"))
        assert "Seuls les PDF" in bad.errors["receipt"][0]
        good = Sent({}, sent(png()))
        assert good.is_valid()
        assert good.cleaned_data["receipt"].media_type == "image/png"
        none = Sent({})
        assert none.is_valid()
        assert none.cleaned_data["receipt"] is None
