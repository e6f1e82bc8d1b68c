"""The pages of notes."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tandem.journal.models import Entry
from tandem.notes.models import Note
from tandem.notes.rules import Kind
from tandem.notes.tests.factories import note_of
from tandem.structures.models import Affectation
from tandem.usagers.models import Usager

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ClientOf = Callable[..., Client]


@pytest.fixture(autouse=True)
def _now() -> object:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def hers(alice: Affectation, client_of: ClientOf) -> Client:
    return client_of(alice)


def url(rose: Usager, more: str = "") -> str:
    return f"/notes/{rose.public_id}/{more}"


def form(text: str, **more: str) -> dict[str, str]:
    return {"text": text, "kind": "fact", "key": str(uuid4()), **more}


class TestWriting:
    def test_reminds_to_be_objective_before_the_field(self, hers: Client, rose: Usager) -> None:
        """P-15."""
        html = hers.get(url(rose, "ecrire/")).content.decode()
        assert "Des faits, pas de jugement" in html
        assert "La personne peut demander à lire" in html

    def test_keeps_the_note_and_goes_back_to_the_list(self, hers: Client, rose: Usager) -> None:
        response = hers.post(url(rose, "ecrire/"), form("Rose vient jeudi."))
        assert (response.status_code, response["Location"]) == (302, url(rose))
        assert "Rose vient jeudi." in hers.get(url(rose)).content.decode()

    def test_of_a_password_is_refused_with_what_was_typed(self, hers: Client, rose: Usager) -> None:
        """P-12, S-23, A-10."""
        response = hers.post(url(rose, "ecrire/"), form("mdp : Soleil1950"))
        html = response.content.decode()
        assert response.status_code == 422
        assert "un mot de passe" in html
        assert "mdp : Soleil1950</textarea>" in html
        assert not Note.objects.exists()

    def test_goes_through_once_said_to_be_no_secret_and_the_journal_knows(
        self, hers: Client, rose: Usager
    ) -> None:
        """P-12."""
        sent = form("mdp : Soleil1950", not_a_secret="password")
        assert hers.post(url(rose, "ecrire/"), sent).status_code == 302
        assert Entry.objects.get(event="notes.written").facts == {"secret_override": ["password"]}

    def test_of_health_asks_for_a_reason_then_keeps_it(self, hers: Client, rose: Usager) -> None:
        """P-15: seeded sensitive words trigger the reason."""
        address = url(rose, "ecrire/")
        response = hers.post(address, form("Elle sort de l’hôpital."))
        assert response.status_code == 422
        assert "sujet protégé (la santé ou un handicap)" in response.content.decode()
        response = hers.post(address, form("Elle sort de l’hôpital.", category="health"))
        assert response.status_code == 422
        assert "Dites pourquoi c’est nécessaire" in response.content.decode()
        sent = form("Elle sort de l’hôpital.", category="health", reason="right")
        assert hers.post(address, sent).status_code == 302
        note = Note.objects.get()
        assert (note.category, note.reason) == ("health", "right")

    def test_asks_everything_at_once(self, hers: Client, rose: Usager) -> None:
        """A-10: a secret and a protected subject are told together."""
        response = hers.post(url(rose, "ecrire/"), form("Hôpital. mdp : Soleil1950"))
        html = response.content.decode()
        assert "un mot de passe" in html
        assert "sujet protégé (la santé ou un handicap)" in html

    def test_lets_a_false_alarm_through_only_once_it_rang(self, hers: Client, rose: Usager) -> None:
        address = url(rose, "ecrire/")
        quiet = hers.post(address, form("Rose vient jeudi.", category="none"))
        assert quiet.status_code == 422
        sent = form("RDV au parking de l’hôpital", category="none")
        assert hers.post(address, sent).status_code == 302
        assert Note.objects.get().category == ""


class TestTheList:
    def test_shows_each_their_own_part(
        self, hers: Client, bob: Affectation, bea: Affectation, alice: Affectation, rose: Usager, client_of: ClientOf
    ) -> None:  # fmt: skip
        """P-16: in the pages too."""
        for kind in Kind:
            note_of(alice, rose, kind, f"Texte {kind.value}", at=NOW)
        assert all(f"Texte {kind.value}" in hers.get(url(rose)).content.decode() for kind in Kind)
        for colleague in (bob, bea):
            for page in ("", "lire/"):
                html = client_of(colleague).get(url(rose, page)).content.decode()
                assert "Texte fact" in html
                assert "Texte working" not in html
                assert "Texte secret" not in html

    def test_is_one_line_of_the_journal_each_time(self, hers: Client, rose: Usager) -> None:
        """P-11."""
        for _ in range(3):
            hers.get(url(rose))
        assert Entry.objects.filter(event="notes.read", about=rose.public_id).count() == 3

    def test_asks_the_same_number_of_queries_for_one_note_and_for_fifty(
        self, hers: Client, alice: Affectation, rose: Usager
    ) -> None:
        """Law 12."""
        counts = []
        for more in (1, 49):
            for number in range(more):
                note_of(alice, rose, text=f"Note {number}", at=NOW)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert hers.get(url(rose)).status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 16

    def test_shows_hostile_text_as_text(
        self, hers: Client, alice: Affectation, rose: Usager
    ) -> None:
        note_of(alice, rose, text="<script>alert(1)</script> {{ 7|add:7 }}", at=NOW)
        for page in ("", "lire/"):
            html = hers.get(url(rose, page)).content.decode()
            assert "<script>alert(1)" not in html
            assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7|add:7 }}" in html


class TestTheSheetForThePerson:
    def test_holds_everything_its_aidant_reads_and_says_the_rights(
        self, hers: Client, alice: Affectation, bob: Affectation, rose: Usager
    ) -> None:
        """P-15, P-16: a secret is read to the person by whoever wrote it."""
        for kind in Kind:
            note_of(alice, rose, kind, f"Texte {kind.value}", at=NOW)
        note_of(bob, rose, Kind.WORKING, "Brouillon de Bob", at=NOW)
        note_of(bob, rose, Kind.SECRET, "Secret de Bob", at=NOW)
        html = hers.get(url(rose, "lire/")).content.decode()
        assert all(f"Texte {kind.value}" in html for kind in Kind)
        assert "Demandez à les lire à\N{NO-BREAK SPACE}: Bob Exemple" in html
        assert "Brouillon de Bob" not in html
        assert "Secret de Bob" not in html
        assert "nous corrigeons ou nous retirons la note" in html

    def test_is_journaled_as_shown(self, hers: Client, rose: Usager) -> None:
        """P-11."""
        hers.get(url(rose, "lire/"))
        assert Entry.objects.filter(event="notes.shown", about=rose.public_id).count() == 1

    def test_shows_no_identifier(self, hers: Client, alice: Affectation, rose: Usager) -> None:
        """P-30."""
        note = note_of(alice, rose, at=NOW)
        html = hers.get(url(rose, "lire/")).content.decode()
        main = html[html.index("<main") :]
        assert str(note.public_id) not in main
        assert str(rose.public_id) not in main


class TestAnotherPersonBesideTheScreen:
    def test_keeps_every_page_of_notes_closed(self, hers: Client, rose: Usager) -> None:
        """P-28."""
        session = hers.session
        session["person_present_usager"] = str(uuid4())
        session.save()
        for page in ("", "ecrire/", "lire/"):
            assert hers.get(url(rose, page)).status_code == 409, page


class TestCorrectingAndWithdrawing:
    def test_show_the_former_text_then_nothing(
        self, hers: Client, alice: Affectation, rose: Usager
    ) -> None:
        note = note_of(alice, rose, text="Rose vient jeudi.", at=NOW)
        address = url(rose, f"{note.public_id}/corriger/")
        assert hers.post(address, {"text": "Rose vient jeudi."}).status_code == 422
        assert hers.post(address, {"text": "Rose vient vendredi."}).status_code == 302
        assert "<details open>" in hers.get(url(rose, "lire/")).content.decode()
        html = hers.get(url(rose)).content.decode()
        assert "Ce que la note disait avant" in html
        assert "jeudi" in html
        address = url(rose, f"{note.public_id}/retirer/")
        assert "effacés tout de suite" in hers.get(address).content.decode()
        assert Note.objects.exists()
        assert hers.post(address).status_code == 302
        assert not Note.objects.exists()


class TestTheGuidedPage:
    def test_says_whom_to_call_and_sends_nothing(self, hers: Client) -> None:
        """P-16: exceptions open a guided page, never automatic."""
        html = hers.get("/notes/danger/").content.decode()
        main = html[html.index("<main") : html.index("</main>")]
        for words in ("119", "3919", "3977", "112", "226-14", "Tandem n’envoie rien"):
            assert words in main
        assert "<form" not in main
