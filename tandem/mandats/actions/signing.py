"""What a signature is made of, whatever road led to it."""

from dataclasses import dataclass
from datetime import datetime

from tandem.mandats.models import Mandat
from tandem.mandats.rules import Agreement, Handwritten
from tandem.structures.models import Affectation
from tandem.usagers.models import Usager


@dataclass(frozen=True)
class Signing:
    """One agreement about to be signed: by whom, since when they are identified, and what it follows."""

    # The aidant and the structure, as they were when the person was asked.
    affectation: Affectation
    agreement: Agreement
    # The person expected; None when nobody is known yet.
    usager: Usager | None
    # When FranceConnect (or the person's code) said it was them.
    identified_at: datetime | None
    renews: Mandat | None = None
    transferred_from: Mandat | None = None
    # The sheet signed by hand: the road of those who have no FranceConnect (P-32).
    handwritten: Handwritten | None = None
