"""Small ways to harm through the last rooms: a page sent again, an address rewritten, someone else at the screen."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tandem.acces.actions import open_acces
from tandem.acces.rules import Road
from tandem.papier.tests.factories import paper_draft, paper_mandat, seen_usager, waiting_sheet
from tandem.rapprochements.models import Distinction
from tandem.structures.models import Acteur, Affectation
from tandem.ui.context_processors import PERSON_PRESENT_SESSION_KEY
from tandem.usagers.models import Usager
from tandem.usagers.tests.factories import UsagerFactory

ActeurOf = Callable[[Affectation], Acteur]
ClientOf = Callable[[Affectation], Client]
GIVEN, FAMILY = "Zéphirine", "Quillivic"


@pytest.fixture(autouse=True)
def _clock(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def acteur(alice: Affectation, as_acteur: ActeurOf) -> Acteur:
    """Alice at the CCAS."""
    return as_acteur(alice)


@pytest.fixture
def zephirine(acteur: Acteur, at: datetime) -> Usager:
    """Someone whose name is nobody else's, and whose document was seen."""
    return seen_usager(acteur, at=at, given=GIVEN, family=FAMILY)


class TestAFileBesideItself:
    def test_is_neither_told_apart_nor_brought_together(
        self, alice: Affectation, client_of: ClientOf, rose: Usager
    ) -> None:
        """The address says the same person twice: refused in words, not a broken page."""
        pair = [rose.public_id, rose.public_id]
        answer = client_of(alice).post(reverse("rapprochements:distinguish", args=pair))
        assert answer.status_code < 500
        assert not Distinction.objects.exists()


class TestAFormSentBesideAnother:
    """P-28: a page refuses a form with its own words, and nothing of the person it is about."""

    def pages(self, acteur: Acteur, bob: Acteur, usager: Usager, at: datetime) -> list[str]:
        acces = open_acces(acteur=acteur, usager=usager, service="caf", road=Road.CREATE, at=at)
        line = paper_mandat(acteur, usager, at=at).autorisations.get()
        sheet = waiting_sheet(bob, usager, at=at)
        draft = paper_draft(acteur, usager, at=at)
        other = UsagerFactory.create(structure=usager.structure, given_names=GIVEN)
        return [
            reverse("acces:index", args=[usager.public_id]),
            reverse("acces:steps", args=[acces.public_id]),
            reverse("acces:end", args=[acces.public_id]),
            reverse("acces:new_channel", args=[acces.public_id]),
            reverse("papier:start", args=[usager.public_id]),
            reverse("papier:note", args=[draft.public_id]),
            reverse("papier:decide", args=[sheet.public_id]),
            reverse("papier:elsewhere", args=[line.public_id]),
            reverse("papier:keep", args=[line.mandat.public_id]),
            reverse("rapprochements:choose", args=[usager.public_id]),
            reverse("rapprochements:compare", args=[usager.public_id, other.public_id]),
        ]

    def test_names_nobody(
        self,
        alice: Affectation,
        bob: Affectation,
        client_of: ClientOf,
        as_acteur: ActeurOf,
        acteur: Acteur,
        zephirine: Usager,
        rose: Usager,
        at: datetime,
    ) -> None:
        browser = client_of(alice)
        pages = self.pages(acteur, as_acteur(bob), zephirine, at)
        # The control: nobody beside the screen, all but three name the person.
        naming = [page for page in pages if FAMILY.upper() in self.said(browser, page)]
        assert len(naming) == len(pages) - 3
        session = browser.session
        session[PERSON_PRESENT_SESSION_KEY] = str(rose.public_id)
        session.save()
        for page in pages:
            said = self.said(browser, page)
            assert GIVEN.upper() not in said, page
            assert FAMILY.upper() not in said, page

    def said(self, browser: Client, page: str) -> str:
        """What the page says, opened, then sent with nothing of what it asks."""
        answers = (browser.get(page), browser.post(page, {"done": "x"}))
        return "".join(answer.content.decode().upper() for answer in answers)
