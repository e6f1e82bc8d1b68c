"""The cast, and the clock standing at the instant of the story."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine

from tandem.comptes.models import Compte
from tandem.espaces.tests import people
from tandem.structures.models import Acteur
from tandem.structures.tests.cast import (  # noqa: F401 - fixtures
    ActeurOf,
    alice,
    as_acteur,
    bea,
    bob,
    catalogue,
    ccas,
    charlie,
    client_of,
    mairie,
    oscar,
)
from tandem.usagers.models import Usager


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The browser of the machine."""
    return {
        **browser_type_launch_args,
        "executable_path": "/usr/bin/chromium",
        "args": ["--no-sandbox"],
    }


@pytest.fixture(autouse=True)
def _clock(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def acteur(alice: Compte, as_acteur: ActeurOf) -> Acteur:  # noqa: F811 - fixtures
    """Alice at work at the ccas."""
    return as_acteur(alice)


@pytest.fixture
def rose(acteur: Acteur, at: datetime) -> Usager:
    """The usager, of the ccas."""
    return people.person(acteur, at=at)


@pytest.fixture
def andrei(acteur: Acteur, at: datetime) -> Usager:
    """Another usager of the ccas."""
    return people.person(acteur, at=at, given="Andrei", family="POPESCU")
