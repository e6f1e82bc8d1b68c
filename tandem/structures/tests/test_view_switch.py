import pytest
from django.test import Client

from tandem.comptes.tests.factories import CompteFactory
from tandem.structures.models import Affectation, Structure
from tandem.structures.tests.cast import ClientOf
from tandem.structures.tests.factories import AffectationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tandem.structures.tests.urls")]

URL = "/structures/choisir/"


@pytest.fixture
def there(alice: Affectation, mairie: Structure) -> Affectation:
    return AffectationFactory.create(compte=alice.compte, structure=mairie)


class TestSwitching:
    def test_shows_each_structure_once(
        self, alice: Affectation, there: Affectation, client_of: ClientOf
    ) -> None:
        html = client_of(alice).get(URL).content.decode()

        assert html.count('type="radio"') == 2
        assert "Mairie de Saint-Aubin" in html

    def test_works_for_the_structure_chosen_from_now_on(
        self, alice: Affectation, there: Affectation, client_of: ClientOf
    ) -> None:
        browser = client_of(alice)

        response = browser.post(URL, {"affectation": str(there.public_id), "suite": "/aidant/"})

        assert response["Location"] == "/aidant/"
        assert browser.get("/aidant/").status_code == 200
        page = browser.get("/structures/charte/").content.decode()
        assert "Mairie de Saint-Aubin" in page

    def test_shows_the_structure_on_the_page(self, alice: Affectation, client_of: ClientOf) -> None:
        assert "CCAS de Valmont" in client_of(alice).get(URL).content.decode()

    def test_keeps_someone_beside_and_forgets_who(
        self, alice: Affectation, there: Affectation, client_of: ClientOf
    ) -> None:
        """P-28: changing structure is no way to bring names back on the screen."""
        browser = client_of(alice)
        session = browser.session
        session["person_present_usager"] = "3f0f1a5e-7f0c-4a52-9d1e-0d6a9c0a1b2c"
        session.save()

        browser.post(URL, {"affectation": str(there.public_id)})

        assert browser.session["person_present_usager"] == "1"
        alone = client_of(alice)
        alone.post(URL, {"affectation": str(there.public_id)})
        assert "person_present_usager" not in alone.session

    @pytest.mark.parametrize(
        "where", ["https://ailleurs.example/", "//ailleurs.example/", "javascript:x"]
    )
    def test_never_leads_out_of_the_site(
        self, where: str, alice: Affectation, there: Affectation, client_of: ClientOf
    ) -> None:
        response = client_of(alice).post(URL, {"affectation": str(there.public_id), "suite": where})

        assert response["Location"] == "/accueil/"

    def test_refuses_someone_elses_affectation(
        self, alice: Affectation, charlie: Affectation, client_of: ClientOf
    ) -> None:
        browser = client_of(alice)

        response = browser.post(URL, {"affectation": str(charlie.public_id)})

        assert response.status_code == 422
        assert "affectation" not in browser.session

    def test_asks_for_a_choice(
        self, alice: Affectation, there: Affectation, client_of: ClientOf
    ) -> None:
        assert client_of(alice).post(URL, {}).status_code == 422

    def test_tells_someone_of_nowhere_what_to_do(self, client_of: ClientOf) -> None:
        page = client_of(CompteFactory.create(with_totp=True)).get(URL)

        assert "Demandez à un référent" in page.content.decode()

    def test_is_for_people_logged_in(self, client: Client) -> None:
        assert client.get(URL).status_code == 302
