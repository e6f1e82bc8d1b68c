"""The desk attacked by what is written in it: secrets, hostile words, what an erasure leaves, the same instant."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tandem.accompagnements import actions as desk
from tandem.accompagnements.actions import Wanted
from tandem.accompagnements.rules import (
    EtapeKind,
    Next,
    NextMove,
    Step,
)
from tandem.accompagnements.tests.factories import filing
from tandem.courriers.tests.factories import logged, written
from tandem.echeances.actions import add_echeance
from tandem.echeances.rules import EcheanceKind, Noted
from tandem.fichiers.rules import CheckedFile
from tandem.notes.models import Note
from tandem.notes.rules import Kind
from tandem.notes.tests.factories import note_of
from tandem.referentiels.models import Demarche
from tandem.structures.models import Acteur, Affectation
from tandem.ui.context_processors import PERSON_PRESENT_SESSION_KEY
from tandem.usagers.models import Suivi, Usager

ActeurOf = Callable[[Affectation], Acteur]


ClientOf = Callable[[Affectation], Client]


HOSTILE = (
    '<script>alert(1)</script>"\'><img src=x>{{ 7|add:7 }} #import "/etc/passwd" $x$ \\ #eval('
    '"1") `raw` =cmd|calc'
)


@pytest.fixture(autouse=True)
def _clock(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """The folder of encrypted files, empty."""
    settings.TANDEM_DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def acteur(alice: Affectation, as_acteur: ActeurOf) -> Acteur:
    """Alice at the CCAS."""
    return as_acteur(alice)


@pytest.fixture
def kept(rose: Usager, alice: Affectation, at: datetime) -> Usager:
    """Rose, whose file is kept to alice."""
    Suivi.objects.get_or_create(
        usager=rose, affectation=alice, ended_at=None, defaults={"started_at": at}
    )
    rose.team_access = False
    rose.save()
    return rose


def of(slug: str) -> Wanted:
    return Wanted(demarche=Demarche.objects.select_related("theme").get(slug=slug))


def beside(browser: Client, usager: Usager) -> Client:
    """That person looks at the screen."""
    session = browser.session
    session[PERSON_PRESENT_SESSION_KEY] = str(usager.public_id)
    session.save()
    return browser


class TestASecret:
    WORDS = "Rose est suivie à Valombre"

    @pytest.fixture
    def secret(self, alice: Affectation, rose: Usager, at: datetime) -> Note:
        return note_of(alice, rose, Kind.SECRET, self.WORDS, at=at)

    def pages(self, usager: Usager) -> list[str]:
        """Every page of one person, and those that weave."""
        args = [usager.public_id]
        return [
            *(reverse(f"espaces:{name}", args=args) for name in ("person", "readings", "sheet")),
            *(reverse(f"notes:{name}", args=args) for name in ("person", "shown")),
            *(reverse(f"courriers:{name}", args=args) for name in ("lettres", "courriers")),
            reverse("acces:index", args=args), reverse("espaces:home"), reverse("accompagnements:demarches"),
            reverse("accompagnements:besoins"), reverse("echeances:list"), reverse("echeances:calendar"),
        ]  # fmt: skip

    def test_is_nowhere_for_a_colleague_and_a_referent(
        self,
        secret: Note,
        rose: Usager,
        bob: Affectation,
        bea: Affectation,
        client_of: ClientOf,
        at: datetime,
    ) -> None:
        """P-16."""
        bea.habilite_at = at
        bea.save()
        for reader in (bob, bea):
            browser = client_of(reader)
            for page in self.pages(rose):
                answer = browser.get(page)
                assert answer.status_code == 200, page
                assert "Valombre" not in answer.content.decode()
                assert str(secret.public_id) not in answer.content.decode()
            found = browser.post(reverse("espaces:search"), {"q": "Valombre"}).content.decode()
            assert "suivie à" not in found

    def test_leaves_no_line_that_a_colleague_counts(
        self,
        secret: Note,
        alice: Affectation,
        bob: Affectation,
        rose: Usager,
        client_of: ClientOf,
        at: datetime,
    ) -> None:
        """P-16: a line « note écrite » beside no note would say that a secret exists; a fact keeps its own (P-11)."""
        readings = reverse("espaces:readings", args=[rose.public_id])
        assert "Note écrite" not in client_of(bob).get(readings).content.decode()
        assert "Note écrite" in client_of(alice).get(readings).content.decode()
        note_of(alice, rose, Kind.FACT, "Vient jeudi.", at=at)
        shown = client_of(bob).get(readings).content.decode()
        assert shown.count("Note écrite") == 1


class TestHostileWords:
    """S-28, S-46: what is typed is text, on the page, on paper, in the calendar."""

    def made(self, acteur: Acteur, usager: Usager, at: datetime) -> dict[str, UUID]:
        besoin = desk.open_besoin(acteur=acteur, words=HOSTILE, usager=usager, at=at)
        soon = at.date() + timedelta(days=3)
        wanted = Wanted(title=HOSTILE[:150], body=HOSTILE[:150], asked=HOSTILE, asked_by_on=soon)
        row = desk.follow_demarche(acteur=acteur, wanted=wanted, besoin=besoin, at=at)
        step = Step(EtapeKind.NOTED, HOSTILE)
        then = Next(NextMove.PERSON, HOSTILE, soon, HOSTILE)
        desk.add_step(acteur=acteur, demarche_suivie=row, step=step, then=then, at=at)
        desk.set_pieces(acteur=acteur, demarche_suivie=row, states={}, added=HOSTILE, at=at)
        name = 'a"; filename=evil.html\r\nSet-Cookie: x=1 .pdf'
        receipt = CheckedFile(name.replace("\r\n", ""), "application/pdf", b"%PDF-1.7 %%EOF")
        depot = desk.file_demarche(
            acteur=acteur,
            demarche_suivie=row,
            filing=filing(receipt=receipt, number=HOSTILE[:150]),
            at=at,
        )
        date = add_echeance(
            acteur=acteur,
            owner=row,
            noted=Noted(EcheanceKind.TO_DO, HOSTILE[:110], soon, HOSTILE[:300]),
            at=at,
        )
        lettre = written(acteur, usager, at=at, modele="libre", recipient=HOSTILE, address=HOSTILE)
        post = logged(
            acteur, usager, at=at, sent_by=HOSTILE[:150], meaning=HOSTILE, next_step=HOSTILE
        )
        note = note_of(acteur.affectation, usager, text=HOSTILE, at=at)  # type: ignore[arg-type]  # at work
        rows = {
            "besoin": besoin,
            "demarche": row,
            "depot": depot,
            "date": date,
            "lettre": lettre,
            "post": post,
        }
        return {key: found.public_id for key, found in {**rows, "note": note}.items()}

    def test_are_text_everywhere(
        self, acteur: Acteur, alice: Affectation, rose: Usager, client_of: ClientOf, at: datetime
    ) -> None:
        made, browser = self.made(acteur, rose, at), client_of(alice)
        person = [rose.public_id]
        pages = [
            *(reverse(f"espaces:{name}", args=person) for name in ("person", "readings", "sheet")),
            reverse("espaces:home"), reverse("accompagnements:besoins"), reverse("accompagnements:demarches"),
            reverse("accompagnements:besoin", args=[made["besoin"]]), reverse("echeances:list"),
            reverse("accompagnements:demarche", args=[made["demarche"]]),
            reverse("accompagnements:step", args=[made["demarche"]]),
            reverse("echeances:detail", args=[made["date"]]), reverse("echeances:change", args=[made["date"]]),
            reverse("courriers:lettre", args=[made["lettre"]]), reverse("courriers:lettre_edit", args=[made["lettre"]]),
            reverse("courriers:courrier", args=[made["post"]]), reverse("notes:person", args=person),
            reverse("notes:shown", args=person),
        ]  # fmt: skip
        for page in pages:
            shown = browser.get(page).content.decode()
            assert "<script>alert" not in shown, page
            assert "<img src=x" not in shown, page
            assert "14 #import" not in shown, page

    def test_draw_on_paper_and_say_nothing_in_the_calendar(
        self, acteur: Acteur, alice: Affectation, rose: Usager, client_of: ClientOf, at: datetime
    ) -> None:
        made, browser = self.made(acteur, rose, at), client_of(alice)
        for page in (
            reverse("courriers:lettre_pdf", args=[made["lettre"]]),
            reverse("espaces:sheet_pdf", args=[rose.public_id]),
            reverse("accompagnements:blank_sheet_pdf"),
        ):
            paper: Any = browser.get(page)
            assert paper.content.startswith(b"%PDF"), page
            assert re.fullmatch(r'inline; filename="[a-z-]+\.pdf"', paper["Content-Disposition"])
        calendar = browser.get(reverse("echeances:calendar")).content.decode()
        assert calendar.count("BEGIN:VEVENT") >= 1
        assert "alert" not in calendar
        assert "cmd" not in calendar

    def test_in_the_name_of_a_file_end_no_header(
        self, acteur: Acteur, alice: Affectation, rose: Usager, client_of: ClientOf, at: datetime
    ) -> None:
        """S-45."""
        made = self.made(acteur, rose, at)
        answer: HttpResponse = client_of(alice).get(
            reverse("accompagnements:receipt", args=[made["depot"]])
        )  # type: ignore[assignment]
        assert answer["Content-Disposition"].startswith("attachment; ")
        assert answer["Content-Disposition"].count('"') == 2
        assert "sandbox" in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer["Content-Disposition"].split("filename*")[0].replace(
            "Set-Cookie", "", 1
        )
