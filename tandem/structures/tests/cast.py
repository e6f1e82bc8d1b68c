"""The cast of every story, as pytest fixtures: import them in a conftest."""

from collections.abc import Callable

import pytest
from django.test import Client

from tandem.comptes.models import Compte
from tandem.comptes.tests.factories import CompteFactory, login
from tandem.referentiels.actions import load_catalogue
from tandem.structures import queries
from tandem.structures.models import Acteur, Affectation, Structure
from tandem.structures.tests.factories import AffectationFactory, StructureFactory

ActeurOf = Callable[[Compte | Affectation], Acteur]
ClientOf = Callable[[Compte], Client]


@pytest.fixture
def catalogue(db: None) -> None:
    """The ten thèmes and the démarches shipped."""
    load_catalogue()


@pytest.fixture
def ccas(db: None) -> Structure:
    """Where alice, bob and bea work."""
    return StructureFactory.create(name="CCAS de Rennes")


@pytest.fixture
def mairie(db: None) -> Structure:
    """Another structure, where charlie works."""
    return StructureFactory.create(name="Mairie de Redon", siret="21350236200014")


def _at_work(structure: Structure, given_name: str, **traits: bool) -> Compte:
    compte = CompteFactory.create(
        given_name=given_name, email=f"{given_name.lower()}@aide.example", with_totp=True
    )
    AffectationFactory.create(compte=compte, structure=structure, **traits)
    return compte


@pytest.fixture
def alice(ccas: Structure) -> Compte:
    """Aidante of the ccas."""
    return _at_work(ccas, "Alice")


@pytest.fixture
def bob(ccas: Structure) -> Compte:
    """Her colleague."""
    return _at_work(ccas, "Bob")


@pytest.fixture
def bea(ccas: Structure) -> Compte:
    """Their référente, habilitée too."""
    return _at_work(ccas, "Bea", referent=True)


@pytest.fixture
def charlie(mairie: Structure) -> Compte:
    """An aidant elsewhere."""
    return _at_work(mairie, "Charlie")


@pytest.fixture
def oscar(db: None) -> Compte:
    """An operator, of no structure."""
    return CompteFactory.create(
        given_name="Oscar", email="oscar@aide.example", operator=True, with_totp=True
    )


@pytest.fixture
def as_acteur() -> ActeurOf:
    """Who a compte or an affectation is now, read from the database."""

    def read(who: Compte | Affectation) -> Acteur:
        if isinstance(who, Affectation):
            return queries.acteur_from(who)
        return queries.acteur_of(who)

    return read


@pytest.fixture
def client_of(client: Client) -> ClientOf:
    """A browser where that compte has logged in with two factors."""

    def browser(compte: Compte) -> Client:
        return login(type(client)(), compte)

    return browser
