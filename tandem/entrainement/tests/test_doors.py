"""What an exercise opens, and what it leaves closed. A-14."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tandem.comptes.models import Compte
from tandem.entrainement.rules import CLOSED, PRACTISED, TRUE, may_practise
from tandem.envois.models import Message
from tandem.mandats.actions import NotAllowed
from tandem.oidc_client.models import Attempt
from tandem.signature.actions import begin_identification, identify_fictitious
from tandem.signature.tests.factories import complete_answers, ready_draft
from tandem.structures.models import Acteur, Affectation, Structure
from tandem.structures.queries import acteur_from
from tandem.structures.rules import SESSION_AFFECTATION
from tandem.usagers.models import Usager

HOME = "/entrainement/"


class TestTheWayInAndOut:
    def test_is_one_tap_each(
        self, clock: Any, alice: Affectation, rose: Usager, client_of: Callable[..., Any]
    ) -> None:
        """A-14: clearly marked, one tap to leave, one to start over."""
        browser = client_of(alice)
        assert "data-practice" not in browser.get(HOME).content.decode()
        browser.post(reverse("entrainement:begin"))
        html = browser.get(HOME).content.decode()

        assert 'data-practice="EXEMPLE — SANS VALEUR"' in html
        assert "Structure d’entraînement" in html
        assert reverse("entrainement:leave") in html
        assert reverse("entrainement:start_over") in html
        assert browser.get(reverse("espaces:person", args=[rose.public_id])).status_code == 404

        browser.post(reverse("entrainement:leave"))
        assert "data-practice" not in browser.get(HOME).content.decode()
        assert browser.get(reverse("espaces:person", args=[rose.public_id])).status_code == 200

    def test_leads_back_to_the_structure_one_came_from(
        self, clock: Any, alice: Affectation, mairie: Structure, client_of: Callable[..., Any]
    ) -> None:
        from tandem.structures.tests.factories import AffectationFactory

        other = AffectationFactory.create(compte=alice.compte, structure=mairie)
        browser = client_of(alice)
        session = browser.session
        session[SESSION_AFFECTATION] = str(other.public_id)
        session.save()
        browser.post(reverse("entrainement:begin"))
        browser.post(reverse("entrainement:begin"))
        browser.post(reverse("entrainement:leave"))

        assert browser.session[SESSION_AFFECTATION] == str(other.public_id)

    def test_is_not_for_whoever_works_nowhere(
        self, clock: Any, oscar: Compte, client_of: Callable[..., Any]
    ) -> None:
        assert client_of(oscar).post(reverse("entrainement:begin")).status_code == 403
        assert not Structure.objects.exists()

    def test_stands_on_the_page_of_the_compte(
        self, clock: Any, alice: Affectation, client_of: Callable[..., Any]
    ) -> None:
        html = client_of(alice).get(reverse("comptes:account")).content.decode()
        assert f'href="{HOME}"' in html


class TestTheExercisesOfConnexion:
    def test_do_not_exist_outside(
        self, clock: Any, alice: Affectation, client_of: Callable[..., Any]
    ) -> None:
        assert client_of(alice).get(reverse("entrainement:use")).status_code == 404
        assert client_of(alice).post(reverse("entrainement:start_over")).status_code == 409


class TestTheRoomsOfAnExercise:
    @pytest.mark.parametrize("room", ["fiches", "structures", "pilotage", "a room of tomorrow", ""])
    def test_are_closed_to_acts_until_shown_harmless(self, room: str) -> None:
        assert not may_practise(room, writes=True)
        assert may_practise(room, writes=False)

    def test_never_hold_what_speaks_to_the_outside(self) -> None:
        assert not may_practise("oidc_provider", writes=False)
        assert not may_practise("oidc_provider", writes=True)
        assert not CLOSED & (PRACTISED | TRUE)
        assert {"entraide", "fiches", "pilotage", "structures", "preuves"}.isdisjoint(PRACTISED)

    def test_say_so_instead_of_acting(self, desk: Client, alice: Affectation) -> None:
        """The team is true: nobody is invited from a sandbox. Connexions are closed, were it only to look."""
        switch = desk.post(reverse("structures:switch"), {"affectation": str(alice.public_id)})
        shown = desk.get(reverse("oidc_provider:usager", args=[uuid4()]))

        for answer in (switch, shown):
            assert answer.status_code == 409
            assert "ne s’ouvre pas en entraînement" in answer.content.decode()
        assert not Message.objects.exists()


class TestFranceConnect:
    def test_is_never_asked_anything(
        self, practising: Acteur, alice: Affectation, at: datetime
    ) -> None:
        """A-14: the real FranceConnect hears of no exercise, whoever calls the action."""
        draft = ready_draft(practising, at=at, answers=complete_answers(identity={}))
        asked: dict[str, Any] = {
            "draft": draft, "binding": "b", "redirect_uri": "https://tandem.example/r",
            "post_logout_uri": "https://tandem.example/d", "at": at,
        }  # fmt: skip

        with pytest.raises(NotAllowed, match="jamais"):
            begin_identification(acteur=practising, **asked)
        assert not Attempt.objects.exists()

    def test_alone_identifies_a_true_person(self, alice: Affectation, at: datetime) -> None:
        mine = acteur_from(alice)
        draft = ready_draft(mine, at=at, answers=complete_answers(identity={}))

        with pytest.raises(NotAllowed, match="FranceConnect"):
            identify_fictitious(acteur=mine, draft=draft, who="rose", at=at)
