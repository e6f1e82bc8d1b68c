from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from django.test import Client

from tandem.accompagnements.models import DemarcheSuivie
from tandem.declarations.models import Declaration
from tandem.declarations.tests.factories import prepared
from tandem.echeances.tests.story import followed
from tandem.structures.models import Acteur, Affectation
from tandem.structures.tests.cast import ActeurOf, ClientOf, catalogue
from tandem.usagers.models import Usager

__all__ = ["catalogue"]


@pytest.fixture(autouse=True)
def _now(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def acteur(alice: Affectation, as_acteur: ActeurOf, catalogue: None) -> Acteur:
    """Alice, acting for the CCAS."""
    return as_acteur(alice)


@pytest.fixture
def stranger(charlie: Affectation, as_acteur: ActeurOf) -> Acteur:
    """Charlie, aidant elsewhere."""
    return as_acteur(charlie)


@pytest.fixture
def hers(acteur: Acteur, alice: Affectation, client_of: ClientOf) -> Client:
    """The browser of Alice."""
    return client_of(alice)


@pytest.fixture
def rsa(acteur: Acteur, rose: Usager, at: datetime) -> DemarcheSuivie:
    """Rose's quarterly declaration, followed with alice."""
    return followed(acteur, rose, at=at, slug="caf-declaration-trimestrielle-rsa")


@pytest.fixture
def row(acteur: Acteur, rsa: DemarcheSuivie, at: datetime) -> Declaration:
    """To be filled."""
    return prepared(acteur, rsa, at=at)
