"""FranceConnect on the loopback, and a journey through it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from pytest_django import Settings

from tandem.oidc_client.actions import Completed, begin_identification, complete_identification
from tandem.oidc_client.tests.provider import CLIENT_ID, CLIENT_SECRET, Provider, serving

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
BINDING = "the-secret-of-this-browser"
RETURN_URI = "https://tandem.example/mandats/franceconnect/retour/"
AFTER_LOGOUT_URI = "https://tandem.example/mandats/franceconnect/deconnecte/"


@dataclass(frozen=True)
class Journey:
    """One browser that leaves for FranceConnect and comes back."""

    provider: Provider
    reference: UUID

    def leave(self, at: datetime = AT, *, binding: str = BINDING) -> str:
        return begin_identification(
            purpose="mandat",
            reference=self.reference,
            binding=binding,
            redirect_uri=RETURN_URI,
            post_logout_uri=AFTER_LOGOUT_URI,
            at=at,
        )

    def come_back(
        self,
        params: Mapping[str, str],
        *,
        binding: str = BINDING,
        purpose: str = "mandat",
        redirect_uri: str = RETURN_URI,
        at: datetime = AT,
    ) -> Completed:
        return complete_identification(
            params=params, binding=binding, purpose=purpose, redirect_uri=redirect_uri, at=at
        )

    def whole(self) -> Completed:
        return self.come_back(self.provider.authorize(self.leave()))


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    cache.clear()
    with serving(AT) as provider:
        settings.TANDEM_FRANCECONNECT = {
            "issuer": provider.issuer,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "discovery_url": "",
        }
        yield provider


@pytest.fixture
def journey(provider: Provider, db: None) -> Journey:
    return Journey(provider, uuid4())
