"""Pages that stop or protect a person, and who may open their file."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from tandem.structures.models import Affectation, Structure
from tandem.structures.tests.cast import ClientOf
from tandem.usagers.models import Suivi, Usager
from tandem.usagers.tests.factories import UsagerFactory

pytestmark = pytest.mark.django_db


NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now() -> object:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def hers(alice: Affectation, client_of: ClientOf) -> Client:
    return client_of(alice)


def url(usager: Usager, more: str = "") -> str:
    return f"/usagers/{usager.public_id}/{more}"


class TestStopping:
    """A-11: each grave act says what will happen, and is confirmed."""

    @pytest.mark.parametrize(
        ("page", "data", "field"),
        [("suspendre/", {"reason": "dispute"}, "frozen_at"), ("deces/", {}, "died_known_at")],
    )
    def test_asks_twice(
        self, page: str, data: dict[str, str], field: str, hers: Client, rose: Usager
    ) -> None:
        assert hers.post(url(rose, page), data).status_code == 422
        rose.refresh_from_db()
        assert getattr(rose, field) is None

        assert hers.post(url(rose, page), {**data, "confirmed": "on"}).status_code == 302
        rose.refresh_from_db()
        assert getattr(rose, field) == NOW
        assert hers.post(url(rose, page), {**data, "confirmed": "on"}).status_code == 422

    @pytest.mark.parametrize(
        ("stop", "undo", "field"),
        [("suspendre/", "rouvrir/", "frozen_at"), ("deces/", "deces/corriger/", "died_known_at")],
    )
    def test_is_undone_by_someone_else(
        self,
        stop: str,
        undo: str,
        field: str,
        hers: Client,
        bob: Affectation,
        rose: Usager,
        client_of: ClientOf,
    ) -> None:
        """S-20, P-37."""
        hers.post(url(rose, stop), {"reason": "doubt", "confirmed": "on"})

        own = hers.post(url(rose, undo), {"confirmed": "on"})
        assert own.status_code == 422
        assert "référent" in own.content.decode()
        colleague = client_of(bob)
        assert colleague.post(url(rose, undo), {}).status_code == 422
        assert colleague.post(url(rose, undo), {"confirmed": "on"}).status_code == 302
        rose.refresh_from_db()
        assert getattr(rose, field) is None

    def test_shows_what_may_be_done_next(self, hers: Client, rose: Usager) -> None:
        assert "Suspendre le dossier" in hers.get(url(rose)).content.decode()
        hers.post(url(rose, "suspendre/"), {"reason": "doubt", "confirmed": "on"})
        assert "Rouvrir le dossier" in hers.get(url(rose)).content.decode()
        hers.post(url(rose, "deces/"), {"confirmed": "on"})
        assert "par erreur" in hers.get(url(rose)).content.decode()


class TestProtection:
    def test_is_answered(self, hers: Client, rose: Usager) -> None:
        """P-34."""
        assert hers.post(url(rose, "protection/"), {}).status_code == 422

        assert hers.post(url(rose, "protection/"), {"answer": "protection"}).status_code == 302

        rose.refresh_from_db()
        assert (rose.protected, rose.frozen_at) == ("protection", NOW)

    def test_against_the_birthdate_is_refused_beside_the_field(
        self, hers: Client, ccas: Structure
    ) -> None:
        """P-33."""
        young = UsagerFactory.create(structure=ccas, minor=True)

        response = hers.post(url(young, "protection/"), {"answer": "none"})

        assert response.status_code == 422
        assert "majeure" in response.content.decode()


class TestAccess:
    def test_is_kept_to_the_followers_and_shared_with_a_colleague(
        self, hers: Client, bob: Affectation, rose: Usager, client_of: ClientOf
    ) -> None:
        """P-10."""
        colleague = client_of(bob)
        assert hers.post(url(rose, "acces/"), {}).status_code == 422
        hers.post(url(rose, "acces/"), {"team_access": "0"})
        assert colleague.get(url(rose)).status_code == 404
        assert hers.post(url(rose, "acces/"), {"team_access": "0"}).status_code == 422

        assert (
            hers.post(url(rose, "acces/ajouter/"), {"affectation": str(bob.public_id)}).status_code
            == 302
        )

        assert colleague.get(url(rose)).status_code == 200

    def test_is_given_to_people_of_the_structure_only(
        self, hers: Client, charlie: Affectation, rose: Usager
    ) -> None:

        assert (
            hers.post(
                url(rose, "acces/ajouter/"), {"affectation": str(charlie.public_id)}
            ).status_code
            == 422
        )
        assert not Suivi.objects.exists()

    def test_is_given_back(self, hers: Client, alice: Affectation, rose: Usager) -> None:
        hers.post(url(rose, "acces/"), {"team_access": "0"})
        own = Suivi.objects.get()

        alone = hers.post(url(rose, f"acces/{own.public_id}/retirer/"))
        assert alone.status_code == 409
        hers.post(url(rose, "acces/"), {"team_access": "1"})
        assert hers.post(url(rose, f"acces/{own.public_id}/retirer/"))["Location"] == url(
            rose, "acces/"
        )

    def test_left_in_a_kept_file_leads_home(
        self, hers: Client, bob: Affectation, rose: Usager
    ) -> None:
        hers.post(url(rose, "acces/"), {"team_access": "0"})
        own = Suivi.objects.get()
        hers.post(url(rose, "acces/ajouter/"), {"affectation": str(bob.public_id)})

        assert hers.post(url(rose, f"acces/{own.public_id}/retirer/"))["Location"] == "/accueil/"
        assert hers.get(url(rose)).status_code == 404
