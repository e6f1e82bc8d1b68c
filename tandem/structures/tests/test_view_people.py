import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tandem.comptes.models import Compte
from tandem.structures.models import Affectation, Structure
from tandem.structures.tests.cast import ClientOf
from tandem.structures.tests.factories import AffectationFactory

pytestmark = [
    pytest.mark.django_db, pytest.mark.usefixtures("catalogue"), pytest.mark.urls("tandem.structures.tests.urls"),
]  # fmt: skip

LIST = "/structures/personnes/"


def page_of(who: Affectation, more: str = "") -> str:
    return f"{LIST}{who.public_id}/{more}"


class TestTheWayThere:
    @pytest.fixture
    def menu(self, client_of: ClientOf) -> Callable[[Affectation], str]:
        """The navigation that someone sees at the head of their pages."""

        def of(who: Affectation) -> str:
            html = client_of(who).get("/structures/charte/").content.decode()
            return html.split("<header", 1)[1].split("</header>", 1)[0]

        return of

    def test_is_in_the_menu_of_a_referent_and_of_nobody_else(
        self, alice: Affectation, bea: Affectation, menu: Callable[[Affectation], str]
    ) -> None:
        assert f'href="{LIST}"' in menu(bea)
        assert menu(bea).count("<li>") <= 5
        assert LIST not in menu(alice)

    def test_is_not_there_before_the_charte(
        self, ccas: Structure, menu: Callable[[Affectation], str]
    ) -> None:
        """P-04: no link to a page that stays closed."""
        new = AffectationFactory.create(structure=ccas, referent=True, charte=False)
        assert LIST not in menu(new)

    def test_leads_from_page_to_page(
        self, alice: Affectation, bea: Affectation, client_of: ClientOf
    ) -> None:
        browser, seen, waiting = client_of(bea), set[str](), [LIST]
        while waiting:
            url = waiting.pop()
            seen.add(url)
            response = browser.get(url)
            assert response.status_code == 200, url
            main = response.content.decode().split("<main", 1)[1]
            found = set(re.findall(r'href="(/structures/[^"?#]*)"', main))
            waiting += found - seen - set(waiting)

        assert {LIST, f"{LIST}inviter/", "/structures/themes/", page_of(alice)} <= seen
        assert {page_of(alice, "themes/"), page_of(alice, "arreter/")} <= seen


class TestTheList:
    def test_shows_the_people_of_the_structure_and_no_other(
        self, alice: Affectation, bea: Affectation, charlie: Affectation, client_of: ClientOf
    ) -> None:
        html = client_of(bea).get(LIST).content.decode()

        assert alice.compte.full_name in html
        assert charlie.compte.full_name not in html

    def test_says_what_each_may_do(
        self, ccas: Structure, bea: Affectation, client_of: ClientOf
    ) -> None:
        AffectationFactory.create(structure=ccas, not_habilite=True)
        AffectationFactory.create(structure=ccas, charte=False)
        AffectationFactory.create(structure=ccas, ended=True)

        html = client_of(bea).get(LIST).content.decode()

        for words in (
            "Pas encore habilité",
            "Charte à accepter",
            "Ne travaille plus ici",
            "Peut agir",
        ):
            assert words in html

    def test_costs_the_same_for_one_and_for_fifty(
        self, ccas: Structure, bea: Affectation, client_of: ClientOf
    ) -> None:
        """Law 12."""
        browser = client_of(bea)

        def count() -> int:
            with CaptureQueriesContext(connection) as seen:
                browser.get(LIST)
            return len(seen)

        count()
        for_one = count()
        AffectationFactory.create_batch(50, structure=ccas)

        assert count() == for_one
        assert "Page 1 sur 3" in browser.get(LIST).content.decode()
        assert "Page 3 sur 3" in browser.get(f"{LIST}?page=3").content.decode()

    def test_is_for_referents(
        self, alice: Affectation, client: Client, client_of: ClientOf
    ) -> None:
        assert client_of(alice).get(LIST).status_code == 403
        assert client.get(LIST).status_code == 302


class TestThePersonsPage:
    def test_shows_themes_and_leads_to_the_end(
        self, alice: Affectation, bea: Affectation, client_of: ClientOf
    ) -> None:
        browser = client_of(bea)

        html = browser.get(page_of(alice)).content.decode()

        assert alice.compte.email in html
        assert "/arreter/" in html
        assert "/arreter/" not in browser.get(page_of(bea)).content.decode()

    @pytest.mark.parametrize("page", ["", "themes/", "arreter/"])
    def test_of_another_structure_does_not_exist(
        self, page: str, bea: Affectation, charlie: Affectation, client_of: ClientOf
    ) -> None:
        browser = client_of(bea)

        assert browser.get(page_of(charlie, page)).status_code == 404
        assert browser.get(f"{LIST}{uuid4()}/{page}").status_code == 404
        assert browser.post(page_of(charlie, page), {"confirmed": "on"}).status_code in {404, 405}
        assert Affectation.objects.get(pk=charlie.pk).is_live

    @pytest.mark.parametrize("page", ["", "themes/", "arreter/"])
    def test_is_for_referents(
        self, page: str, alice: Affectation, bob: Affectation, client_of: ClientOf
    ) -> None:
        assert client_of(alice).get(page_of(bob, page)).status_code == 403


class TestEnding:
    def test_asks_twice_then_takes_effect(
        self, alice: Affectation, bea: Affectation, client_of: ClientOf
    ) -> None:
        """P-39, A-11."""
        browser, hers = client_of(bea), client_of(alice)

        assert browser.post(page_of(alice, "arreter/"), {}).status_code == 422
        assert hers.get("/aidant/").status_code == 200
        assert browser.post(page_of(alice, "arreter/"), {"confirmed": "on"}).status_code == 302
        assert hers.get("/aidant/").status_code == 403

    def test_twice_is_refused_in_words(
        self, alice: Affectation, bea: Affectation, client_of: ClientOf
    ) -> None:
        browser, where = client_of(bea), page_of(alice, "arreter/")
        browser.post(where, {"confirmed": "on"})

        response = browser.post(where, {"confirmed": "on"})

        assert response.status_code == 409
        assert "déjà arrêtée" in response.content.decode()


class TestThemes:
    def test_of_one_person_are_restricted(
        self, alice: Affectation, bea: Affectation, client_of: ClientOf
    ) -> None:
        browser = client_of(bea)
        assert browser.get(page_of(alice, "themes/")).content.decode().count("checked") == 10

        browser.post(page_of(alice, "themes/"), {"themes": ["social"]})

        assert Affectation.objects.get(pk=alice.pk).allowed_themes == ["social"]
        assert browser.get(page_of(alice, "themes/")).content.decode().count("checked") == 1

    def test_of_the_structure_are_restricted(
        self, ccas: Structure, bea: Affectation, client_of: ClientOf
    ) -> None:
        browser = client_of(bea)
        assert browser.get("/structures/themes/").status_code == 200

        browser.post("/structures/themes/", {"themes": ["social", "papiers"]})

        ccas.refresh_from_db()
        assert ccas.allowed_themes == ["papiers", "social"]

    @pytest.mark.parametrize("themes", [[], ["astrologie"]])
    def test_unknown_or_none_are_refused_beside_the_field(
        self, themes: list[str], ccas: Structure, bea: Affectation, client_of: ClientOf
    ) -> None:
        assert client_of(bea).post("/structures/themes/", {"themes": themes}).status_code == 422

    def test_with_nothing_in_common_are_said(
        self, ccas: Structure, alice: Affectation, bea: Affectation, client_of: ClientOf
    ) -> None:
        Structure.objects.filter(pk=ccas.pk).update(allowed_themes=["papiers"])
        Affectation.objects.filter(pk=alice.pk).update(allowed_themes=["social"])

        assert "rien en commun" in client_of(bea).get(page_of(alice)).content.decode()


class TestInviting:
    DANA = {
        "given_name": "Dana",
        "family_name": "Nouvelle",
        "email": "dana@aide.example",
        "role": "aidant",
    }

    def test_adds_someone_who_cannot_act_yet(
        self, ccas: Structure, bea: Affectation, client_of: ClientOf
    ) -> None:
        browser = client_of(bea)
        assert browser.get(f"{LIST}inviter/").status_code == 200

        response = browser.post(f"{LIST}inviter/", self.DANA)

        assert response.status_code == 302
        assert Affectation.objects.get(compte__email="dana@aide.example").habilite_at is None

    def test_says_beside_the_form_why_it_cannot(
        self, alice: Affectation, bea: Affectation, client_of: ClientOf
    ) -> None:
        response = client_of(bea).post(
            f"{LIST}inviter/", {**self.DANA, "email": alice.compte.email}
        )

        assert response.status_code == 422
        assert "travaille déjà" in response.content.decode()

    def test_is_for_referents(self, alice: Affectation, client_of: ClientOf) -> None:
        assert client_of(alice).post(f"{LIST}inviter/", self.DANA).status_code == 403
        assert not Compte.objects.filter(email="dana@aide.example").exists()
