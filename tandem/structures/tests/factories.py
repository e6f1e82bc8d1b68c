"""Structures and affectations for the stories of any room.

ccas = StructureFactory.create()
alice = AffectationFactory.create(structure=ccas).compte          # habilitée, charte acceptée
acteur = acteur_of_affectation(affectation)
"""

import base64
import hashlib
from datetime import UTC, datetime
from typing import Any

import factory

from tandem.comptes.tests.factories import CompteFactory
from tandem.structures.charte import CURRENT_VERSION
from tandem.structures.models import Affectation, CharteAcceptance, Structure
from tandem.structures.rules import Role

OPENED = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


class StructureFactory(factory.django.DjangoModelFactory[Structure]):
    """An open structure of Rennes. Trait: closed."""

    class Meta:
        model = Structure

    class Params:
        closed = factory.Trait(closed_at=datetime(2026, 10, 1, 8, 0, tzinfo=UTC))

    name = factory.Sequence(lambda n: f"CCAS de Bourg-{n}")
    # The true SIRET of the city of Rennes: the checksum must hold.
    siret = "21350238800019"
    address = "1 place de la Mairie"
    postcode = "35000"
    city = "Rennes"
    commune_insee = "35238"
    phone = "02 23 62 10 10"
    email = factory.Sequence(lambda n: f"contact{n}@ccas.example")
    search_key = factory.Sequence(
        lambda n: base64.b64encode(hashlib.sha256(f"structure {n}".encode()).digest()).decode()
    )
    created_at = OPENED


class AffectationFactory(factory.django.DjangoModelFactory[Affectation]):
    """Someone at work, habilité, who accepted the current charte.

    Traits: referent, not_habilite, ended. `charte=False`: has not accepted; `charte="2025-01"`: an older text.
    """

    class Meta:
        model = Affectation
        skip_postgeneration_save = True

    class Params:
        referent = factory.Trait(role=Role.REFERENT)
        not_habilite = factory.Trait(habilite_at=None)
        ended = factory.Trait(ended_at=datetime(2026, 10, 1, 8, 0, tzinfo=UTC))

    compte = factory.SubFactory(CompteFactory, with_totp=True)
    structure = factory.SubFactory(StructureFactory)
    role = Role.AIDANT
    habilite_at = OPENED
    started_at = OPENED

    @factory.post_generation
    def charte(self: Affectation, create: bool, extracted: Any, **kwargs: Any) -> None:
        if extracted is False:
            return
        CharteAcceptance.objects.get_or_create(
            compte=self.compte,
            structure=self.structure,
            version=extracted or CURRENT_VERSION,
            defaults={"accepted_at": OPENED},
        )
