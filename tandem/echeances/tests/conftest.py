from datetime import datetime

import pytest

from tandem.accompagnements.models import DemarcheSuivie
from tandem.echeances.tests.story import followed
from tandem.referentiels.actions import load_catalogue
from tandem.structures.models import Acteur, Affectation
from tandem.structures.tests.cast import ActeurOf
from tandem.usagers.models import Usager


@pytest.fixture
def acteur(alice: Affectation, as_acteur: ActeurOf) -> Acteur:
    """Alice, acting for the CCAS, with the catalogue loaded."""
    load_catalogue()
    return as_acteur(alice)


@pytest.fixture
def rsa(acteur: Acteur, rose: Usager, at: datetime) -> DemarcheSuivie:
    """Rose asks for the RSA."""
    return followed(acteur, rose, at=at)
