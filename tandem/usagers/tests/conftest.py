from tandem.structures.tests.cast import (  # noqa: F401 - fixtures
    alice,
    as_acteur,
    bea,
    bob,
    catalogue,
    ccas,
    charlie,
    client_of,
    mairie,
    oscar,
)
from tandem.usagers.tests.cast import gesture, rose  # noqa: F401 - fixtures
