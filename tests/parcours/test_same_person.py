"""The same person twice: seen, compared, brought together, separated, with axe on each page. A-01, A-02, A-10."""

import pytest

from tests.parcours import desk
from tests.parcours.acts import log_in
from tests.parcours.conftest import Open
from tests.parcours.journey import Journey

pytestmark = [pytest.mark.parcours, pytest.mark.loopback]


def opened(alice: Journey, given: str, family: str) -> str:
    """A file on what the person says of themselves."""
    alice.open("/usagers/nouvelle/")
    alice.fill("given_names", given)
    alice.fill("family_name", family)
    alice.press("main .actions button[type=submit]")
    alice.arrive("/usagers/*/")
    return desk.last_of(alice.page.url)


class TestAlice:
    def test_finds_the_same_person_twice(self, journey: Open) -> None:
        alice = journey("Alice Lenoir")
        log_in(alice)
        alice.open("/rapprochements/")
        # Other journeys may have left files that look alike: not these.
        alice.not_see("Goffic")
        alice.check("rapprochements:doubles, before")
        first = opened(alice, "Hélène", "Le Goffic")
        second = opened(alice, "Helene", "LEGOFFIC")
        alice.open("/rapprochements/")
        alice.check("rapprochements:doubles, full")
        alice.open(f"/rapprochements/{first}/chercher/")
        alice.check("rapprochements:choose")
        alice.refused("rapprochements:choose, refused", widths=(320,), form="form.search")

        alice.open(f"/personnes/{first}/")
        alice.see("Peut-être la même personne")
        alice.check("espaces:person, a double")
        alice.open(f"/rapprochements/{first}/{second}/")
        alice.check("rapprochements:compare")
        alice.click("Oui, réunir les deux dossiers")
        alice.touch()
        alice.arrive("/personnes/*/")
        alice.see("Dossiers réunis")
        alice.check("espaces:person, brought together")
        alice.open(f"/personnes/{second}/")
        assert desk.last_of(alice.page.url) == first

        alice.follow("séparer")
        alice.check("rapprochements:separate")
        alice.click("Séparer les deux dossiers")
        alice.touch()
        alice.arrive("/personnes/*/")
        alice.see("Peut-être la même personne")
