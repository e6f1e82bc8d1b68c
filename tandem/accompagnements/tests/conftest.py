from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from tandem.accompagnements.actions import Wanted, follow_demarche, open_besoin
from tandem.accompagnements.models import Besoin, DemarcheSuivie
from tandem.mandats.tests.cast import ActeurOf, ClientOf
from tandem.mandats.tests.factories import usager_of
from tandem.referentiels.actions import load_catalogue
from tandem.referentiels.models import Demarche
from tandem.structures.models import Acteur, Affectation
from tandem.usagers.models import Usager

RSA = "caf-declaration-trimestrielle-rsa"


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
def desk(clock: Any, alice: Affectation, acteur: Acteur, client_of: ClientOf) -> Client:
    """Alice's browser."""
    return client_of(alice)


@pytest.fixture
def besoin(acteur: Acteur, at: datetime) -> Besoin:
    """Noted with one sentence, of nobody yet."""
    return open_besoin(acteur=acteur, words="Je ne comprends pas cette lettre de la CAF.", at=at)


@pytest.fixture
def rsa(acteur: Acteur, rose: Usager, at: datetime) -> DemarcheSuivie:
    """Rose's quarterly declaration, followed with alice."""
    wanted = Wanted(demarche=Demarche.objects.select_related("theme").get(slug=RSA))
    return follow_demarche(acteur=acteur, wanted=wanted, usager=rose, at=at)
