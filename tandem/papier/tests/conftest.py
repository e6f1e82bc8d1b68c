"""Andrei, who has no FranceConnect, no telephone and no address; alice saw his passport."""

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from django.test import Client

from tandem.papier.tests.factories import paper_draft, seen_usager
from tandem.referentiels.actions import load_catalogue
from tandem.signature.models import Draft
from tandem.structures.models import Acteur, Affectation
from tandem.structures.tests.cast import ActeurOf, ClientOf
from tandem.usagers.models import Usager
from tandem.usagers.tests.cast import gesture  # noqa: F401 - a fixture


@pytest.fixture(autouse=True)
def _catalogue(db: None) -> None:
    load_catalogue()


@pytest.fixture
def acteur(alice: Affectation, as_acteur: ActeurOf) -> Acteur:
    """Alice, acting for the CCAS."""
    return as_acteur(alice)


@pytest.fixture
def andrei(acteur: Acteur, at: datetime) -> Usager:
    return seen_usager(acteur, at=at)


@pytest.fixture
def draft(acteur: Acteur, andrei: Usager, at: datetime) -> Draft:
    """Every question answered: the sheet is to sign."""
    return paper_draft(acteur, andrei, at=at)


@pytest.fixture
def clock(at: datetime) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(at, tick=False) as traveller:
        yield traveller


@pytest.fixture
def desk(clock: time_machine.Traveller, alice: Affectation, client_of: ClientOf) -> Client:
    return client_of(alice)
