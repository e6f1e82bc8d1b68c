from datetime import datetime

import pytest

from tandem.mandats.tests.cast import ActeurOf
from tandem.mandats.tests.factories import usager_of
from tandem.referentiels.actions import load_catalogue
from tandem.structures.models import Acteur, Affectation
from tandem.usagers.models import Usager


@pytest.fixture
def acteur(alice: Affectation, as_acteur: ActeurOf) -> Acteur:
    """Alice, acting for the CCAS."""
    load_catalogue()
    return as_acteur(alice)


@pytest.fixture
def rose(acteur: Acteur, at: datetime) -> Usager:
    """The usager, identified by FranceConnect at the CCAS."""
    return usager_of(acteur, at=at)
