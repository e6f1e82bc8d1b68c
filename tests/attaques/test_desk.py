"""The desk attacked across its rooms: what belongs to another person, to a colleague alone, or to nobody any more."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tandem.accompagnements import actions as desk
from tandem.accompagnements.actions import Wanted
from tandem.accompagnements.models import Aide, Besoin, DemarcheSuivie
from tandem.accompagnements.queries import besoins_visible_to
from tandem.accompagnements.rules import (
    AideKind,
    EtapeKind,
    Next,
    NextMove,
    RelaisReason,
    Step,
)
from tandem.accompagnements.tests.factories import filing, followed_for
from tandem.courriers.models import Courrier, Lettre
from tandem.echeances.actions import add_echeance
from tandem.echeances.models import Echeance
from tandem.echeances.rules import EcheanceKind, Noted
from tandem.entraide.actions import answer_appel, call_colleague
from tandem.fiches.models import Change
from tandem.journal.models import Entry
from tandem.notes.models import Note
from tandem.notes.rules import Kind
from tandem.notes.tests.factories import note_of
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


def test_a_simple_help_has_no_column_for_a_person() -> None:
    """P-02."""
    assert not {field.name for field in Aide._meta.get_fields()} & {
        "usager",
        "besoin",
        "words",
        "text",
    }
    assert AideKind.IMPRESSION in AideKind
