import pytest

from tandem.comptes.models import Compte
from tandem.structures.charte import CURRENT_VERSION, read_charte
from tandem.structures.models import Affectation, CharteAcceptance, Structure
from tandem.structures.tests.cast import ClientOf
from tandem.structures.tests.factories import AffectationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tandem.structures.tests.urls")]

URL = "/structures/charte/"


@pytest.fixture
def dana(ccas: Structure) -> Affectation:
    """Just arrived: habilitée, the charte not yet accepted."""
    return AffectationFactory.create(
        structure=ccas, compte__given_name="Dana", compte__family_name="Nouvelle", charte=False
    )


class TestTheCharte:
    def test_is_read_before_it_is_accepted(self, dana: Affectation, client_of: ClientOf) -> None:
        html = client_of(dana).get(URL).content.decode()

        for commitment in read_charte().commitments:
            assert commitment.text in html
        assert "Je m’appelle Dana Nouvelle" in html

    def test_accepted_by_name_opens_the_doors(self, dana: Affectation, client_of: ClientOf) -> None:
        """P-04."""
        browser = client_of(dana)
        assert browser.get("/aidant/").status_code == 403

        response = browser.post(URL, {"accepted": "on", "version": CURRENT_VERSION})

        assert response.status_code == 302
        assert browser.get("/aidant/").status_code == 200
        assert "déjà accepté" in browser.get(URL).content.decode()

    def test_is_not_accepted_by_an_empty_box(self, dana: Affectation, client_of: ClientOf) -> None:
        response = client_of(dana).post(URL, {"version": CURRENT_VERSION})

        assert response.status_code == 422
        assert not CharteAcceptance.objects.filter(compte=dana.compte).exists()

    def test_changed_meanwhile_is_read_again(self, dana: Affectation, client_of: ClientOf) -> None:
        response = client_of(dana).post(URL, {"accepted": "on", "version": "2025-01"})

        assert response.status_code == 409
        assert not CharteAcceptance.objects.filter(compte=dana.compte).exists()

    def test_needs_a_structure(self, oscar: Compte, client_of: ClientOf) -> None:
        assert client_of(oscar).get(URL)["Location"] == "/structures/choisir/"
