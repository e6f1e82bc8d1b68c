"""The demonstration's own protocol, end to end and without a screen: the stand-ins before our client and our provider.

The stand-ins share no line with the house: what passes here passes between strangers.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from simulateurs.administration import (
    AdministrationConfig,
    AdministrationSimulator,
    default_services,
)
from simulateurs.browser import Browser
from simulateurs.franceconnect import (
    FranceConnectConfig,
    FranceConnectSimulator,
    Service,
    TandemProvider,
)
from simulateurs.installation import hold_port, number_of
from tandem.kernel import clock as tandem_clock
from tandem.oidc_client.actions import begin_identification, complete_identification, finish_logout
from tandem.oidc_client.models import Attempt
from tandem.oidc_provider.models import Transaction
from tandem.oidc_provider.tests.story import AT, SECRET, Story, make_party, query_of

pytestmark = [pytest.mark.loopback, pytest.mark.django_db(transaction=True)]

RETURN_URI = "https://tandem.example/mandats/franceconnect/retour/"
AFTER_LOGOUT_URI = "https://tandem.example/mandats/franceconnect/deconnecte/"
BINDING = "the-secret-of-this-browser"


class Stage:
    """FranceConnect and the administrations listen; Tandem is the house itself."""

    def __init__(self, fc: FranceConnectSimulator, administration: AdministrationSimulator) -> None:
        self.fc = fc
        self.administration = administration

    def leave_for_franceconnect(self) -> str:
        """Our client's departure, on Rose's side of the desk."""
        own = next(one for one in self.fc.config.services if not one.offers_tandem)
        settings.TANDEM_FRANCECONNECT = {
            "issuer": self.fc.config.issuer,
            "client_id": own.client_id,
            "client_secret": own.client_secret,
            "discovery_url": "",
        }
        return begin_identification(
            purpose="mandat",
            reference=uuid4(),
            binding=BINDING,
            redirect_uri=RETURN_URI,
            post_logout_uri=AFTER_LOGOUT_URI,
            at=tandem_clock.now(),
        )


@pytest.fixture
def stage(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    cache.clear()
    monkeypatch.setattr(settings, "TANDEM_SITE_URL", live_server.url)
    monkeypatch.setattr(settings, "TANDEM_FRANCECONNECT", settings.TANDEM_FRANCECONNECT)
    held = [hold_port() for _ in range(2)]
    ports = [number_of(socket) for socket in held]
    fc_url, administration_url = (f"http://127.0.0.1:{port}" for port in ports)
    site = AdministrationConfig(
        administration_url, default_services(), f"{fc_url}/api/v2", now=time.time
    )
    own = Service(
        "tandem", "secret-of-tandem-at-the-stand-in-0123", "Tandem", (RETURN_URI,), (AFTER_LOGOUT_URI,),
        offers_tandem=False,
    )  # fmt: skip
    config = FranceConnectConfig(
        fc_url,
        (*site.registrations(), own),
        TandemProvider(live_server.url, "franceconnect", SECRET),
    )
    # The register knows Rose as the story tells her.
    rose = replace(
        config.people[0], birthdate="1955-03-08", birthplace="35238", email="rose@example.org"
    )
    config = replace(config, people=(rose, *config.people[1:]))
    with time_machine.travel(AT + timedelta(hours=1), tick=False), ExitStack() as stack:
        for socket in held:
            stack.enter_context(socket)
        fc, administration = FranceConnectSimulator(config), AdministrationSimulator(site)
        stack.enter_context(fc.serve(ports[0]))
        stack.enter_context(administration.serve(ports[1]))
        yield Stage(fc, administration)


class TestConsent:
    def identify(self, stage: Stage, person: str = "rose") -> dict[str, str]:
        """Rose identifies at the stand-in; what the browser brings back."""
        url = stage.leave_for_franceconnect()
        with httpx.Client() as http:
            place = http.get(url).headers["location"]
            assert "Tandem</strong>" in http.get(place).text
            assert "/tandem" not in http.get(place).text
            http.post(f"{place}/demonstration", data={"person": person})
            back = http.post(f"{place}/confirmation").headers["location"]
            self.cookies = http.cookies
        assert back.startswith(RETURN_URI)
        return query_of(back)

    def test_gives_rose_to_our_client_and_closes_franceconnect(self, stage: Stage) -> None:
        """FS-01 to FS-10, decision 5: identified, then logged out at once, and noted."""
        params = self.identify(stage)

        completed = complete_identification(
            params=params,
            binding=BINDING,
            purpose="mandat",
            redirect_uri=RETURN_URI,
            at=tandem_clock.now(),
        )
        out = httpx.get(completed.identity.logout_url, cookies=self.cookies)
        reference = finish_logout(
            params=query_of(out.headers["location"]),
            binding=BINDING,
            purpose="mandat",
            at=tandem_clock.now(),
        )

        assert completed.identity.identity.given_names == "Rose Marie"
        assert out.headers["location"].startswith(AFTER_LOGOUT_URI)
        assert reference == completed.reference
        assert Attempt.objects.get().logged_out_at is not None

    @pytest.mark.parametrize(
        ("person", "birthdate", "email"),
        [("amina", "1946-00-00", "amina.benali@mail.example"), ("lucien", "1938-11-30", "")],
    )
    def test_accepts_every_person_of_the_demonstration(
        self, stage: Stage, person: str, birthdate: str, email: str
    ) -> None:
        """FS-08: presumed-born, kept as the register holds it; without e-mail."""
        completed = complete_identification(
            params=self.identify(stage, person),
            binding=BINDING,
            purpose="mandat",
            redirect_uri=RETURN_URI,
            at=tandem_clock.now(),
        )

        assert completed.identity.identity.birthdate == birthdate
        assert completed.identity.identity.email == email


class TestUse:
    def test_shows_the_administration_that_an_aidant_acts_for_rose(
        self, stage: Stage, client: Client
    ) -> None:
        """FI-01 to FI-19 with the stand-in as FranceConnect; FS-11 on the administration's side."""
        fc = stage.fc.config
        party = make_party(
            redirect_uris=[fc.callback_url],
            post_logout_uris=[fc.logout_callback_url],
            userinfo_alg="ES256",
        )
        story = Story(client_class=type(client), party=party)
        browser = Browser()
        browser.go(f"{stage.administration.config.base_url}/caf/")
        browser.submit(browser.page.form(button="Se connecter"))

        sent = httpx.post(
            f"{fc.base_url}{urlsplit(browser.page.url).path}/tandem",
            cookies=browser._client.cookies,
        ).headers["location"]
        story.browser.get("/oidc/authorize", query_of(sent), secure=True)
        story.transaction = Transaction.objects.latest("pk")
        story.choose_usager()
        story.choose_line()
        browser.go(str(story.confirm()["Location"]))
        assert "un aidant, par Tandem" in browser.page.text
        browser.submit(browser.page.form(button="Continuer"))

        assert "Bonjour Rose Marie MARTIN" in browser.page.text
        assert "Un aidant agit pour cette personne" in browser.page.text
        assert "Social-Santé" in browser.page.text
        browser.submit(browser.page.form(button="Se déconnecter"))
        assert "Vous êtes déconnecté" in browser.page.text
        browser.close()
