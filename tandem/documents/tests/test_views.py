"""The pages of documents: who opens them, what is journaled, what is kept."""

from datetime import datetime
from typing import Any

import pytest

from tandem.journal.models import Entry
from tandem.journal.queries import entries_about
from tandem.mandats.models import Confirmation, Mandat
from tandem.mandats.queries import code_words, kinds_of
from tandem.mandats.tests.factories import line_of, signed_mandat
from tandem.structures.models import Acteur
from tandem.ui.secret_words import PASSWORD
from tandem.usagers.models import Usager

pytestmark = pytest.mark.django_db


@pytest.fixture
def mandat(acteur: Acteur, rose: Usager, at: datetime) -> Mandat:
    return signed_mandat(acteur, rose, ["theme:argent"], at=at)


@pytest.fixture
def paper(mandat: Mandat) -> str:
    return f"/mandats/autorisations/{line_of(mandat).public_id}/papier-du-jour/"


class TestDocumentPage:
    def test_shows_every_document_of_the_mandat(
        self, mandat: Mandat, alice: Any, client_of: Any
    ) -> None:
        browser = client_of(alice)

        for kind, _label in kinds_of(mandat):
            response = browser.get(f"/mandats/{mandat.public_id}/documents/{kind}/")
            assert response.status_code == 200
            assert "data-read-aloud" in response.content.decode()
            assert "no-store" in response["Cache-Control"]

    def test_says_the_seal_and_the_address_in_letters(
        self, mandat: Mandat, alice: Any, client_of: Any
    ) -> None:
        html = (
            client_of(alice).get(f"/mandats/{mandat.public_id}/documents/mandat/").content.decode()
        )

        assert mandat.seal[:8] in html
        assert code_words(mandat.verification_code) in html
        assert 'lang="fr" dir="ltr"' in html

    def test_turns_to_the_right_in_arabic(self, mandat: Mandat, alice: Any, client_of: Any) -> None:
        address = f"/mandats/{mandat.public_id}/documents/explication-ar/"
        html = client_of(alice).get(address).content.decode()

        assert 'id="texte" lang="ar" dir="rtl"' in html
        assert 'data-read-aloud="texte"' in html

    def test_is_journaled_each_time(
        self, mandat: Mandat, rose: Usager, alice: Any, client_of: Any
    ) -> None:
        """P-11: as many lines as successful readings."""
        browser = client_of(alice)
        before = entries_about(rose.public_id).count()

        browser.get(f"/mandats/{mandat.public_id}/documents/mandat/")
        browser.get(f"/mandats/{mandat.public_id}/documents/mandat.pdf")
        browser.get(f"/mandats/{mandat.public_id}/documents/inconnu/")

        assert entries_about(rose.public_id).count() == before + 2

    @pytest.mark.parametrize("end", ["mandat/", "mandat.pdf"])
    def test_is_hidden_from_an_aidant_elsewhere(
        self, mandat: Mandat, rose: Usager, charlie: Any, client_of: Any, end: str
    ) -> None:
        """P-10, S-40: another structure sees nothing, and nothing is journaled."""
        before = entries_about(rose.public_id).count()

        response = client_of(charlie).get(f"/mandats/{mandat.public_id}/documents/{end}")

        assert response.status_code == 404
        assert entries_about(rose.public_id).count() == before

    @pytest.mark.parametrize("end", ["inconnu/", "inconnu.pdf", "explication-xx/", "recu/"])
    def test_does_not_exist_for_an_unknown_kind(
        self, mandat: Mandat, alice: Any, client_of: Any, end: str
    ) -> None:
        response = client_of(alice).get(f"/mandats/{mandat.public_id}/documents/{end}")
        assert response.status_code == 404


class TestDocumentPdf:
    def test_is_a_file_whose_name_says_nothing_of_anyone(
        self, mandat: Mandat, alice: Any, client_of: Any
    ) -> None:
        response = client_of(alice).get(f"/mandats/{mandat.public_id}/documents/mandat.pdf")

        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"] == 'inline; filename="mandat.pdf"'
        assert response.content.startswith(b"%PDF")
        assert "no-store" in response["Cache-Control"]

    def test_can_have_a_cover(self, mandat: Mandat, alice: Any, client_of: Any) -> None:
        """P-29."""
        browser, address = client_of(alice), f"/mandats/{mandat.public_id}/documents/mandat.pdf"

        assert browser.get(f"{address}?couverture=1").content != browser.get(address).content


class TestPaperOfDay:
    def test_offers_the_demarches_of_the_line(self, paper: str, alice: Any, client_of: Any) -> None:
        html = client_of(alice).get(paper).content.decode()

        assert "Déclarer ses revenus" in html
        assert "Autre démarche de ce thème" in html
        assert "Demander le RSA" not in html

    def test_is_printed_for_a_precise_act_and_records_its_reading_alone(
        self, paper: str, rose: Usager, alice: Any, client_of: Any
    ) -> None:
        """P-06, P-11: the paper names the act and the day; only the signature, noted apart, opens anything."""
        answer = {"act": "declaration-revenus", "detail": "déclarer les revenus de 2025"}
        before = entries_about(rose.public_id).count()
        browser = client_of(alice)

        page = browser.post(paper, answer)
        pdf = browser.post(paper, answer | {"pdf": "1"})

        assert "déclarer les revenus de 2025" in page.content.decode()
        assert "déclarer des revenus" in page.content.decode()
        assert pdf["Content-Type"] == "application/pdf"
        assert not Confirmation.objects.exists()
        assert entries_about(rose.public_id).count() == before + 2
        assert {entry.event for entry in entries_about(rose.public_id)[:2]} == {"usagers.read"}

    def test_lets_a_false_alarm_through_on_the_word_of_the_aidant_and_says_so(
        self, paper: str, rose: Usager, alice: Any, client_of: Any
    ) -> None:
        """P-12, S-23: refused, then asked, then journaled without a word of it."""
        answer: dict[str, Any] = {"act": "declaration-revenus", "detail": "mdp : Soleil1950"}
        browser = client_of(alice)
        refused = browser.post(paper, answer)
        assert refused.status_code == 422
        assert "not_a_secret" in refused.content.decode()
        assert not Entry.objects.filter(event="documents.paper_prepared").exists()

        page = browser.post(paper, answer | {"not_a_secret": [PASSWORD]})
        assert "mdp : Soleil1950" in page.content.decode().replace("\xa0", " ")
        entry = Entry.objects.get(event="documents.paper_prepared")
        assert entry.facts["secret_override"] == [PASSWORD]
        assert "Soleil" not in entry.facts_text

    @pytest.mark.parametrize(
        "answer",
        [
            {},
            {"act": "declaration-revenus"},
            {"act": "caf-rsa-demande", "detail": "x"},
            {"detail": "x"},
        ],
    )
    def test_wants_one_act_of_this_line_and_its_detail(
        self, paper: str, alice: Any, client_of: Any, answer: dict[str, str]
    ) -> None:
        assert client_of(alice).post(paper, answer).status_code == 422

    def test_is_hidden_from_an_aidant_elsewhere(
        self, paper: str, charlie: Any, client_of: Any
    ) -> None:
        """P-10."""
        assert client_of(charlie).get(paper).status_code == 404

    def test_of_one_demarche_offers_it_alone(
        self, acteur: Acteur, rose: Usager, alice: Any, client_of: Any, at: datetime
    ) -> None:
        mandat = signed_mandat(acteur, rose, ["demarche:aide-juridictionnelle"], at=at)
        address = f"/mandats/autorisations/{line_of(mandat).public_id}/papier-du-jour/"

        html = client_of(alice).get(address).content.decode()

        assert html.count('type="radio"') == 1
        assert "Demander l’aide juridictionnelle" in html
