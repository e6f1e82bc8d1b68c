"""The pages of an account, as the aidante and the person see them together."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from tandem.acces.models import Acces
from tandem.journal.models import Entry
from tandem.referentiels.queries import account_services
from tandem.structures.models import Affectation
from tandem.usagers.models import Usager


class TestTheList:
    def test_begins_an_account_and_goes_to_its_steps(
        self, alice: Affectation, rose: Usager, client_of: Callable[..., Any]
    ) -> None:
        answer = client_of(alice).post(
            reverse("acces:index", args=[rose.public_id]), {"service": "caf", "road": "creer"}
        )
        row = Acces.objects.get()
        assert answer.headers["Location"] == reverse("acces:steps", args=[row.public_id])

    def test_says_what_is_missing(
        self, alice: Affectation, rose: Usager, client_of: Callable[..., Any]
    ) -> None:
        answer = client_of(alice).post(
            reverse("acces:index", args=[rose.public_id]), {"road": "creer"}
        )
        assert answer.status_code == 422
        assert not Acces.objects.exists()

    def test_is_a_reading_that_leaves_a_line(
        self, alice: Affectation, rose: Usager, client_of: Callable[..., Any]
    ) -> None:
        """P-11."""
        client_of(alice).get(reverse("acces:index", args=[rose.public_id]))
        assert Entry.objects.filter(event="usagers.read", about=rose.public_id).count() == 1


class TestTheSteps:
    @pytest.mark.parametrize("service", [service.key for service in account_services()])
    @pytest.mark.parametrize("road", ["creer", "recuperer"])
    def test_say_who_types_and_what_is_never_noted(
        self,
        alice: Affectation,
        rose: Usager,
        client_of: Callable[..., Any],
        service: str,
        road: str,
    ) -> None:
        """P-12."""
        browser = client_of(alice)
        browser.post(
            reverse("acces:index", args=[rose.public_id]), {"service": service, "road": road}
        )
        html = browser.get(
            reverse("acces:steps", args=[Acces.objects.get().public_id])
        ).content.decode()
        assert "On ne note jamais" in html
        assert 'type="password"' not in html
        assert html.count('type="checkbox"') == len(Acces.objects.get().steps)

    def test_are_found_again_where_one_stopped(
        self, alice: Affectation, acces: Acces, client_of: Callable[..., Any]
    ) -> None:
        browser, page = client_of(alice), reverse("acces:steps", args=[acces.public_id])
        browser.post(page, {"done": ["0"]})
        assert browser.get(page).content.decode().count(" checked") == 1

    def test_refuse_what_is_not_a_step(
        self, alice: Affectation, acces: Acces, client_of: Callable[..., Any]
    ) -> None:
        page = reverse("acces:steps", args=[acces.public_id])
        assert client_of(alice).post(page, {"done": ["99", "<b>"]}).status_code == 422


class TestTheEnd:
    def test_asks_where_and_who(
        self, alice: Affectation, acces: Acces, client_of: Callable[..., Any]
    ) -> None:
        browser, page = client_of(alice), reverse("acces:end", args=[acces.public_id])
        assert browser.post(page, {}).status_code == 422
        answer = browser.post(page, {"outcome": "done", "keyboard": "person"}, follow=True)
        assert "la personne, tout du long" in answer.content.decode()


class TestTheSlip:
    def test_carries_no_name(
        self, alice: Affectation, rose: Usager, acces: Acces, client_of: Callable[..., Any]
    ) -> None:
        """P-29: codes and identity never stand on the same sheet."""
        html = client_of(alice).get(reverse("acces:slip", args=[acces.public_id])).content.decode()
        assert "Mon identifiant" in html
        assert rose.family_name not in html
        assert rose.given_names.split()[0] not in html


class TestANewChannel:
    def test_needs_a_gesture(
        self, alice: Affectation, acces: Acces, client_of: Callable[..., Any]
    ) -> None:
        """S-08."""
        answer = client_of(alice).post(
            reverse("acces:new_channel", args=[acces.public_id]),
            {"kind": "email", "value": "rose.neuve@exemple.fr"},
        )
        assert answer.status_code == 422
        assert "rose.neuve@exemple.fr" in answer.content.decode()
        assert not acces.usager.channels.filter(holder="aidant").exists()
