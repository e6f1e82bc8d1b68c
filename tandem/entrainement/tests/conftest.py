"""Alice practises."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from tandem.entrainement.actions import begin
from tandem.structures.models import Acteur, Affectation
from tandem.structures.queries import acteur_from


@pytest.fixture
def clock(at: datetime) -> Iterator[Any]:
    with time_machine.travel(at, tick=False) as traveller:
        yield traveller


@pytest.fixture
def practising(alice: Affectation, at: datetime) -> Acteur:
    """Alice in her own sandbox."""
    return acteur_from(begin(acteur=acteur_from(alice), at=at))


@pytest.fixture
def desk(clock: Any, alice: Affectation, client_of: Callable[..., Any]) -> Client:
    """Her browser, where she has entered it."""
    browser: Client = client_of(alice)
    browser.post("/entrainement/commencer/")
    return browser
