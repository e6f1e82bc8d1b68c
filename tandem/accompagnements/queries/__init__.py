"""Reads of accompagnements; every entry point takes the acteur."""

from tandem.accompagnements.queries.demarches import (
    BesoinUnknown,
    DemarcheUnknown,
    besoin_visible_to,
    besoins_visible_to,
    covering_autorisation,
    demarche_visible_to,
    demarches_listed,
    demarches_of,
    demarches_visible_to,
    open_besoins,
    receipt_visible_to,
)
from tandem.accompagnements.queries.desk import (
    RelaisUnknown,
    aide_of,
    brouillon_of,
    colleagues_for,
    handed_to,
    relais_of,
    relais_visible_to,
)

__all__ = [
    "BesoinUnknown", "DemarcheUnknown", "RelaisUnknown", "aide_of", "besoin_visible_to", "besoins_visible_to",
    "brouillon_of", "colleagues_for", "covering_autorisation", "demarche_visible_to", "demarches_listed",
    "demarches_of", "demarches_visible_to", "handed_to", "open_besoins", "receipt_visible_to", "relais_of",
    "relais_visible_to",
]  # fmt: skip
