"""Pages open to everyone: no database needed but for the places."""

import re
from datetime import datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tandem.entrainement.actions import begin
from tandem.structures.models import Affectation, Structure
from tandem.structures.queries import acteur_from
from tandem.structures.tests.factories import StructureFactory

PAGES = ["/", "/aide/", "/accessibilite/", "/confidentialite/", "/mentions-legales/"]


def text_of(html: str) -> str:
    main = html.split("<main", 1)[1].split("</main>", maxsplit=1)[0]
    main = re.sub(r"</(?:t[dh]|li|p|h\d|summary|button|label|a|div)>", ". ", main)
    return re.sub(r"<svg.*?</svg>|<[^>]+>", " ", main.split(">", 1)[1], flags=re.DOTALL)


class TestAPublicPage:
    @pytest.mark.parametrize("path", PAGES)
    def test_opens_without_the_database(self, client: Client, path: str) -> None:
        """Without a session nothing is read: the page stands when the database does not."""
        response = client.get(path)
        assert response.status_code == 200
        assert response.content.decode().count("<h1") == 1

    @pytest.mark.parametrize("path", PAGES)
    def test_speaks_plainly(self, client: Client, path: str) -> None:
        """A-09: 15 words on average, 25 at most, in the words of the page."""
        text = text_of(client.get(path).content.decode())
        sentences = [s.split() for s in re.split(r"[.!?:]\s|\n\s*\n", text)]
        lengths = [len(words) for words in sentences if len(words) > 3]
        assert max(lengths) <= 25, max(sentences, key=len)
        assert sum(lengths) / len(lengths) <= 15

    @pytest.mark.parametrize("path", PAGES)
    def test_has_its_own_title(self, client: Client, path: str) -> None:
        """RGAA 8.6."""
        titles = {
            re.search(r"<title>(.*?)</title>", client.get(p).content.decode(), re.DOTALL).group(1)  # type: ignore[union-attr]  # found or the test fails
            for p in PAGES
        }
        assert len(titles) == len(PAGES)

    def test_home_says_what_for_whom_how_to_stop_and_where_to_go(self, client: Client) -> None:
        text = text_of(client.get("/").content.decode())
        assert "sans donner ses mots de passe" in text
        assert "Vous arrêtez le mandat quand vous voulez, sans dire pourquoi" in text
        assert "Où aller" in text

    def test_privacy_shows_the_whole_table(self, client: Client) -> None:
        """P-20, P-50."""
        from tandem.espaces.retention import retention_table

        html = client.get("/confidentialite/").content.decode()
        for kept in retention_table():
            assert kept.how_long in html

    def test_accessibility_says_non_conforme_until_an_audit(self, client: Client) -> None:
        """A-01: the statement, one click from every page."""
        html = client.get("/accessibilite/").content.decode()
        assert "non conforme" in html
        for missing in ("106 critères", "lecteur d’écran", "personnes concernées", "Firefox"):
            assert missing in html
        assert 'href="/accessibilite/"' in client.get("/aide/").content.decode()


@pytest.mark.django_db
class TestWhereToGo:
    def test_finds_a_place_by_city_or_postcode(
        self, client: Client, ccas: Structure, mairie: Structure
    ) -> None:
        Structure.objects.filter(pk=mairie.pk).update(city="Redon", postcode="35600")
        for place in ("Redon", "redon", "35600", "356"):
            html = client.get("/ou-aller/", {"lieu": place}).content.decode()
            assert "Mairie de Saint-Aubin" in html
            assert "CCAS de Valmont" not in html

    def test_shows_all_open_places_first(self, client: Client, ccas: Structure) -> None:
        StructureFactory.create(name="Mairie fermée", closed=True)
        html = client.get("/ou-aller/").content.decode()
        assert "CCAS de Valmont" in html
        assert "Mairie fermée" not in html

    def test_never_sends_anyone_to_an_exercise(
        self, client: Client, alice: Affectation, at: datetime
    ) -> None:
        """A-14: a sandbox stands where its structure stands, and is no place to go."""
        sandbox = begin(acteur=acteur_from(alice), at=at).structure
        city = alice.structure.city
        Structure.objects.filter(pk=sandbox.pk).update(name="Le bac à sable", city=city)
        for query in ({}, {"lieu": city}):
            html = client.get("/ou-aller/", query).content.decode()
            assert "CCAS de Valmont" in html
            assert "Le bac à sable" not in html

    def test_says_what_to_do_when_there_is_none(self, client: Client, ccas: Structure) -> None:
        html = client.get("/ou-aller/", {"lieu": "Brest"}).content.decode()
        assert "Essayez une ville voisine" in html

    def test_asks_the_same_queries_for_one_place_and_for_many(
        self, client: Client, ccas: Structure, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        """Law 12."""
        with django_assert_num_queries(2):
            client.get("/ou-aller/")
        StructureFactory.create_batch(30)
        with django_assert_num_queries(2):
            client.get("/ou-aller/")
