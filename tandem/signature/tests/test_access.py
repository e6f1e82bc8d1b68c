"""The first lock, on every address of the room."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from tandem.mandats.tests.cast import ClientOf
from tandem.signature.urls import urlpatterns
from tandem.structures.models import Affectation, CharteAcceptance

ROUTES = [route for route in urlpatterns if isinstance(route, URLPattern)]


def address(route: URLPattern) -> str:
    names = route.pattern.converters
    values = {name: uuid4() for name in names}
    return reverse(f"signature:{route.name}", kwargs=values)


@pytest.mark.django_db
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
class TestEveryAddress:
    def test_sends_someone_without_a_session_to_log_in(
        self, client: Client, route: URLPattern
    ) -> None:
        for method in (client.get, client.post):
            response = method(address(route))

            assert response.status_code in {302, 405}
            assert response.status_code == 405 or "connexion" in response["Location"]

    @pytest.mark.parametrize("fall", ["habilitation", "charte"])
    def test_is_closed_to_who_may_not_act(
        self, alice: Affectation, client_of: ClientOf, route: URLPattern, fall: str
    ) -> None:
        """P-04: no personal page without the habilitation and the charte."""
        if fall == "charte":
            CharteAcceptance.objects.all().delete()
        else:
            Affectation.objects.filter(pk=alice.pk).update(habilite_at=None)
        browser = client_of(alice)

        for method in (browser.get, browser.post):
            assert method(address(route)).status_code in {403, 405}

    def test_knows_nothing_of_what_does_not_exist(
        self, alice: Affectation, client_of: ClientOf, route: URLPattern
    ) -> None:
        if not route.pattern.converters:
            pytest.skip("names no object")
        browser = client_of(alice)

        for method in (browser.get, browser.post):
            assert method(address(route)).status_code in {404, 405}
