import logging
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from tandem.comptes.tests.factories import CompteFactory
from tandem.structures.models import Affectation, CharteAcceptance, Structure
from tandem.structures.tests.cast import ClientOf
from tandem.structures.tests.factories import AffectationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tandem.structures.tests.urls")]

DOORS = ["ouvert", "compte", "aidant", "referent", "operateur", "protocole"]


class TestAViewWithoutDeclaredAccess:
    """Law 4: closed by default, in every mode."""

    @pytest.mark.parametrize("mode", ["test", "demo", "production"])
    def test_is_refused_to_everyone(
        self,
        mode: str,
        client: Client,
        bea: Affectation,
        client_of: ClientOf,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        with (
            override_settings(TANDEM_MODE=mode),
            caplog.at_level(logging.ERROR, "tandem.structures"),
        ):
            for browser in [client, client_of(bea)]:
                response = browser.get("/sans-acces/")
                assert response.status_code == 403
                assert b"open by mistake" not in response.content
        assert "undeclared" in caplog.text


class TestEachDoor:
    @pytest.mark.parametrize(
        ("who", "opened"),
        [
            ("nobody", {"ouvert", "protocole"}),
            ("alice", {"ouvert", "protocole", "compte", "aidant"}),
            ("bea", {"ouvert", "protocole", "compte", "aidant", "referent"}),
            ("oscar", {"ouvert", "protocole", "compte", "operateur"}),
        ],
    )
    def test_opens_to_the_right_people(
        self,
        who: str,
        opened: set[str],
        client: Client,
        client_of: ClientOf,
        request: pytest.FixtureRequest,
    ) -> None:
        browser = client if who == "nobody" else client_of(request.getfixturevalue(who))

        statuses = {door: browser.get(f"/{door}/").status_code for door in DOORS}

        assert {door for door, status in statuses.items() if status == 200} == opened
        refused = {status for status in statuses.values() if status != 200}
        assert refused <= ({302} if who == "nobody" else {403})

    def test_of_the_operators_acts_for_the_instance(
        self, ccas: Structure, client_of: ClientOf
    ) -> None:
        """An operator who is also an aidant acts there as an operator, never in the name of the structure."""
        both = AffectationFactory.create(
            structure=ccas, compte=CompteFactory.create(operator=True, with_totp=True)
        ).compte

        assert client_of(both).get("/operateur/").content == b"operator instance"

    def test_leads_someone_who_has_not_logged_in_to_the_entrance_and_back(
        self, client: Client
    ) -> None:
        response = client.get("/aidant/")

        assert response["Location"] == "/comptes/connexion/?next=/aidant/"

    def test_leads_someone_of_two_structures_to_the_choice(
        self, alice: Affectation, mairie: Structure, client_of: ClientOf
    ) -> None:
        AffectationFactory.create(compte=alice.compte, structure=mairie)
        browser = client_of(alice)

        assert browser.get("/aidant/")["Location"] == "/structures/choisir/?suite=%2Faidant%2F"
        assert browser.post("/aidant/")["Location"] == "/structures/choisir/"


class TestThePageOfSomeoneTurnedAway:
    """P-04: it explains, and leads to the charte or to the référent."""

    def page(self, browser: Client, door: str = "aidant") -> str:
        response = browser.get(f"/{door}/")
        assert response.status_code == 403
        return response.content.decode()

    def test_leads_to_the_charte(self, alice: Affectation, client_of: ClientOf) -> None:
        CharteAcceptance.objects.filter(compte=alice.compte).delete()

        html = self.page(client_of(alice))

        assert "/structures/charte/" in html
        assert "CCAS de Valmont" in html

    def test_leads_to_the_charte_again_when_it_changed(
        self, alice: Affectation, client_of: ClientOf
    ) -> None:
        CharteAcceptance.objects.filter(compte=alice.compte).update(version="2025-01")

        assert "/structures/charte/" in self.page(client_of(alice))

    def test_asks_a_referent_for_the_charte_too(
        self, bea: Affectation, client_of: ClientOf
    ) -> None:
        CharteAcceptance.objects.filter(compte=bea.compte).delete()

        assert "/structures/charte/" in self.page(client_of(bea), "referent")

    def test_says_when_someone_is_not_habilite(
        self, alice: Affectation, client_of: ClientOf
    ) -> None:
        Affectation.objects.filter(pk=alice.pk).update(habilite_at=None)

        assert "pas encore habilité" in self.page(client_of(alice))

    def test_says_when_the_structure_is_closed(
        self, alice: Affectation, ccas: Structure, client_of: ClientOf, at: datetime
    ) -> None:
        Structure.objects.filter(pk=ccas.pk).update(closed_at=at)

        assert "est fermée" in self.page(client_of(alice))

    def test_says_when_someone_belongs_nowhere(self, client_of: ClientOf) -> None:
        assert "rattaché à aucune structure" in self.page(
            client_of(CompteFactory.create(with_totp=True))
        )

    def test_says_what_is_for_referents_or_operators(
        self, alice: Affectation, client_of: ClientOf
    ) -> None:
        assert "référents de la structure" in self.page(client_of(alice), "referent")
        assert "opérateurs" in self.page(client_of(alice), "operateur")


class TestAReferentWhoIsNotHabilite:
    def test_manages_people_and_does_not_act(self, bea: Affectation, client_of: ClientOf) -> None:
        Affectation.objects.filter(pk=bea.pk).update(habilite_at=None)
        browser = client_of(bea)

        assert browser.get("/referent/").status_code == 200
        assert browser.get("/aidant/").status_code == 403


class TestSomeoneWhoseAffectationEnds:
    def test_is_out_at_the_next_request(
        self, alice: Affectation, client_of: ClientOf, at: datetime
    ) -> None:
        """P-39."""
        browser = client_of(alice)
        assert browser.get("/aidant/").status_code == 200

        Affectation.objects.filter(pk=alice.pk).update(ended_at=at)

        assert browser.get("/aidant/").status_code == 403


class TestTheMiddleware:
    def test_asks_nothing_for_a_visitor(self, client: Client) -> None:
        with CaptureQueriesContext(connection) as seen:
            client.get("/ouvert/")

        assert [q["sql"] for q in seen] == []

    def test_does_not_know_a_compte_closed_since(
        self, alice: Affectation, client_of: ClientOf
    ) -> None:
        """S-13: what closes a compte closes its sessions; a row left behind opens nothing all the same."""
        browser = client_of(alice)
        assert browser.get("/aidant/").status_code == 200
        type(alice.compte).objects.filter(pk=alice.compte.pk).update(
            is_active=False, deactivated_at=alice.compte.created_at
        )

        assert browser.get("/aidant/").status_code == 302

    def test_asks_one_question_for_the_acteur(
        self, alice: Affectation, client_of: ClientOf
    ) -> None:
        browser = client_of(alice)
        with CaptureQueriesContext(connection) as seen:
            browser.get("/aidant/")

        about = [q["sql"] for q in seen if "structures_affectation" in q["sql"]]
        assert len(about) == 1
        assert len(seen) == 2, "the session, then who is acting"
        assert "structures_structure" in about[0]
        assert "structures_charteacceptance" in about[0]
