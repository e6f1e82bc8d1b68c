"""People of the ccas, and the clock standing at the instant of the story."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine

from tandem.espaces.tests import people
from tandem.espaces.tests.people import ActeurOf
from tandem.referentiels.actions import load_catalogue
from tandem.structures.models import Acteur, Affectation
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
def catalogue(db: None) -> None:
    """The ten thèmes and the démarches shipped."""
    load_catalogue()


@pytest.fixture
def acteur(alice: Affectation, as_acteur: ActeurOf) -> Acteur:
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
