"""Rose, as a pytest fixture: import her in a conftest beside the cast of structures."""

from collections.abc import Callable
from datetime import datetime

import pytest

from tandem.comptes.rules import GestureResponse
from tandem.comptes.tests.factories import totp_code
from tandem.structures.models import Affectation, Structure
from tandem.usagers.models import Usager
from tandem.usagers.tests.factories import UsagerFactory

GestureOf = Callable[[Affectation, datetime], GestureResponse]


@pytest.fixture
def rose(ccas: Structure) -> Usager:
    """The person helped by the ccas, identified by FranceConnect."""
    return UsagerFactory.create(
        structure=ccas,
        given_names="Rose Marie",
        family_name="Lefèvre",
        sub="rose",
        email="rose@exemple.fr",
    )


@pytest.fixture
def gesture() -> GestureOf:
    """The code someone's application shows at an instant: each serves once."""

    def shown(who: Affectation, at: datetime) -> GestureResponse:
        return GestureResponse(code=totp_code(who.compte, at))

    return shown
