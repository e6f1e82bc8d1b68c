import pytest

from tandem.mandats.tests.factories import usager_of
from tandem.referentiels.actions import load_catalogue


@pytest.fixture
def catalogue(db):
    """The ten thèmes and the démarches shipped."""
    load_catalogue()


@pytest.fixture
def acteur(alice, as_acteur, catalogue):
    """Alice, acting for the CCAS."""
    return as_acteur(alice)


@pytest.fixture
def rose(acteur, at):
    """The usager, identified by FranceConnect at the CCAS."""
    return usager_of(acteur, at=at)
