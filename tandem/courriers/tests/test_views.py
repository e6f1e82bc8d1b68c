"""Pages of letters and post."""

import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tandem.courriers.models import Courrier, Lettre
from tandem.courriers.queries import current_version, post_of, waiting_courriers
from tandem.courriers.tests.factories import logged, written
from tandem.journal.models import Entry
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager
from tandem.usagers.tests.factories import UsagerFactory

pytestmark = pytest.mark.django_db
POPPLER = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not there")
HOSTILE = "#panic() $x$ \\u{41} `raw` *gras* _it_ @ref // /* <b>x</b> {{ 7|add:7 }} {personne}"
SECRET = "Son mot de passe : Soleil2026!"


def page(name: str, thing: Any, *more: str) -> str:
    return reverse(f"courriers:{name}", args=[thing.public_id, *more])


def queries_of(browser: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


def text_of(pdf: bytes) -> str:
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


@pytest.fixture
def edit(lettre: Lettre) -> dict[str, Any]:
    """The form of the letter, as its page has it."""
    row = current_version(lettre)
    kept = {name: words for name, words in row.content.items() if name != "letterhead"}
    return {**kept, "limit_count": "", "limit_unit": "characters", "based_on": row.number}


class TestWriting:
    def test_goes_from_the_choice_to_the_whole_text(self, hers: Client, rose: Usager) -> None:
        """Issue 3: a template, merge fields, editable text."""
        choice = hers.get(page("lettre_choose", rose)).content.decode()
        address = page("lettre_write", rose, "recours-rsa")
        assert address in choice

        form = hers.get(address).content.decode()
        key = re.search(r'name="form_key" value="([^"]+)"', form)
        assert key
        answer = hers.post(
            address,
            {"objet": "le refus", "sender": "person", "presence": "presence", "form_key": key[1]},
        )

        lettre = Lettre.objects.get()
        assert answer["Location"] == page("lettre_edit", lettre)
        assert "le refus" in current_version(lettre).says.body

    def test_asks_again_when_a_secret_is_seen_and_journals_the_way_out(
        self, hers: Client, rose: Usager
    ) -> None:
        """P-12, S-23: refused, kept on the page, let through only when said to be none."""
        address = page("lettre_write", rose, "libre")
        typed = {"motif": SECRET, "sender": "person", "presence": "presence", "form_key": uuid4()}

        refused = hers.post(address, typed)
        assert refused.status_code == 422
        assert "mot de passe" in refused.content.decode()
        assert not Lettre.objects.exists()

        assert hers.post(address, typed | {"not_a_secret": "password"}).status_code == 302
        entry = Entry.objects.get(event="courriers.lettre_written")
        assert entry.facts["secret_override"] == ["password"]

    def test_is_refused_in_words_after_a_death(self, hers: Client, ccas: object) -> None:
        dead = UsagerFactory.create(structure=ccas, dead=True)
        answer = hers.post(
            page("lettre_write", dead, "libre"),
            {"sender": "person", "presence": "absence", "form_key": uuid4()},
        )

        assert answer.status_code == 422
        assert "décès" in answer.content.decode()

    def test_knows_its_letters_only(self, hers: Client, rose: Usager) -> None:
        assert hers.get(page("lettre_write", rose, "inconnue")).status_code == 404


class TestEditing:
    def test_saves_a_version_and_leads_to_the_letter(
        self, hers: Client, lettre: Lettre, edit: dict[str, Any]
    ) -> None:
        answer = hers.post(page("lettre_edit", lettre), edit | {"subject": "Nouvel objet"})

        assert answer["Location"] == page("lettre", lettre)
        lettre.refresh_from_db()
        assert (lettre.number, current_version(lettre).says.subject) == (2, "Nouvel objet")

    def test_counts_without_script_and_saves_nothing(
        self, hers: Client, lettre: Lettre, edit: dict[str, Any]
    ) -> None:
        """Issue 3: word limits of online forms; the server counts too."""
        typed = {"body": "un deux trois", "limit_count": "2", "limit_unit": "words", "count": "1"}
        answer = hers.post(page("lettre_edit", lettre), edit | typed)

        assert answer.status_code == 200
        html = answer.content.decode()
        words = " ".join(re.sub(r"<[^>]+>", " ", html).split())
        assert "13 caractères, 3 mots" in words
        assert "En trop : 1 mot " in words
        lettre.refresh_from_db()
        assert lettre.number == 1

    def test_keeps_what_was_typed_when_a_colleague_saved_first(
        self, hers: Client, lettre: Lettre, edit: dict[str, Any]
    ) -> None:
        hers.post(page("lettre_edit", lettre), edit | {"subject": "Premier"})
        answer = hers.post(page("lettre_edit", lettre), edit | {"subject": "Second"})

        assert answer.status_code == 422
        assert "Second" in answer.content.decode()
        assert current_version(Lettre.objects.get()).says.subject == "Premier"

    def test_keeps_what_was_typed_when_a_field_is_empty(
        self, hers: Client, lettre: Lettre, edit: dict[str, Any]
    ) -> None:
        answer = hers.post(page("lettre_edit", lettre), edit | {"body": "", "subject": "Gardé"})

        assert answer.status_code == 422
        assert "Gardé" in answer.content.decode()


class TestTheLetter:
    def test_shows_what_is_missing_before_the_pdf(self, hers: Client, lettre: Lettre) -> None:
        """Issue 3: a missing field stays visible, blocks nothing, and is said before the PDF."""
        html = hers.get(page("lettre", lettre)).content.decode()

        assert "mentions sont à compléter" in html
        assert "<mark>[… à compléter" in html
        assert hers.get(page("lettre_pdf", lettre)).status_code == 200

    def test_shows_a_former_version_as_such(
        self, hers: Client, lettre: Lettre, edit: dict[str, Any]
    ) -> None:
        first = current_version(lettre)
        hers.post(page("lettre_edit", lettre), edit | {"subject": "Nouvel objet"})

        html = hers.get(page("version", first)).content.decode()
        assert "ancienne version" in html
        assert "Nouvel objet" not in html

    def test_says_when_it_left(self, hers: Client, lettre: Lettre) -> None:
        answer = hers.post(
            page("lettre_sent", lettre), {"sent_on": "2026-11-02", "way": "registered"}
        )
        assert answer["Location"] == page("lettre", lettre)
        assert "en recommandé" in hers.get(page("lettre", lettre)).content.decode()

        late = hers.post(page("lettre_sent", lettre), {"sent_on": "2026-12-02", "way": "post"})
        assert late.status_code == 422


class TestThePdf:
    def test_is_archivable_and_accessible_and_names_nobody_outside(
        self, hers: Client, lettre: Lettre
    ) -> None:
        """A-08: PDF/A-3a and PDF/UA-1; S-44: no name in its address nor in its file name."""
        answer = hers.get(page("lettre_pdf", lettre))

        assert b"<pdfaid:part>3</pdfaid:part>" in answer.content
        assert b"<pdfuaid:part>1</pdfuaid:part>" in answer.content
        assert answer["Content-Disposition"] == 'inline; filename="lettre.pdf"'

    @POPPLER
    def test_prints_hostile_text_as_text_in_every_field(
        self, hers: Client, lettre: Lettre, edit: dict[str, Any]
    ) -> None:
        """B.2 content injector: nothing typed is Typst, HTML or a template."""
        fields = ("subject", "body", "recipient", "sender_lines", "place_date", "signature")
        typed = {name: f"{name} {HOSTILE}" for name in fields}
        assert hers.post(page("lettre_edit", lettre), edit | typed).status_code == 302

        text = text_of(hers.get(page("lettre_pdf", lettre)).content)
        for name in fields:
            assert f"{name} #panic() $x$" in text
        html = hers.get(page("lettre", lettre)).content.decode()
        assert "<b>x</b>" not in html
        assert html.count("&lt;b&gt;x&lt;/b&gt;") >= len(fields)
        assert "{{ 7|add:7 }}" in html

    @POPPLER
    def test_keeps_the_spaces_around_what_is_missing(self, hers: Client, lettre: Lettre) -> None:
        text = text_of(hers.get(page("lettre_pdf", lettre)).content)

        assert "payer [… à compléter : ce qui peut être payé chaque mois] par mois" in text

    @pytest.mark.parametrize("body", ["x" * 15_000, "\u202eabc\x07", "- \n-  \n", "السيدة 🌹"])
    def test_is_made_whatever_is_typed(
        self, hers: Client, lettre: Lettre, edit: dict[str, Any], body: str
    ) -> None:
        assert hers.post(page("lettre_edit", lettre), edit | {"body": body}).status_code == 302
        assert hers.get(page("lettre_pdf", lettre)).content.startswith(b"%PDF-")


POST = {
    "kind": "letter", "sent_by": "La CAF", "received_on": "2026-10-30", "meaning": "La CAF demande une preuve.",
    "next_step": "Envoyer la quittance.", "due_on": "2026-11-20", "presence": "presence",
}  # fmt: skip


class TestPost:
    def test_is_opened_read_and_done(self, hers: Client, rose: Usager) -> None:
        """Issue 3: post opened together, plain words, dated next step."""
        answer = hers.post(page("courrier_log", rose), POST | {"form_key": uuid4()})
        courrier = Courrier.objects.get()
        assert answer["Location"] == page("courrier", courrier)

        html = hers.get(answer["Location"]).content.decode()
        assert "La CAF demande une preuve." in html
        assert "20\u00a0novembre 2026" in html
        assert 'data-read-aloud="courrier"' in html

        hers.post(page("courrier_settle", courrier))
        assert "C’est fait, noté le" in hers.get(page("courrier", courrier)).content.decode()

    def test_keeps_its_scan_encrypted_and_gives_it_to_keep_only(
        self, hers: Client, rose: Usager, samples: Callable[[], bytes]
    ) -> None:
        """S-45: as an attachment, in a sandbox."""
        scan = SimpleUploadedFile("lettre.png", samples(), content_type="text/html")
        answer = hers.post(page("courrier_log", rose), POST | {"form_key": uuid4(), "scan": scan})
        assert answer.status_code == 302

        given = hers.get(page("courrier_scan", Courrier.objects.get()))
        assert given["Content-Disposition"].startswith("attachment")
        assert given["Content-Type"] == "image/png"
        assert "sandbox" in given["Content-Security-Policy"]
        assert given.content.startswith(b"\x89PNG")

    @pytest.mark.parametrize("content", [b"", b"<script>alert(1)</script>", b"%PDF-1.7 broken"])
    def test_refuses_what_is_no_pdf_nor_photo(
        self, hers: Client, rose: Usager, content: bytes
    ) -> None:
        """S-45: refused in words, what was typed is kept."""
        scan = SimpleUploadedFile("lettre.pdf", content, content_type="application/pdf")
        answer = hers.post(page("courrier_log", rose), POST | {"form_key": uuid4(), "scan": scan})

        assert answer.status_code == 422
        assert "La CAF demande une preuve." in answer.content.decode()
        assert not Courrier.objects.exists()

    def test_says_nothing_of_a_scan_that_is_not_there(
        self, hers: Client, courrier: Courrier
    ) -> None:
        assert hers.get(page("courrier_scan", courrier)).status_code == 404

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"next_step": ""}, "Dites ce qu’il faut faire"),
            ({"received_on": "2026-11-03"}, "pas encore venu"),
            ({"meaning": SECRET}, "mot de passe"),
        ],
    )
    def test_is_refused_in_words(
        self, hers: Client, rose: Usager, change: dict[str, str], words: str
    ) -> None:
        answer = hers.post(page("courrier_log", rose), POST | {"form_key": uuid4()} | change)

        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert not Courrier.objects.exists()

    def test_is_put_right(self, hers: Client, courrier: Courrier) -> None:
        answer = hers.post(page("courrier_correct", courrier), POST | {"sent_by": "La MSA"})

        assert answer["Location"] == page("courrier", courrier)
        courrier.refresh_from_db()
        assert courrier.sent_by == "La MSA"


class TestLists:
    @pytest.mark.parametrize("name", ["lettres", "courriers"])
    def test_ask_the_same_number_of_queries_at_any_length(
        self, hers: Client, acteur: Acteur, rose: Usager, at: datetime, name: str
    ) -> None:
        """Law 12, and ten queries at most."""
        make = written if name == "lettres" else logged
        make(acteur, rose, at=at)
        hers.get(page(name, rose))
        few = queries_of(hers, page(name, rose))
        for minute in range(30):
            make(acteur, rose, at=at + timedelta(minutes=minute))
        many = queries_of(hers, page(name, rose))

        assert many == few
        # Two for the list; the rest is the session, the acteur, the person, and the reading journaled.
        assert few <= 18
        html = hers.get(page(name, rose)).content.decode()
        assert "Page 1 sur 2" in html.replace("\u00a0", " ")


class TestReading:
    def test_every_page_leaves_its_line(
        self, hers: Client, rose: Usager, lettre: Lettre, courrier: Courrier
    ) -> None:
        """P-11: lists, letters, versions, PDF, post."""
        opened = [
            page("lettres", rose),
            page("courriers", rose),
            page("lettre", lettre),
            page("version", current_version(lettre)),
            page("lettre_pdf", lettre),
            page("lettre_edit", lettre),
            page("courrier", courrier),
        ]
        before = Entry.objects.filter(event="usagers.read").count()
        for address in opened:
            assert hers.get(address).status_code == 200
        assert Entry.objects.filter(event="usagers.read").count() == before + len(opened)

    def test_stays_closed_while_someone_else_looks_at_the_screen(
        self, hers: Client, rose: Usager, lettre: Lettre, courrier: Courrier
    ) -> None:
        """P-28."""
        other = UsagerFactory.create(structure=rose.structure)
        hers.post(
            reverse("espaces:person_present"), {"present": "1", "usager": str(other.public_id)}
        )

        for address in (page("lettre", lettre), page("courrier", courrier), page("lettres", rose)):
            answer: HttpResponse = hers.get(address)  # type: ignore[assignment]  # of the test client
            assert answer.status_code == 409
            assert rose.display_name not in answer.content.decode()


class TestWhatHomesWeave:
    def test_shows_the_last_letters_and_post_of_a_person(
        self, acteur: Acteur, stranger: Acteur, rose: Usager, lettre: Lettre, courrier: Courrier
    ) -> None:
        """Two queries for the person's page; nothing for a stranger (P-10)."""
        with CaptureQueriesContext(connection) as asked:
            post = post_of(acteur, rose)
            html = render_to_string(
                "courriers/parts/of_person.html", {"usager": rose, "post": post}
            )
        assert len(asked) == 2
        assert page("lettre", lettre) in html
        assert page("courrier", courrier) in html
        assert "À faire avant le" in " ".join(re.sub(r"<[^>]+>", "", html).split())
        none = post_of(stranger, rose)
        assert (none.lettres, none.courriers) == ([], [])

    def test_shows_what_was_late_when_it_was_opened(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        late = logged(acteur, rose, at=at, due_on=at.date() - timedelta(days=1))
        rows = waiting_courriers(acteur, until=at.date())
        html = render_to_string("courriers/parts/waiting.html", {"courriers": rows})

        assert page("courrier", late) in html
        assert rose.display_name in html
