"""Sheets of intake on paper: blank, or of one démarche."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from tandem.accompagnements.rules import FREQUENT
from tandem.accompagnements.sheets import sheet
from tandem.accompagnements.tests.conftest import RSA
from tandem.impression.rules import printable_data
from tandem.referentiels.models import Demarche
from tandem.structures.models import Acteur


class TestTheSheet:
    def test_blank_asks_what_the_notebook_asks(self, desk: Client) -> None:
        page = desk.get("/besoins/feuilles/vierge/").content.decode()
        for words in ("avec ses mots", "Prénom et nom", "Qui doit agir", "N’écrivez jamais ici"):
            assert words in page
        assert "CCAS de Valmont" in page

    def test_of_a_demarche_says_what_to_bring_and_what_will_be_asked(self, desk: Client) -> None:
        page = desk.get(f"/besoins/feuilles/{RSA}/").content.decode()
        demarche = Demarche.objects.get(slug=RSA)
        assert demarche.to_bring[0].capitalize()[:12] in page
        assert "Ce qui sera demandé" in page
        assert "tous les 3" in page

    @pytest.mark.parametrize("slug", FREQUENT)
    def test_each_frequent_one_has_something_to_bring(self, acteur: Acteur, slug: str) -> None:
        assert acteur.structure is not None
        demarche = Demarche.objects.get(slug=slug)
        made = sheet(acteur.structure, demarche, at=datetime(2026, 11, 2, tzinfo=UTC))
        assert [part.text for part in made.parts if part.kind == "item"]
        assert demarche.to_bring
        words = [part.text for part in made.parts]
        assert printable_data({"words": words}) == {"words": words}

    def test_is_a_pdf_too_and_names_nobody(self, desk: Client) -> None:
        """A-08; P-29: a sheet left at the printer says nothing of anyone."""
        for address in ("vierge/pdf/", f"{RSA}/pdf/"):
            answer = desk.get(f"/besoins/feuilles/{address}")
            assert answer["Content-Type"] == "application/pdf"
            assert answer.content.startswith(b"%PDF-")
        assert desk.get("/besoins/feuilles/nulle-part/").status_code == 404

    def test_the_index_shows_them_all(self, desk: Client) -> None:
        page = desk.get("/besoins/feuilles/").content.decode()
        assert page.count("/besoins/feuilles/") >= 100
