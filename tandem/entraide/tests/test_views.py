"""The button of every page, and the page of calls."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from tandem.entraide.models import Appel
from tandem.structures.models import Affectation


class TestTheButton:
    def test_stands_on_every_page_of_an_aidant(
        self, alice: Affectation, client_of: Callable[..., Any]
    ) -> None:
        """A-15."""
        for name in ("espaces:home", "mandats:list", "espaces:help", "comptes:account"):
            html = client_of(alice).get(reverse(name)).content.decode()
            assert f'action="{reverse("entraide:call")}"' in html
            assert f'name="page" value="{reverse(name)}"' in html

    def test_is_not_shown_to_whoever_may_not_act(self, client: Any) -> None:
        assert reverse("entraide:call") not in client.get(reverse("espaces:help")).content.decode()


class TestACall:
    def test_goes_from_the_page_to_the_colleague_and_back(
        self, alice: Affectation, bob: Affectation, client_of: Callable[..., Any]
    ) -> None:
        """A-15: two gestures for the colleague."""
        page = reverse("mandats:list")
        mine = client_of(alice)
        html = mine.post(reverse("entraide:call"), {"page": page}, follow=True).content.decode()
        assert "Vous avez appelé un collègue" in html
        theirs = client_of(bob)
        assert (
            "Alice Exemple a besoin d’aide"
            in theirs.get(reverse("entraide:appels")).content.decode()
        )
        appel = Appel.objects.get()
        answer = theirs.post(reverse("entraide:answer", args=[appel.public_id]))
        assert answer.headers["Location"] == page
        assert "Bob Exemple arrive" in mine.get(reverse("entraide:appels")).content.decode()
        mine.post(reverse("entraide:end", args=[appel.public_id]))
        assert "Personne n’appelle" in theirs.get(reverse("entraide:appels")).content.decode()

    def test_from_a_strange_page_leads_home(
        self, alice: Affectation, bob: Affectation, client_of: Callable[..., Any]
    ) -> None:
        client_of(alice).post(reverse("entraide:call"), {"page": "https://evil.example/"})
        assert Appel.objects.get().path == "/"
