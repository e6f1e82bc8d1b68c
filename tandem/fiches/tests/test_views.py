"""The pages of practice sheets."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tandem.fiches.models import Change, Version
from tandem.fiches.tests.factories import change_of, version_of
from tandem.referentiels.models import Demarche
from tandem.structures.models import Affectation

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ClientOf = Callable[..., Client]
SLUG = "carte-identite-pre-demande"
PAGE = f"/fiches/{SLUG}/"


@pytest.fixture(autouse=True)
def _now() -> object:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def hers(alice: Affectation, client_of: ClientOf) -> Client:
    return client_of(alice)


def sent(**fields: str) -> dict[str, str]:
    return {
        "traps": "",
        "limits": "",
        "correspondents": "",
        "based_on": "0",
        "key": str(uuid4()),
        **fields,
    }


class TestTheList:
    def test_goes_by_theme_and_finds_by_words(self, hers: Client, alice: Affectation) -> None:
        version_of(alice, SLUG, "Prendre rendez-vous", at=NOW)
        change_of(alice, SLUG, "Le site change", at=NOW)
        html = hers.get("/fiches/", {"theme": "papiers"}).content.decode()
        assert "CCAS de Valmont" in html
        assert "Un changement est signalé" in html
        assert "Alice" not in html[html.index("<main") : html.index("</main>")]
        found = hers.post("/fiches/", {"q": "identité"}).content.decode()
        assert PAGE in found
        assert "/fiches/passeport-pre-demande/" not in found
        assert hers.post("/fiches/", {"q": ""}).status_code == 422

    def test_asks_the_same_number_of_queries_whatever_is_written(
        self, hers: Client, alice: Affectation
    ) -> None:
        """Law 12: for one sheet and for fifty."""
        counts = []
        slugs = list(Demarche.objects.order_by("slug").values_list("slug", flat=True)[:50])
        for batch in (slugs[:1], slugs[1:]):
            for slug in batch:
                version_of(alice, slug, "Piège", at=NOW)
                change_of(alice, slug, "Changé", at=NOW)
            with CaptureQueriesContext(connection) as ran:
                assert hers.get("/fiches/").status_code == 200
            counts.append(len(ran))
        assert counts[0] == counts[1] <= 10


class TestTheSheet:
    def test_shows_texts_structure_and_reports_and_nobodys_name(
        self, hers: Client, charlie: Affectation
    ) -> None:
        version_of(charlie, SLUG, "Attention à la colonne 2.", at=NOW)
        change_of(charlie, SLUG, "Nouveau formulaire.", at=NOW)
        for page in (PAGE, f"{PAGE}imprimer/"):
            html = hers.get(page).content.decode()
            main = html[html.index("<main") : html.index("</main>")]
            for words in (
                "Attention à la colonne 2.",
                "Nouveau formulaire.",
                "Mairie de Saint-Aubin",
            ):
                assert words in main
            assert "Charlie" not in main

    def test_of_an_unknown_demarche_is_not_found(self, hers: Client) -> None:
        for more in ("", "ecrire/", "versions/", "imprimer/", "signaler/"):
            assert hers.get(f"/fiches/inconnue/{more}").status_code == 404

    def test_shows_hostile_text_as_text(self, hers: Client, alice: Affectation) -> None:
        hostile = "<img src=x><script>alert(1)</script> {% load x %} \u202egnp"
        version_of(alice, SLUG, hostile, at=NOW)
        version_of(alice, SLUG, f"{hostile} bis", at=NOW)
        change_of(alice, SLUG, hostile, at=NOW)
        for more in ("", "versions/", "imprimer/", "ecrire/"):
            html = hers.get(PAGE + more).content.decode()
            assert "<img src=x" not in html, more
            assert "&lt;img " in html, more
            assert "\u202e" not in html, more

    def test_asks_few_queries_whatever_its_history(self, hers: Client, alice: Affectation) -> None:
        counts = []
        for batch in (range(1), range(1, 12)):
            for number in batch:
                at = NOW + timedelta(minutes=number)
                version_of(alice, SLUG, f"Piège {number}", at=at)
                change_of(alice, SLUG, f"Changé {number}", at=at + timedelta(seconds=1))
            ran = []
            for more in ("", "versions/"):
                with CaptureQueriesContext(connection) as queries:
                    assert hers.get(PAGE + more).status_code == 200
                ran.append(len(queries))
            counts.append(ran)
        assert counts[1][0] == counts[0][0] <= 9
        assert counts[1][1] == counts[0][1] <= 9


class TestWriting:
    def test_begins_from_what_stands_and_publishes(self, hers: Client, alice: Affectation) -> None:
        version_of(alice, SLUG, "Avant", at=NOW)
        assert "Avant</textarea>" in hers.get(f"{PAGE}ecrire/").content.decode()
        response = hers.post(f"{PAGE}ecrire/", sent(traps="Après", based_on="1"))
        assert (response.status_code, response["Location"]) == (302, PAGE)
        assert Version.objects.get(number=2).traps == "Après"

    def test_of_a_secret_or_of_a_private_contact_is_refused(self, hers: Client) -> None:
        """P-12: in what everybody reads too; the text is kept (A-10)."""
        for fields, words in (
            ({"traps": "code secret 4271"}, "un code secret"),
            ({"correspondents": "Paul 06 12 34 56 78"}, "standard du service"),
            ({"correspondents": "paul@gmail.com"}, "celle du service"),
            ({}, "au moins un piège"),
        ):
            response = hers.post(f"{PAGE}ecrire/", sent(**fields))
            assert response.status_code == 422
            assert words in response.content.decode()
        assert not Version.objects.exists()

    def test_meanwhile_keeps_what_was_typed_and_shows_the_other_version(
        self, hers: Client, charlie: Affectation
    ) -> None:
        version_of(charlie, SLUG, "De Charlie", at=NOW)
        response = hers.post(f"{PAGE}ecrire/", sent(traps="De Alice"))
        html = response.content.decode()
        assert response.status_code == 422
        assert "De Alice</textarea>" in html
        assert "De Charlie" in html
        assert "pendant que vous écriviez" in html

    def test_a_report_shows_at_once(self, hers: Client) -> None:
        assert hers.post(f"{PAGE}signaler/", {"words": "", "key": str(uuid4())}).status_code == 422
        hers.post(f"{PAGE}signaler/", {"words": "L’adresse change.", "key": str(uuid4())})
        assert Change.objects.get().words == "L’adresse change."
        assert "L’adresse change." in hers.get(PAGE).content.decode()

    def test_thanks_are_said_once(self, hers: Client, alice: Affectation) -> None:
        version_of(alice, SLUG, "Utile", at=NOW)
        for _ in range(2):
            assert hers.post(f"{PAGE}merci/").status_code == 302
        html = hers.get(PAGE).content.decode()
        assert "1 aidant l’a trouvée utile" in html.replace("\N{NO-BREAK SPACE}", " ")
        assert "Vous avez dit merci." in html


class TestModeration:
    def test_is_offered_to_the_referent_of_the_structure_only(
        self, hers: Client, alice: Affectation, bea: Affectation, client_of: ClientOf
    ) -> None:
        version = version_of(alice, SLUG, "À nous", at=NOW)
        link = f"/fiches/textes/{version.public_id}/masquer/"
        assert link not in hers.get(PAGE).content.decode()
        chief = client_of(bea)
        assert link in chief.get(PAGE).content.decode()
        assert chief.post(link, {}).status_code == 422
        assert chief.post(link, {"reason": "wrong"}).status_code == 302
        assert "À nous" not in hers.get(PAGE).content.decode()

    def test_lets_the_operator_hide_any_text(
        self, alice: Affectation, oscar: object, client_of: ClientOf
    ) -> None:
        version = version_of(alice, SLUG, "N’importe quoi", at=NOW)
        browser = client_of(oscar)
        link = f"/fiches/moderation/{version.public_id}/masquer/"
        assert link in browser.get("/fiches/moderation/").content.decode()
        assert browser.post(link, {"reason": "hostile"}).status_code == 302
        assert link not in browser.get("/fiches/moderation/").content.decode()
        assert "N’importe quoi" not in client_of(alice).get(PAGE).content.decode()

    def test_lets_the_operator_show_it_again_from_a_link_on_every_page(
        self, alice: Affectation, oscar: object, client_of: ClientOf
    ) -> None:
        version = version_of(alice, SLUG, "N’importe quoi", at=NOW)
        browser = client_of(oscar)
        browser.post(f"/fiches/moderation/{version.public_id}/masquer/", {"reason": "hostile"})
        html = browser.get("/fiches/moderation/").content.decode()
        link = f"/fiches/moderation/{version.public_id}/montrer/"
        assert f'action="{link}"' in html
        assert '<a href="/fiches/moderation/">Relire les fiches</a>' in html
        assert browser.post(link).status_code == 302
        html = browser.get("/fiches/moderation/").content.decode()
        assert "N’importe quoi" in html
        assert "Textes masqués" not in html

    def test_lets_a_referent_show_again_what_they_hid(
        self, alice: Affectation, bea: Affectation, client_of: ClientOf
    ) -> None:
        version = version_of(alice, SLUG, "Trop vite", at=NOW)
        browser = client_of(bea)
        browser.post(f"/fiches/textes/{version.public_id}/masquer/", {"reason": "wrong"})
        assert "/fiches/textes/masques/" in browser.get("/fiches/").content.decode()
        assert "Trop vite" in browser.get("/fiches/textes/masques/").content.decode()
        browser.post(f"/fiches/textes/{version.public_id}/montrer/")
        assert "Trop vite" in browser.get(PAGE).content.decode()
        assert "Aucun texte" in browser.get("/fiches/textes/masques/").content.decode()
        assert "/fiches/moderation/" not in browser.get("/fiches/").content.decode()
