from collections.abc import Callable
from datetime import datetime

import pytest

from tandem.mandats.models import Mandat
from tandem.mandats.tests.factories import signed_mandat, usager_of
from tandem.referentiels.actions import load_catalogue
from tandem.structures.models import Acteur, Affectation
from tandem.usagers.models import Usager


@pytest.fixture
def acteur(alice: Affectation, as_acteur: Callable[[Affectation], Acteur]) -> Acteur:
    load_catalogue()
    return as_acteur(alice)


@pytest.fixture
def rose(acteur: Acteur, at: datetime) -> Usager:
    return usager_of(acteur, at=at)


@pytest.fixture
def mandat(acteur: Acteur, rose: Usager, at: datetime) -> Mandat:
    return signed_mandat(acteur, rose, ["theme:logement", "demarche:ameli-css"], at=at)


@pytest.fixture
def address(mandat: Mandat) -> str:
    return f"/verifier/{mandat.verification_code}/"
