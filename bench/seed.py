"""Fills an installation: many usagers of one structure, each with a mandat signed by the real action."""

import sys
from datetime import timedelta

import django


def main(count: int) -> None:
    """Sign `count` mandats for the first structure."""
    django.setup()
    from tandem.kernel import clock
    from tandem.mandats.tests.factories import signed_mandat
    from tandem.structures.models import Affectation
    from tandem.structures.queries import acteur_from
    from tandem.structures.rules import Role
    from tandem.usagers.tests.factories import UsagerFactory

    affectation = Affectation.objects.filter(role=Role.AIDANT).order_by("pk")[0]
    acteur = acteur_from(affectation)
    now = clock.now()
    for number in range(count):
        usager = UsagerFactory.create(structure=affectation.structure)
        signed_mandat(acteur, usager, at=now - timedelta(minutes=number))
    print(count)


if __name__ == "__main__":
    main(int(sys.argv[1]))
