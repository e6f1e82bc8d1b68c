"""The desk attacked across its rooms: what belongs to another person, to a colleague alone, or to nobody any more."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.apps import apps
from django.db import models
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tandem.acces.actions import open_acces
from tandem.acces.rules import Road
from tandem.accompagnements import actions as desk
from tandem.accompagnements.actions import Wanted
from tandem.accompagnements.models import Aide, Besoin, DemarcheSuivie, Etape
from tandem.accompagnements.queries import besoins_visible_to
from tandem.accompagnements.rules import (
    AideKind,
    EtapeKind,
    Next,
    NextMove,
    Outcome,
    RelaisReason,
    Step,
)
from tandem.accompagnements.tests.factories import filing, followed_for
from tandem.courriers.models import Courrier, Lettre
from tandem.courriers.tests.factories import logged, written
from tandem.echeances.actions import add_echeance
from tandem.echeances.models import Echeance
from tandem.echeances.rules import EcheanceKind, Noted
from tandem.entraide.actions import answer_appel, call_colleague
from tandem.fiches.models import Change
from tandem.fichiers.rules import CheckedFile
from tandem.journal.models import Entry
from tandem.kernel.tests.concurrency import at_once, shared_database
from tandem.notes.models import Note
from tandem.notes.rules import Kind
from tandem.notes.tests.factories import note_of
from tandem.referentiels.actions import load_catalogue
from tandem.referentiels.models import Demarche
from tandem.signature.models import Draft
from tandem.signature.tests.factories import complete_answers, ready_draft
from tandem.structures.models import SYSTEM_ACTEUR, Acteur, Affectation
from tandem.ui.context_processors import PERSON_PRESENT_SESSION_KEY
from tandem.usagers.actions import erase_usager
from tandem.usagers.models import Suivi, Usager
from tandem.usagers.tests.factories import UsagerFactory

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
def jean(rose: Usager) -> Usager:
    """Another person of the CCAS."""
    return UsagerFactory.create(
        structure=rose.structure, given_names="Jean", family_name="KERVELLA"
    )


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


class TestAPageComeBackTo:
    """S-24: a double click is one act; the same page sent again with something else is another, and is not lost."""

    def test_notes_the_demand_of_another_person(
        self, alice: Affectation, client_of: ClientOf, rose: Usager, jean: Usager
    ) -> None:
        browser, page, key = client_of(alice), reverse("accompagnements:besoin_new"), str(uuid4())
        for usager, words in (
            (rose, "La CAF"),
            (jean, "La CAF"),
            (jean, "Les impôts"),
            (jean, "Les impôts"),
        ):
            answer = browser.post(page, {"words": words, "usager": usager.public_id, "key": key})
            assert Besoin.objects.get(public_id=answer["Location"].split("/")[2]).usager == usager
        assert Besoin.objects.count() == 3

    def test_follows_another_demarche_and_counts_another_help(
        self, alice: Affectation, client_of: ClientOf, rose: Usager
    ) -> None:
        browser, key = client_of(alice), str(uuid4())
        for slug in ("caf-rsa-demande", "ameli-carte-vitale", "ameli-carte-vitale"):
            sent = {"usager": rose.public_id, "demarche": slug, "key": key}
            browser.post(reverse("accompagnements:demarche_new"), sent)
        assert {row.demarche and row.demarche.slug for row in DemarcheSuivie.objects.all()} == {
            "caf-rsa-demande", "ameli-carte-vitale",
        }  # fmt: skip
        for kind in ("impression", "numerisation", "numerisation"):
            sent = {"kind": kind, "key": key, "mode": "ensemble", "presence": "presence"}
            browser.post(reverse("accompagnements:aide_new"), sent)
        assert sorted(Aide.objects.values_list("kind", flat=True)) == ["impression", "numerisation"]

    def test_writes_the_step_and_the_filing_of_another_demarche(
        self, acteur: Acteur, rose: Usager, jean: Usager, at: datetime
    ) -> None:
        key = uuid4()
        for usager in (rose, jean):
            row = desk.follow_demarche(
                acteur=acteur, wanted=of("caf-rsa-demande"), usager=usager, at=at
            )
            then = Next(NextMove.AIDANT)
            for words in ("Reçu", "Reçu hier", "Reçu hier"):
                step = Step(EtapeKind.NOTED, words)
                desk.add_step(
                    acteur=acteur, demarche_suivie=row, step=step, then=then, at=at, key=key
                )
            desk.file_demarche(acteur=acteur, demarche_suivie=row, filing=filing(), at=at, key=key)
            assert row.etapes.filter(kind=EtapeKind.NOTED).count() == 2
            assert row.depots.count() == 1

    def test_keeps_the_date_the_letter_the_post_and_the_note_of_each(
        self,
        alice: Affectation,
        acteur: Acteur,
        rose: Usager,
        jean: Usager,
        at: datetime,
        client_of: ClientOf,
    ) -> None:
        key, browser = str(uuid4()), client_of(alice)
        letter = {"sender": "person", "presence": "presence", "form_key": key}
        post = {
            "kind": "letter", "received_on": at.date(), "sent_by": "La CAF", "meaning": "Une réponse.",
            "presence": "presence", "form_key": key,
        }  # fmt: skip
        for usager in (rose, jean, jean):
            what = Noted(EcheanceKind.TO_DO, "Appeler", at.date() + timedelta(days=3))
            add_echeance(acteur=acteur, owner=usager, noted=what, at=at, key=UUID(key))
            for name, sent in (("lettre_write", letter), ("courrier_log", post)):
                kwargs = {"public_id": usager.public_id} | (
                    {"modele": "libre"} if name == "lettre_write" else {}
                )
                answer = browser.post(reverse(f"courriers:{name}", kwargs=kwargs), sent)
                assert answer.status_code == 302
        for text in ("Vient jeudi.", "Vient vendredi.", "Vient vendredi."):
            note_of(alice, rose, text=text, at=at, key=UUID(key))
        for model in (Echeance, Lettre, Courrier):
            people = model._default_manager.order_by("usager").values_list("usager", flat=True)
            assert list(people) == sorted([rose.pk, jean.pk])
        assert Note.objects.count() == 2

    def test_says_what_changed_for_another_demarche(
        self, alice: Affectation, client_of: ClientOf
    ) -> None:
        browser, key = client_of(alice), str(uuid4())
        for slug in ("caf-rsa-demande", "ameli-carte-vitale"):
            browser.post(
                reverse("fiches:report", args=[slug]), {"words": "Le bouton a bougé.", "key": key}
            )
        assert Change.objects.count() == 2


class TestWordsNotedBeforeAName:
    def test_are_kept_with_the_file_of_who_is_named(
        self, acteur: Acteur, bob: Affectation, kept: Usager, as_acteur: ActeurOf, at: datetime
    ) -> None:
        """P-10: naming the démarche names the demand it came from."""
        besoin = desk.open_besoin(acteur=acteur, words="Rose veut son RSA", at=at)
        row = desk.follow_demarche(
            acteur=acteur, wanted=of("caf-rsa-demande"), besoin=besoin, at=at
        )
        assert besoins_visible_to(as_acteur(bob)).exists()
        desk.name_demarche(acteur=acteur, demarche_suivie=row, usager=kept, at=at)
        row.refresh_from_db()
        besoin.refresh_from_db()
        assert (row.usager, besoin.usager) == (kept, kept)
        assert not besoins_visible_to(as_acteur(bob)).exists()
        other = desk.open_besoin(acteur=acteur, words="Rose encore", at=at)
        desk.follow_demarche(
            acteur=acteur, wanted=of("caf-rsa-demande"), besoin=other, usager=kept, at=at
        )
        assert not besoins_visible_to(as_acteur(bob)).exists()
        named = Entry.objects.filter(
            event="accompagnements.demarche_named", subject_id=row.public_id
        )
        assert named.count() == 1

    def test_are_erased_with_the_person(self, acteur: Acteur, rose: Usager, at: datetime) -> None:
        """P-22: of what was named before that, too."""
        besoin = desk.open_besoin(acteur=acteur, words="Rose veut son RSA", at=at)
        row = desk.follow_demarche(
            acteur=acteur, wanted=of("caf-rsa-demande"), besoin=besoin, at=at
        )
        DemarcheSuivie.objects.filter(pk=row.pk).update(usager=rose)
        erase_usager(acteur=SYSTEM_ACTEUR, usager=rose, at=at)
        assert not Besoin.objects.exists()
        assert not DemarcheSuivie.objects.exists()


class TestBesideAnother:
    """P-28: Rose looks at the screen; nothing says that Jean exists."""

    def test_no_page_that_names_someone_else_opens(
        self,
        alice: Affectation,
        acteur: Acteur,
        rose: Usager,
        jean: Usager,
        at: datetime,
        client_of: ClientOf,
    ) -> None:
        made = followed_for(acteur, jean, at=at)
        note = note_of(alice, jean, Kind.SECRET, "Jean se cache.", at=at)
        browser = beside(client_of(alice), rose)
        pages = (
            reverse("accompagnements:besoin_new") + f"?usager={jean.public_id}",
            reverse("accompagnements:demarche_new") + f"?usager={jean.public_id}",
            reverse("accompagnements:demarche_new") + f"?besoin={made['besoin'].public_id}",
            reverse("accompagnements:receipt", args=[made["depot"].public_id]),
            reverse("notes:correct", args=[jean.public_id, note.public_id]),
        )
        for page in pages:
            answer = browser.get(page)
            assert answer.status_code in {404, 409, 422}, page
            assert "KERVELLA" not in answer.content.decode()
            assert "Mon allocation" not in answer.content.decode()

    def test_a_secret_on_oneself_is_not_opened_to_be_corrected(
        self, alice: Affectation, rose: Usager, at: datetime, client_of: ClientOf
    ) -> None:
        """P-16: nor on the screen of the very person; the page made to show it is another."""
        note = note_of(alice, rose, Kind.SECRET, "Rose se cache.", at=at)
        page = reverse("notes:correct", args=[rose.public_id, note.public_id])
        assert client_of(alice).get(page).status_code == 200
        assert beside(client_of(alice), rose).get(page).status_code == 404

    def test_what_was_being_typed_for_one_is_not_found_beside_another(
        self, alice: Affectation, rose: Usager, jean: Usager, client_of: ClientOf
    ) -> None:
        """A-07 without P-28 would give one person the words of the one before."""
        browser, page = client_of(alice), reverse("accompagnements:besoin_new")
        keep = reverse("accompagnements:brouillon", args=["besoin"])
        browser.post(keep, {"words": "Jean veut divorcer", "about": str(jean.public_id)})
        assert "divorcer" not in browser.get(page + f"?usager={rose.public_id}").content.decode()
        assert "divorcer" not in browser.get(page).content.decode()
        assert "divorcer" in browser.get(page + f"?usager={jean.public_id}").content.decode()
        browser.post(keep, {"words": "Un inconnu a perdu son logement"})
        assert "logement" in browser.get(page).content.decode()
        assert "perdu son" not in beside(browser, rose).get(page).content.decode()

    def test_nothing_is_kept_about_a_person_of_another_structure(
        self, charlie: Affectation, rose: Usager, client_of: ClientOf
    ) -> None:
        """S-40."""
        sent = {"words": "Rose", "about": str(rose.public_id)}
        page = reverse("accompagnements:brouillon", args=["besoin"])
        assert client_of(charlie).post(page, sent).status_code == 404


class TestAFileKeptToAlice:
    def test_a_call_for_help_gives_no_draft_of_it_away(
        self,
        acteur: Acteur,
        alice: Affectation,
        bob: Affectation,
        kept: Usager,
        as_acteur: ActeurOf,
        at: datetime,
    ) -> None:
        """P-10, A-15: the colleague comes, the draft stays; once bob follows the person, it passes."""
        draft = ready_draft(
            acteur, at=at, usager=kept, answers=complete_answers(("theme:papiers",))
        )
        path = f"/mandats/brouillons/{draft.public_id}/signature/"
        appel = call_colleague(acteur=acteur, path=path, at=at)
        answer_appel(acteur=as_acteur(bob), appel=appel, at=at)
        assert Draft.objects.get().affectation == alice
        Suivi.objects.create(usager=kept, affectation=bob, started_at=at)
        again = call_colleague(acteur=acteur, path=path, at=at)
        answer_appel(acteur=as_acteur(bob), appel=again, at=at)
        assert Draft.objects.get().affectation == bob


class TestWhatIsOfAnotherStructure:
    @pytest.mark.parametrize("field", ["usager", "besoin"])
    @pytest.mark.parametrize("page", ["besoin_new", "demarche_new", "besoin_name", "demarche_name"])
    def test_is_found_by_no_field(
        self, page: str, field: str, acteur: Acteur, charlie: Affectation, rose: Usager,
        as_acteur: ActeurOf, client_of: ClientOf, at: datetime,
    ) -> None:  # fmt: skip
        """S-40, S-41: an identifier copied from elsewhere links nothing to what is there."""
        theirs = followed_for(acteur, rose, at=at)
        ids = {"usager": rose.public_id, "besoin": theirs["besoin"].public_id}
        hers = as_acteur(charlie)
        own = desk.open_besoin(acteur=hers, words="Ici", at=at)
        row = desk.follow_demarche(acteur=hers, wanted=of("caf-rsa-demande"), at=at)
        args = {"besoin_name": [own.public_id], "demarche_name": [row.public_id]}.get(page, [])
        sent = {"words": "Ici", "demarche": "caf-rsa-demande", field: ids[field], "key": uuid4()}
        answer = client_of(charlie).post(reverse(f"accompagnements:{page}", args=args), sent)
        assert rose.family_name not in answer.content.decode()
        here = {"structure": charlie.structure}
        assert not Besoin.objects.filter(usager__isnull=False, **here).exists()
        linked = DemarcheSuivie.objects.filter(**here).exclude(usager=None, besoin=None)
        assert not linked.exists()

    def test_takes_nothing_handed_over(
        self,
        acteur: Acteur,
        alice: Affectation,
        charlie: Affectation,
        rose: Usager,
        client_of: ClientOf,
        at: datetime,
    ) -> None:
        """P-10: neither a colleague elsewhere as the one who receives, nor their démarche as what a letter serves."""
        theirs = followed_for(acteur, rose, at=at)
        page = reverse("accompagnements:besoin_hand", args=[theirs["besoin"].public_id])
        sent = {"to": charlie.public_id, "reason": RelaisReason.LONGER}
        assert client_of(alice).post(page, sent).status_code == 422
        jean = UsagerFactory.create(structure=charlie.structure)
        write = reverse(
            "courriers:lettre_write", kwargs={"public_id": jean.public_id, "modele": "libre"}
        )
        sent = {"sender": "person", "presence": "presence", "form_key": uuid4()}
        client_of(charlie).post(write, sent | {"demarche": theirs["demarche_suivie"].public_id})
        assert not Lettre.objects.filter(demarche_suivie__isnull=False).exists()


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


SEEDED = (
    "Quillivere", "Aldegonde", "Kermoysan", "Tredrez", "Lannilis", "Plouzane", "Guimiliau", "Brasparts", "Huelgoat",
    "Scrignac", "Berrien", "Locmaria",
)  # fmt: skip


class TestAnErasedPerson:
    def test_leaves_none_of_twelve_words_in_any_table(
        self,
        acteur: Acteur,
        alice: Affectation,
        bob: Affectation,
        ccas: Any,
        folder: Path,
        at: datetime,
    ) -> None:
        """P-22: every table read back in clear, every file; the words were everywhere before."""
        usager = UsagerFactory.create(structure=ccas, given_names=SEEDED[0], family_name=SEEDED[1])
        word = iter(SEEDED[2:])
        nameless = desk.open_besoin(acteur=acteur, words=f"Pour {next(word)}", at=at)
        first = desk.follow_demarche(
            acteur=acteur, wanted=Wanted(title=next(word)), besoin=nameless, at=at
        )
        desk.name_demarche(acteur=acteur, demarche_suivie=first, usager=usager, at=at)
        step = Step(EtapeKind.NOTED, next(word))
        then = Next(NextMove.PERSON, next(word), None, next(word))
        desk.add_step(acteur=acteur, demarche_suivie=first, step=step, then=then, at=at)
        receipt = CheckedFile(f"{next(word)}.pdf", "application/pdf", b"%PDF-1.7 %%EOF")
        desk.file_demarche(
            acteur=acteur, demarche_suivie=first, filing=filing(receipt=receipt), at=at
        )
        desk.hand_over(
            acteur=acteur, what=first, to=bob, reason=RelaisReason.LONGER, words=next(word), at=at
        )
        desk.keep_brouillon(
            acteur=acteur,
            page=f"etape:{first.public_id}",
            fields={"text": next(word)},
            usager=usager,
            at=at,
        )
        for kind in Kind:
            note_of(alice, usager, kind, SEEDED[10], at=at)
        logged(
            acteur,
            usager,
            at=at,
            meaning=SEEDED[11],
            scan=CheckedFile(f"{SEEDED[11]}.png", "image/png", b"\x89PNG"),
        )
        written(acteur, usager, at=at, modele="libre", recipient=SEEDED[11])
        open_acces(acteur=acteur, usager=usager, service="caf", road=Road.CREATE, at=at)
        assert self.found() == set(SEEDED)

        erase_usager(acteur=SYSTEM_ACTEUR, usager=usager, at=at)

        assert self.found() == set()
        assert Etape.objects.count() == 0
        assert not any(str(usager.pk) == value for value in self.links(usager))

    @staticmethod
    def found() -> set[str]:
        """The seeded words that stand somewhere, fields read in clear."""
        dump = "\n".join(
            str(getattr(row, field.attname))
            for model in apps.get_models()
            for row in model._base_manager.all()
            for field in model._meta.concrete_fields
        ).lower()
        return {word for word in SEEDED if word.lower() in dump}

    @staticmethod
    def links(usager: Usager) -> list[str]:
        """What still points at the row left behind, in the rooms of the desk."""
        rooms = {"accompagnements", "echeances", "courriers", "notes", "acces"}
        return [
            str(value)
            for model in apps.get_models()
            if model._meta.app_label in rooms
            for field in model._meta.get_fields()
            if isinstance(field, models.ForeignKey) and field.related_model is Usager
            for value in model._base_manager.filter(**{field.name: usager}).values_list(
                field.name, flat=True
            )
        ]


@pytest.mark.django_db(transaction=True)
class TestAtTheSameInstant:
    """S-24, R-09: two browsers, two desks, one row."""

    @pytest.fixture
    def row(
        self, acteur: Acteur, rose: Usager, tmp_path: Path, at: datetime
    ) -> Iterator[DemarcheSuivie]:
        load_catalogue()
        with shared_database(tmp_path):
            yield desk.follow_demarche(
                acteur=acteur, wanted=of("ameli-carte-vitale"), usager=rose, at=at
            )

    def test_one_form_files_once_and_nothing_is_filed_once_closed(
        self, row: DemarcheSuivie, acteur: Acteur, at: datetime
    ) -> None:
        file = partial(
            desk.file_demarche,
            acteur=acteur,
            demarche_suivie=row,
            filing=filing(),
            at=at,
            key=uuid4(),
        )
        assert len({depot.pk for depot in at_once([file] * 4)}) == 1
        later = at + timedelta(hours=1)
        close = partial(
            desk.close_demarche,
            acteur=acteur,
            demarche_suivie=row,
            outcome=Outcome.GRANTED,
            at=later,
        )
        again = partial(file.func, **{**file.keywords, "key": uuid4(), "at": later})
        at_once([close, again, close])
        kinds = list(Etape.objects.order_by("pk").values_list("kind", flat=True))
        assert kinds.count(EtapeKind.CLOSED) == 1
        assert kinds[-1] == EtapeKind.CLOSED
        assert kinds.count(EtapeKind.FILED) == row.depots.count()

    def test_it_is_handed_and_taken_once_and_named_for_one_person(
        self, row: DemarcheSuivie, acteur: Acteur, bob: Affectation, rose: Usager, jean: Usager,
        as_acteur: ActeurOf, at: datetime,
    ) -> None:  # fmt: skip
        hand = partial(
            desk.hand_over, acteur=acteur, what=row, to=bob, reason=RelaisReason.LONGER, at=at
        )
        assert len({relais.pk for relais in at_once([hand] * 4)}) == 1
        relais = row.relais.get()
        take = partial(desk.take_relais, acteur=as_acteur(bob), relais=relais, at=at)
        at_once([take] * 4)
        assert Entry.objects.filter(event="accompagnements.relais_taken").count() == 1
        besoin = desk.open_besoin(acteur=acteur, words="Pour qui ?", at=at)
        nameless = desk.follow_demarche(
            acteur=acteur, wanted=of("caf-rsa-demande"), besoin=besoin, at=at
        )
        names: list[Callable[[], Any]] = [
            partial(
                desk.name_demarche, acteur=acteur, demarche_suivie=nameless, usager=rose, at=at
            ),
            partial(desk.name_besoin, acteur=acteur, besoin=besoin, usager=jean, at=at),
        ]
        at_once([*names, *names])
        besoin.refresh_from_db()
        nameless.refresh_from_db()
        assert besoin.usager is not None
        assert besoin.usager == nameless.usager


def test_a_simple_help_has_no_column_for_a_person() -> None:
    """P-02."""
    assert not {field.name for field in Aide._meta.get_fields()} & {
        "usager",
        "besoin",
        "words",
        "text",
    }
    assert AideKind.IMPRESSION in AideKind
