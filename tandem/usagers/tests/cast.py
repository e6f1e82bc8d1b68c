"""Rose, as a pytest fixture: import her in a conftest beside the cast of structures."""

import pytest

from tandem.structures.models import Structure
from tandem.usagers.models import Usager
from tandem.usagers.tests.factories import UsagerFactory


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
