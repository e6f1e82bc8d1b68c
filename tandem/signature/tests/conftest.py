"""The cast of the mandats, with FranceConnect beside."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.core.cache import cache
from pytest_django import Settings

from tandem.mandats.tests.conftest import acteur, catalogue, clock, desk, line, rose
from tandem.oidc_client.tests.provider import CLIENT_ID, CLIENT_SECRET, Provider, serving

__all__ = ["acteur", "catalogue", "clock", "desk", "line", "provider", "rose"]


@pytest.fixture
def provider(settings: Settings, at: datetime) -> Iterator[Provider]:
    """FranceConnect, on the loopback."""
    cache.clear()
    with serving(at) as provider:
        settings.TANDEM_FRANCECONNECT = {
            "issuer": provider.issuer, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "discovery_url": "",
        }  # fmt: skip
        yield provider
