"""The pages of the road of paper, from the person's page to the live mandat."""

import re
import shutil
import subprocess
from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tandem.comptes.tests.factories import totp_code
from tandem.fichiers.tests.samples import pdf as pdf_file
from tandem.journal.models import Entry
from tandem.mandats.models import Mandat, Usage
from tandem.papier.models import Original, Sheet
from tandem.papier.queries import sheet_mark
from tandem.papier.tests.factories import (
    paper_draft,
    paper_mandat,
    seen_usager,
    waiting_sheet,
)
from tandem.signature.models import Draft
from tandem.signature.tests.wizard import ANSWERS, follow
from tandem.structures.models import Acteur, Affectation
from tandem.structures.tests.cast import ClientOf
from tandem.ui.secret_words import PASSWORD
from tandem.usagers.actions import declare_usager
from tandem.usagers.models import Usager

HOSTILE = "<script>alert(1)</script>"


def typed(draft: Draft, who: Affectation, at: datetime, **changes: str) -> dict[str, str]:
    """What the aidant reads on the sheet, and their gesture."""
    values = {
        "absent": "0",
        "hand": "signature",
        "witness": "",
        "witness_quality": "",
        "signed_on": at.date().isoformat(),
        "kept_by": "both",
        "mark": sheet_mark(draft, day=at.date()).lower().replace("-", " "),
        "geste_code": totp_code(who.compte, at),
    }
    return values | changes


class TestTheRoad:
    def test_goes_from_the_person_to_the_mandat_with_the_wizard_of_the_others(
        self, desk: Client, acteur: Acteur, alice: Affectation, at: datetime
    ) -> None:
        """P-32: the same questions, the document seen, the sheet; nothing typed twice."""
        amina = declare_usager(
            acteur=acteur, given_names="Amina", family_name="Haddad", birthdate="1970-01-01", at=at
        )
        start = reverse("papier:start", args=[amina.public_id])
        assert "jamais" in desk.get(start).content.decode()
        address = desk.post(start)["Location"]
        for page, values in ANSWERS:
            assert follow(desk, address) == page
            changed = {"contact_kind": "paper"} if page == "contact" else {}
            answer = desk.post(f"{address}{page}/", values | changed)
            assert answer["Location"] == desk.get(address)["Location"]

        draft = Draft.objects.get()
        sheet = reverse("papier:sheet", args=[draft.public_id])
        assert desk.get(address)["Location"] == sheet
        html = desk.get(sheet).content.decode()
        piece = reverse("usagers:piece_seen", args=[amina.public_id])
        assert f'href="{piece}?suite={sheet}"' in html
        assert "Imprimer la feuille" not in html
        seen = {
            "piece": "titre_sejour", "given_names": "Amina", "family_name": "Haddad", "birthdate": "01/01/1970",
            "seen_on": "2026-11-02", "suite": sheet,
        }  # fmt: skip
        assert desk.post(piece, seen)["Location"] == sheet
        draft.refresh_from_db()
        html = desk.get(sheet).content.decode()
        assert "titre de séjour" in html
        assert reverse("papier:pdf", args=[draft.public_id]) in html

        note = reverse("papier:note", args=[draft.public_id])
        answer = desk.post(note, typed(draft, alice, at))
        mandat = Mandat.objects.get()
        assert answer["Location"] == reverse("mandats:signed", args=[mandat.public_id])
        assert desk.get(answer["Location"]).status_code == 200
        assert desk.get(address)["Location"] == answer["Location"]

    def test_may_be_taken_when_franceconnect_fails_and_left_again(
        self, desk: Client, acteur: Acteur, andrei: Usager, at: datetime
    ) -> None:
        draft = paper_draft(acteur, andrei, at=at, road="franceconnect")
        page = reverse("signature:draft_identification", args=[draft.public_id])
        road = reverse("papier:take_road", args=[draft.public_id])
        assert f'action="{road}"' in desk.get(page).content.decode()
        desk.post(road)
        assert desk.get(page)["Location"] == reverse("signature:draft", args=[draft.public_id])
        desk.post(road, {"franceconnect": "1"})
        # Each road has its own text: it is read again (P-03).
        draft.refresh_from_db()
        assert draft.content["points"] == {}
        assert follow(desk, reverse("signature:draft", args=[draft.public_id])) == "lecture"

    def test_is_renewed_on_paper(
        self, desk: Client, acteur: Acteur, andrei: Usager, at: datetime
    ) -> None:
        """P-08: no code renews what was signed by hand."""
        mandat = paper_mandat(acteur, andrei, at=at)
        desk.post(reverse("signature:renew", args=[mandat.public_id]))
        draft = Draft.objects.get(mandat=None)
        assert draft.content["road"] == "paper"
        code = reverse("signature:draft_code", args=[draft.public_id])
        assert desk.get(code).status_code == 302


class TestThePrintedSheet:
    @pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not there")
    def test_says_on_each_page_whose_it_is_and_which_sheet(
        self, desk: Client, draft: Draft, andrei: Usager, at: datetime
    ) -> None:
        """S-08: no page is put in another sheet."""
        answer = desk.get(reverse("papier:pdf", args=[draft.public_id]))
        done = subprocess.run(
            ["pdftotext", "-layout", "-", "-"],
            input=answer.content,
            capture_output=True,
            check=True,
        )
        pages = [page for page in done.stdout.decode().split("\f") if page.strip()]
        assert len(pages) >= 2
        foot = f"{andrei.display_name}, repère {sheet_mark(draft, day=at.date())}"
        for number, page in enumerate(pages, start=1):
            assert foot in page
            assert f"page {number} / {len(pages)}" in page

    def test_is_a_page_and_a_pdf_and_each_reading_leaves_a_line(
        self, desk: Client, draft: Draft, andrei: Usager, at: datetime
    ) -> None:
        """P-11, P-29: a cover may be asked for; the name of the file says nothing of anyone."""
        mark = sheet_mark(draft, day=at.date())
        page = desk.get(reverse("papier:printed", args=[draft.public_id]))
        assert f"{andrei.display_name}, repère {mark}" in page.content.decode()
        pdf = reverse("papier:pdf", args=[draft.public_id])
        sizes = []
        for address in (pdf, f"{pdf}?couverture=1"):
            answer = desk.get(address)
            assert answer["Content-Type"] == "application/pdf"
            assert answer["Content-Disposition"] == 'inline; filename="mandat-a-signer.pdf"'
            sizes.append(_pages(answer.content))
        assert sizes[1] == sizes[0] + 1
        assert Entry.objects.filter(event="usagers.read", about=andrei.public_id).count() == 3

    def test_shows_hostile_words_as_words_on_the_page_and_on_paper(
        self, desk: Client, acteur: Acteur, at: datetime
    ) -> None:
        """S-26."""
        someone = seen_usager(acteur, at=at, given="#include <script>", family='"); panic("')
        draft = paper_draft(acteur, someone, at=at)
        page = desk.get(reverse("papier:printed", args=[draft.public_id])).content.decode()
        assert "&lt;script&gt;" in page
        answer = desk.get(reverse("papier:pdf", args=[draft.public_id]))
        assert answer.content.startswith(b"%PDF-")

    def test_does_not_stand_before_the_questions_are_answered(
        self, desk: Client, acteur: Acteur, andrei: Usager, at: datetime
    ) -> None:
        draft = paper_draft(acteur, andrei, at=at, points={})
        for name in ("sheet", "printed", "pdf", "note"):
            assert desk.get(reverse(f"papier:{name}", args=[draft.public_id])).status_code == 302


def _pages(content: bytes) -> int:
    found = re.search(rb"/Type\s*/Pages.*?/Count (\d+)|/Count (\d+)", content, re.DOTALL)
    assert found is not None
    return int(found[1] or found[2])


class TestNoting:
    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"hand": "mark"}, "nom du témoin"),
            ({"witness": HOSTILE}, "qui il est"),
            ({"mark": "HK4Q"}, "complet"),
            ({"mark": "3333-3333"}, "n’est pas celui"),
            ({"signed_on": "2026-11-03"}, "jour de la signature"),
            ({"absent": ""}, ""),
            ({"geste_code": ""}, ""),
        ],
    )
    def test_says_what_is_wrong_and_keeps_what_was_typed(
        self, desk: Client, draft: Draft, alice: Affectation, at: datetime, wrong: dict[str, str], said: str,
    ) -> None:  # fmt: skip
        """P-35, S-08, S-26."""
        note = reverse("papier:note", args=[draft.public_id])
        answer = desk.post(note, typed(draft, alice, at) | wrong)
        html = answer.content.decode()

        assert answer.status_code == 422
        assert said in html
        assert HOSTILE not in html
        assert 'value="both" ' in html
        assert not Mandat.objects.exists()

    def test_of_a_sheet_brought_by_someone_else_waits_for_a_colleague(
        self, desk: Client, draft: Draft, alice: Affectation, bob: Affectation, client_of: ClientOf, at: datetime,
    ) -> None:  # fmt: skip
        """S-20."""
        note = reverse("papier:note", args=[draft.public_id])
        answer = desk.post(note, typed(draft, alice, at, absent="1"))
        assert answer["Location"] == reverse("papier:waiting")
        sheet = Sheet.objects.get()
        page = reverse("papier:decide", args=[sheet.public_id])
        assert page not in desk.get(answer["Location"]).content.decode()
        assert "un collègue doit" in desk.get(page).content.decode()
        own = {"seen": "on", "geste_code": totp_code(alice.compte, at)}
        assert desk.post(page, own).status_code == 422
        assert not Mandat.objects.exists()

        colleague = client_of(bob)
        assert page in colleague.get(reverse("papier:waiting")).content.decode()
        assert colleague.post(page, {}).status_code == 422
        given = {"seen": "on", "geste_code": totp_code(bob.compte, at)}
        answer = colleague.post(page, given)
        mandat = Mandat.objects.get()
        assert answer["Location"] == reverse("mandats:signed", args=[mandat.public_id])
        assert mandat.signed_by == bob
        assert colleague.get(page)["Location"] == mandat.get_absolute_url()

    def test_may_be_refused_by_the_colleague(
        self,
        acteur: Acteur,
        andrei: Usager,
        bob: Affectation,
        client_of: ClientOf,
        clock: Any,
        at: datetime,
    ) -> None:
        sheet = waiting_sheet(acteur, andrei, at=at)
        page = reverse("papier:decide", args=[sheet.public_id])
        colleague = client_of(bob)
        assert colleague.post(page, {"refuser": "1"})["Location"] == reverse("papier:waiting")
        assert colleague.get(page)["Location"] == reverse("papier:waiting")
        assert not Mandat.objects.exists()


class TestTheList:
    def test_of_sheets_asks_the_same_number_of_questions_for_one_and_for_ten(
        self, acteur: Acteur, bob: Affectation, client_of: ClientOf, clock: Any, at: datetime
    ) -> None:
        colleague, counts = client_of(bob), []
        colleague.get(reverse("papier:waiting"))
        for number in (1, 9):
            for i in range(number):
                waiting_sheet(acteur, seen_usager(acteur, at=at, family=f"P{number}{i}"), at=at)
            with CaptureQueriesContext(connection) as captured:
                colleague.get(reverse("papier:waiting"))
            counts.append(len(captured))
        assert counts[0] == counts[1] <= 6


class TestTheOriginals:
    @pytest.fixture
    def mandat(self, acteur: Acteur, andrei: Usager, at: datetime) -> Mandat:
        return paper_mandat(acteur, andrei, at=at)

    def test_are_sent_checked_and_given_back_as_attachments(
        self, desk: Client, mandat: Mandat
    ) -> None:
        """S-45, P-44."""
        keep = reverse("papier:keep", args=[mandat.public_id])
        scan = SimpleUploadedFile("../../Andrei.pdf", pdf_file(), content_type="text/html")
        answer = desk.post(keep, {"scan": scan})
        assert answer["Location"] == reverse("papier:originals", args=[mandat.public_id])
        html = desk.get(answer["Location"]).content.decode()
        assert "Original signé à la main, copie" in html
        row = Original.objects.get()

        given = desk.get(reverse("papier:original", args=[row.public_id]))
        assert given["Content-Disposition"].startswith("attachment")
        assert "Andrei" not in given["Content-Disposition"]
        assert "sandbox" in given["Content-Security-Policy"]
        assert given["X-Content-Type-Options"] == "nosniff"
        assert given.content.startswith(b"%PDF-")
        assert Entry.objects.filter(event="papier.original_read").count() == 1

    @pytest.mark.parametrize(
        "content", [b"", b"<html><script>1</script>", b"PK\x03\x04 bomb", b"%PDF-1.7 broken"]
    )
    def test_refuse_what_is_not_a_clean_pdf_or_photo(
        self, desk: Client, mandat: Mandat, content: bytes
    ) -> None:
        """S-45."""
        keep = reverse("papier:keep", args=[mandat.public_id])
        scan = SimpleUploadedFile("feuille.pdf", content)
        assert desk.post(keep, {"scan": scan}).status_code == 422
        assert not Original.objects.exists()

    def test_refuse_fifty_megabytes_clearly(self, desk: Client, mandat: Mandat) -> None:
        big = BytesIO(b"%PDF-" + b"0" * (50 * 1024 * 1024))
        big.name = "feuille.pdf"
        answer = desk.post(reverse("papier:keep", args=[mandat.public_id]), {"scan": big})
        assert answer.status_code == 422
        assert "trop lourd" in answer.content.decode()


class TestAnActElsewhere:
    def page(self, mandat: Mandat, theme: str) -> str:
        line = mandat.autorisations.get(theme=theme)
        return reverse("papier:elsewhere", args=[line.public_id])

    @pytest.fixture
    def mandat(self, acteur: Acteur, andrei: Usager, at: datetime) -> Mandat:
        scopes = ["theme:logement", "theme:argent"]
        return paper_mandat(acteur, andrei, scopes, ways=("presence", "absence"), at=at)

    def given(self, **changes: str) -> dict[str, str]:
        values = {"way": "letter", "service_declared": "Bailleur social", "presence": "presence"}
        return values | {"absence_reason": "", "key": str(uuid4())} | changes

    def test_is_noted_with_how_and_before_whom(self, desk: Client, mandat: Mandat) -> None:
        """P-05."""
        answer = desk.post(self.page(mandat, "logement"), self.given())
        assert answer["Location"] == mandat.get_absolute_url()
        usage = Usage.objects.get()
        assert (usage.relying_party, usage.service_declared) == (
            "elsewhere:letter",
            "Bailleur social",
        )

    def test_in_absence_gives_a_reason_and_owes_an_account(
        self, desk: Client, mandat: Mandat
    ) -> None:
        """P-05."""
        page = self.page(mandat, "logement")
        assert desk.post(page, self.given(presence="absence")).status_code == 422
        desk.post(page, self.given(presence="absence", absence_reason="asked"))
        assert Usage.objects.get().account_due_at is not None

    def test_is_not_noted_in_a_way_the_person_did_not_allow(
        self, desk: Client, mandat: Mandat
    ) -> None:
        page = self.page(mandat, "logement")
        assert desk.post(page, self.given(presence="telephone")).status_code == 422
        assert not Usage.objects.exists()

    def test_of_money_asks_for_the_paper_of_the_day_first(
        self, desk: Client, mandat: Mandat
    ) -> None:
        """P-06: the page leads to it and back; without it nothing is written."""
        page = self.page(mandat, "argent")
        line = mandat.autorisations.get(theme="argent")
        confirm = reverse("mandats:confirm", args=[line.public_id])
        html = desk.get(page).content.decode()
        assert f"{confirm}?suite=" in html
        assert desk.post(page, self.given()).status_code == 422
        assert not Usage.objects.exists()

        answer = desk.post(confirm, {"signed": "on", "suite": page})
        assert answer["Location"] == page
        assert desk.post(page, self.given())["Location"] == mandat.get_absolute_url()
        usage = Usage.objects.get()
        assert usage.confirmation is not None
        assert usage.confirmation.kind == "paper"

    def test_lets_a_false_alarm_through_and_says_so(self, desk: Client, mandat: Mandat) -> None:
        """P-12, S-23."""
        page = self.page(mandat, "logement")
        given: dict[str, Any] = self.given(service_declared="Agence, mdp : Soleil1950")
        assert "not_a_secret" in desk.post(page, given).content.decode()
        desk.post(page, given | {"not_a_secret": [PASSWORD]})
        entry = Entry.objects.get(event="mandats.autorisation_used")
        assert entry.facts["secret_override"] == [PASSWORD]
        assert "Soleil" not in entry.facts_text

    def test_refuses_a_secret_in_the_name_of_the_service(
        self, desk: Client, mandat: Mandat
    ) -> None:
        """P-12."""
        secret = self.given(service_declared="Banque FR14 2004 1010 0505 0001 3M02 606")
        assert desk.post(self.page(mandat, "logement"), secret).status_code == 422
        assert not Usage.objects.exists()
