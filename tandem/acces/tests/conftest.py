"""Rose in front of the site of the CAF, with alice beside her."""

from collections.abc import Callable
from datetime import datetime

import pytest

from tandem.acces.actions import open_acces
from tandem.acces.models import Acces
from tandem.acces.rules import Road
from tandem.structures.models import Acteur, Affectation
from tandem.usagers.models import Usager


@pytest.fixture
def acces(
    alice: Affectation, rose: Usager, as_acteur: Callable[[Affectation], Acteur], at: datetime
) -> Acces:
    """Under way: rose creates her account at the CAF."""
    return open_acces(acteur=as_acteur(alice), usager=rose, service="caf", road=Road.CREATE, at=at)
