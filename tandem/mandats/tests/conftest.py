from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from tandem.mandats.tests.cast import ActeurOf, ClientOf
from tandem.mandats.tests.factories import line_of, signed_mandat, usager_of
from tandem.referentiels.actions import load_catalogue
from tandem.structures.models import Acteur, Affectation
from tandem.usagers.models import Usager


@pytest.fixture
def catalogue(db: None) -> None:
    """The ten thèmes and the démarches shipped."""
    load_catalogue()


@pytest.fixture
def acteur(alice: Affectation, as_acteur: ActeurOf, catalogue: None) -> Acteur:
    """Alice, acting for the CCAS."""
    return as_acteur(alice)


@pytest.fixture
def rose(acteur: Acteur, at: datetime) -> Usager:
    """The usager, identified by FranceConnect at the CCAS."""
    return usager_of(acteur, at=at)


@pytest.fixture
def clock(at: datetime) -> Iterator[Any]:
    with time_machine.travel(at, tick=False) as clock:
        yield clock


@pytest.fixture
def desk(
    clock: time_machine.Traveller, alice: Affectation, acteur: Any, client_of: ClientOf
) -> Client:
    return client_of(alice)


@pytest.fixture
def line(acteur: Any, rose: Usager, at: datetime) -> Any:
    """Rose allowed housing, present or not."""
    return line_of(signed_mandat(acteur, rose, ways=("presence", "absence"), at=at))


@pytest.fixture
def money(acteur: Any, rose: Usager, at: datetime) -> Any:
    """Rose allowed money too."""
    return line_of(
        signed_mandat(acteur, rose, ["theme:argent"], ways=("presence", "absence"), at=at)
    )
