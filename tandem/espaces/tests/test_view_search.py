"""Finding a person: three letters, twenty results, never in an address."""

from datetime import datetime
from urllib.parse import quote

import pytest

from tandem.espaces.tests import people
from tandem.espaces.tests.people import ClientOf
from tandem.structures.models import Acteur, Affectation
from tandem.usagers import rules
from tandem.usagers.models import Usager

pytestmark = pytest.mark.django_db


class TestASearch:
    def test_finds_by_the_beginning_of_a_name_accents_ignored(
        self, client_of: ClientOf, alice: Affectation, rose: Usager, andrei: Usager
    ) -> None:
        html = client_of(alice).post("/personnes/", {"q": "léfè"}).content.decode()
        assert f"/personnes/{rose.public_id}/" in html
        assert "POPESCU" not in html

    @pytest.mark.parametrize("q", ["", "le", "2 5 5 0 3", "12345678901", "%%%", "a b"])
    def test_of_fewer_than_three_letters_is_refused_in_words(
        self, client_of: ClientOf, alice: Affectation, rose: Usager, q: str
    ) -> None:
        """S-51: no number finds anyone."""
        response = client_of(alice).post("/personnes/", {"q": q})
        assert response.status_code == 422
        assert "LEFEVRE" not in response.content.decode()

    def test_is_never_made_from_an_address(
        self, client_of: ClientOf, alice: Affectation, rose: Usager
    ) -> None:
        """S-51: a name typed in an address finds nobody, and no page makes such an address."""
        html = client_of(alice).get("/personnes/", {"q": "lefevre"}).content.decode()
        assert "LEFEVRE" not in html
        found = client_of(alice).post("/personnes/", {"q": "lefevre"}).content.decode()
        assert quote("lefevre") not in "".join(part[:200] for part in found.split('href="')[1:])

    def test_shows_nobody_of_another_structure(
        self, client_of: ClientOf, charlie: Affectation, rose: Usager
    ) -> None:
        """S-40."""
        html = client_of(charlie).post("/personnes/", {"q": "lefevre"}).content.decode()
        assert "LEFEVRE" not in html
        assert "Personne de ce nom dans votre structure" in html

    def test_shows_twenty_people_at_most(
        self, client_of: ClientOf, alice: Affectation, acteur: Acteur, at: datetime
    ) -> None:
        """S-51."""
        for rank in range(22):
            people.person(acteur, at=at, given=f"Prénom{'abcdefghijklmnopqrstuv'[rank]}")
        html = client_of(alice).post("/personnes/", {"q": "lefevre"}).content.decode()
        assert html.count('class="card person"') == 20
        assert "Précisez le nom" in html

    def test_is_counted(
        self,
        client_of: ClientOf,
        alice: Affectation,
        bob: Affectation,
        rose: Usager,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """S-51: rate-limited for one compte, not for their colleague."""
        monkeypatch.setattr(rules, "SEARCHES_A_MINUTE", 2)
        browser = client_of(alice)
        answers = [browser.post("/personnes/", {"q": "lef"}).status_code for _ in range(3)]
        assert answers == [200, 200, 429]
        assert client_of(bob).post("/personnes/", {"q": "lef"}).status_code == 200

    def test_by_another_page_counts_as_well(
        self, client_of: ClientOf, alice: Affectation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """S-51: one count for the compte, whichever page finds by name."""
        monkeypatch.setattr(rules, "SEARCHES_A_MINUTE", 2)
        browser = client_of(alice)
        pages = ["/personnes/", "/mandats/", "/personnes/", "/mandats/"]
        answers = [browser.post(page, {"q": "lef"}).status_code for page in pages]
        assert answers == [200, 200, 429, 429]

    def test_refused_says_when_to_come_back(
        self, client_of: ClientOf, alice: Affectation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rules, "SEARCHES_A_MINUTE", 0)
        response = client_of(alice).post("/personnes/", {"q": "lef"})
        assert response.headers["Retry-After"]
        assert "Attendez une minute" in response.content.decode()


class TestBesideAPerson:
    def test_two_names_are_one_too_many(
        self, client_of: ClientOf, alice: Affectation, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-28."""
        people.person(acteur, at=at, given="Paul")
        browser = client_of(alice)
        browser.post("/presence/", {"present": "1"})
        html = browser.post("/personnes/", {"q": "lefevre"}).content.decode()
        assert "LEFEVRE" not in html
        assert "Tapez aussi son prénom" in html

    def test_one_name_may_be_that_person(
        self, client_of: ClientOf, alice: Affectation, rose: Usager
    ) -> None:
        browser = client_of(alice)
        browser.post("/presence/", {"present": "1"})
        assert "LEFEVRE" in browser.post("/personnes/", {"q": "rose lef"}).content.decode()

    def test_another_than_the_one_present_is_not_shown(
        self, client_of: ClientOf, alice: Affectation, rose: Usager, andrei: Usager
    ) -> None:
        """P-28: once it is said who is present, nobody else appears."""
        browser = client_of(alice)
        browser.post("/presence/", {"present": "1", "usager": str(rose.public_id)})
        assert "POPESCU" not in browser.post("/personnes/", {"q": "popescu"}).content.decode()
        assert "LEFEVRE" in browser.post("/personnes/", {"q": "lefevre"}).content.decode()
