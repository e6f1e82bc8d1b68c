"""What the stories of structures share beside the cast of the house: types, and the catalogue."""

from collections.abc import Callable

import pytest
from django.test import Client

from tandem.comptes.models import Compte
from tandem.referentiels.actions import load_catalogue
from tandem.structures.models import Acteur, Affectation

ActeurOf = Callable[[Affectation], Acteur]
ClientOf = Callable[[Affectation | Compte], Client]


@pytest.fixture
def catalogue(db: None) -> None:
    """The ten thèmes and the démarches shipped."""
    load_catalogue()
