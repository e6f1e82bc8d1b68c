"""A screen in the middle of a room: hidden in one key, given back by a gesture. P-28."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tandem.comptes.tests.factories import totp_code
from tandem.structures.models import Affectation, Structure
from tandem.structures.tests.factories import AffectationFactory
from tandem.usagers.models import Usager

BLANK, RESUME = "/ecran/masquer/", "/ecran/reprendre/"
HTML = "text/html,application/xhtml+xml"
PRESENT = "person_present_usager"


@pytest.fixture
def desk(alice: Affectation, client_of: Callable[..., Any], at: datetime) -> Any:
    with time_machine.travel(at, tick=False):
        yield client_of(alice)


def beside(desk: Client, usager: Usager | None = None) -> None:
    """Someone looks at the screen."""
    said = {"present": "1"} | ({} if usager is None else {"usager": str(usager.public_id)})
    desk.post(reverse("espaces:person_present"), said)


class TestTheCurtain:
    def test_hides_every_page_from_the_server(
        self, desk: Client, rose: Usager, alice: Affectation
    ) -> None:
        """P-28: a reload, another window, a form sent from there: nothing is shown nor done."""
        page = reverse("espaces:person", args=[rose.public_id])
        answer = desk.post(BLANK, {"next": page}, headers={"Accept": HTML})
        assert (answer.status_code, answer["Location"]) == (302, RESUME)

        for name in ("espaces:home", "espaces:search", "comptes:account", "espaces:public_home"):
            assert desk.get(reverse(name))["Location"] == RESUME
        assert desk.get(page)["Location"] == RESUME
        sent = desk.post(reverse("espaces:search"), {"q": "ros"})
        assert sent["Location"] == RESUME
        html = desk.get(RESUME).content.decode()
        for word in (rose.display_name, alice.compte.full_name, alice.structure.name):
            assert word not in html
        assert "<title>Tandem" in html

    def test_comes_back_with_a_gesture_to_the_same_page(
        self, desk: Client, rose: Usager, alice: Affectation, at: datetime
    ) -> None:
        page = reverse("espaces:person", args=[rose.public_id])
        beside(desk, rose)
        desk.post(BLANK, {"next": page})
        assert desk.post(RESUME, {}).status_code == 422
        wrong = desk.post(RESUME, {"geste_code": "000000"}, headers={"Accept": HTML})
        assert wrong.status_code == 422
        assert desk.get(page)["Location"] == RESUME

        right = {"geste_code": totp_code(alice.compte, at)}
        answer = desk.post(RESUME, right, headers={"Accept": HTML})

        assert answer["Location"] == page
        assert desk.get(page).status_code == 200
        # The person is still there.
        assert desk.session[PRESENT] == str(rose.public_id)

    def test_answers_the_page_that_asks_by_itself(
        self, desk: Client, alice: Affectation, at: datetime
    ) -> None:
        """What was being typed stays: the page under the curtain is not left."""
        json = {"Accept": "application/json"}
        assert desk.post(BLANK, {}, headers=json).status_code == 204
        assert desk.post(RESUME, {"geste_code": "000000"}, headers=json).status_code == 422
        right = {"geste_code": totp_code(alice.compte, at)}
        assert desk.post(RESUME, right, headers=json).status_code == 204
        assert desk.get(reverse("espaces:home")).status_code == 200

    def test_lets_one_log_out(self, desk: Client) -> None:
        desk.post(BLANK, {})
        assert desk.post(reverse("comptes:logout"))["Location"] != RESUME
        assert desk.get(reverse("espaces:home"))["Location"].startswith("/comptes/connexion/")

    def test_leads_home_when_the_address_is_strange(
        self, desk: Client, alice: Affectation, at: datetime
    ) -> None:
        desk.post(BLANK, {"next": "https://evil.example/"})
        right = {"geste_code": totp_code(alice.compte, at)}
        answer = desk.post(RESUME, right, headers={"Accept": HTML})
        assert answer["Location"] == reverse("espaces:home")

    def test_works_without_script(self, desk: Client) -> None:
        html = desk.get(reverse("espaces:home")).content.decode()
        assert f'action="{BLANK}" data-blank' in html


class TestSayingThatThePersonLeft:
    def test_asks_a_gesture(
        self, desk: Client, rose: Usager, alice: Affectation, at: datetime
    ) -> None:
        """P-28: the person beside the screen does not bring the other names back alone."""
        beside(desk, rose)
        asked = desk.post(reverse("espaces:person_present"), {"present": "0", "next": "/mandats/"})
        assert asked["Location"] == RESUME
        assert desk.session[PRESENT] == str(rose.public_id)
        assert "Vérifiez que personne ne regarde" in desk.get(RESUME).content.decode()
        assert desk.post(RESUME, {"geste_code": "000000"}).status_code == 422
        assert desk.session[PRESENT] == str(rose.public_id)

        right = {"geste_code": totp_code(alice.compte, at)}
        answer = desk.post(RESUME, right, headers={"Accept": HTML})

        assert answer["Location"] == "/mandats/"
        assert PRESENT not in desk.session

    def test_is_not_done_by_another_door(
        self, desk: Client, rose: Usager, alice: Affectation, mairie: Structure
    ) -> None:
        """Neither another structure nor an exercise brings names back."""
        other = AffectationFactory.create(compte=alice.compte, structure=mairie)
        desk.post(reverse("structures:switch"), {"affectation": str(alice.public_id)})
        beside(desk, rose)
        desk.post(reverse("structures:switch"), {"affectation": str(other.public_id)})
        assert desk.session[PRESENT] == "1"
        desk.post(reverse("entrainement:begin"))
        assert desk.session[PRESENT] == "1"
        desk.post(reverse("entrainement:leave"))
        assert desk.session[PRESENT] == "1"

    def test_leads_home_when_nobody_is_there(self, desk: Client) -> None:
        assert desk.get(RESUME)["Location"] == reverse("espaces:home")
