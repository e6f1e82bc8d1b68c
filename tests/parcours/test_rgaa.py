"""The scripted criteria of RGAA, each seen to catch the fault it is for. A-03.

Every page of every journey passes them (`Journey.check`); here a good page is broken, one fault at a time.
"""

import re

import pytest

from tests.parcours import rgaa
from tests.parcours.acts import log_in
from tests.parcours.conftest import Open
from tests.parcours.journey import Journey, check_forced_colours, check_zoom

pytestmark = [pytest.mark.parcours, pytest.mark.loopback]


def criteria(journey: Journey) -> set[str]:
    """The criteria that this page fails, as it stands."""
    return {line.split(" ", 1)[0] for line in journey.page.evaluate(rgaa.CHECK)}


# A page cannot lose its doctype while one looks at it.
APART = {"8.1"}


class TestTheRules:
    def test_have_each_their_fault(self) -> None:
        """A-03: a rule without its fault fails here."""
        rules = set(re.findall(r'^    "([0-9.]+)": \(', rgaa.CHECK, re.MULTILINE))
        assert len(rules) == 40
        assert set(rgaa.FAULTS) | APART == rules

    def test_catch_it_on_a_page_that_was_good(self, journey: Open) -> None:
        """A-03: one fault, its criterion; and the page without it passes all."""
        alice = journey("Alice Lenoir")
        log_in(alice)
        alice.open("/composants/")
        assert alice.page.evaluate(rgaa.CHECK) == []
        missed = []
        for criterion, fault in rgaa.FAULTS.items():
            alice.page.reload()
            alice.page.evaluate(rgaa.FAULT % fault)
            if criterion not in criteria(alice):
                missed.append(criterion)
        assert missed == []
        # Faults that hold a script are also refused by the policy of content (S-46), aloud.
        refused = [one for one in alice.problems if "Content Security Policy" in one]
        assert refused
        alice.problems[:] = [one for one in alice.problems if one not in refused]

    def test_want_a_doctype(self, journey: Open) -> None:
        """RGAA 8.1."""
        someone = journey()
        someone.page.set_content("<title>Page – Tandem</title><main><h1>Page</h1></main>")
        assert "8.1" in criteria(someone)


class TestTheSightOfIt:
    """A-06: text twice as big; the colours of the system alone."""

    def test_is_seen_to_be_cut_by_bigger_text(self, journey: Open) -> None:
        visitor = journey()
        visitor.open("/aide/")
        assert check_zoom(visitor.page) == []
        cut = "sheet('h1 {inline-size: 150px; white-space: nowrap; overflow: hidden}')"
        visitor.page.evaluate(rgaa.FAULT % cut)
        assert check_zoom(visitor.page) != []

    def test_is_seen_to_lose_its_edges_with_the_colours_of_the_system(self, journey: Open) -> None:
        visitor = journey()
        visitor.open("/comptes/connexion/")
        assert check_forced_colours(visitor.page) == []
        visitor.page.evaluate(rgaa.FAULT % "sheet('.button {border: 0 !important}')")
        assert check_forced_colours(visitor.page) != []
