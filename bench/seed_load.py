"""Many aidants of one structure, each with an open session: prints one line of JSON for whoever plays them."""

import json
import sys
from typing import Any

import django


def main(count: int) -> None:
    """Cookies of each aidant, and addresses of some people and mandats they see."""
    django.setup()
    from django.conf import settings
    from django.test import Client

    from tandem.comptes.tests.factories import login
    from tandem.kernel import clock
    from tandem.mandats.tests.factories import signed_mandat
    from tandem.structures.queries import acteur_from
    from tandem.structures.tests.factories import AffectationFactory, StructureFactory
    from tandem.usagers.tests.factories import UsagerFactory

    structure = StructureFactory.create()
    cookies: list[str] = []
    aidants = [AffectationFactory.create(structure=structure) for _number in range(count)]
    for aidant in aidants:
        client = Client()
        login(client, aidant.compte)
        pairs: dict[str, Any] = {name: cookie.value for name, cookie in client.cookies.items()}
        pairs[settings.CSRF_COOKIE_NAME] = "a" * 32
        cookies.append("; ".join(f"{name}={value}" for name, value in pairs.items()))
    people, mandats = [], []
    for _number in range(50):
        usager = UsagerFactory.create(structure=structure)
        mandat = signed_mandat(acteur_from(aidants[0]), usager, at=clock.now())
        people.append(str(usager.public_id))
        mandats.append(str(mandat.public_id))
    print(json.dumps({"cookies": cookies, "people": people, "mandats": mandats}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
