"""Someone looks at the screen: no page of any room names anyone else. P-28.

Swept from the table of access: a room opened tomorrow is swept too.
"""

from collections.abc import Callable
from uuid import uuid4

import pytest

from conftest import StrictClient
from tandem.ui.context_processors import PERSON_PRESENT_SESSION_KEY
from tests.maison.access_table import AIDANT, COMPTE, REFERENT, ROWS
from tests.maison.world import EMAIL, FAMILY, GIVEN, World

# The person of the file, wherever an address does not say that the page is hers.
NAMES = (GIVEN, FAMILY, EMAIL)
INSIDE = sorted(name for name, row in ROWS.items() if row.access in {AIDANT, COMPTE, REFERENT})


def _browser(world: World, role: str, present: str) -> StrictClient:
    browser = world.browser(role)
    session = browser.session
    session[PERSON_PRESENT_SESSION_KEY] = present
    session.save()
    return browser


@pytest.fixture
def looked_at(world: World) -> Callable[[str], StrictClient]:
    """Alice's browser, someone beside her. The session is hers again when the test is over."""
    return lambda present: _browser(world, "alice", present)


class TestBesideSomeoneElse:
    @pytest.mark.parametrize("name", INSIDE)
    def test_no_page_names_the_person(
        self, world: World, looked_at: Callable[[str], StrictClient], name: str
    ) -> None:
        """P-28: recent people, lists, tasks, drafts, her own pages: closed, or without her name."""
        row = ROWS[name]
        browser = looked_at(str(uuid4()))

        for method in row.methods:
            answer = getattr(browser, method)(world.address(name, row.kwargs))
            said = b"" if answer.streaming else answer.content
            assert [word for word in NAMES if word in said.decode(errors="replace")] == []


class TestBesideSomeoneUnnamed:
    @pytest.mark.parametrize("name", [n for n in INSIDE if not ROWS[n].kwargs])
    def test_no_list_names_anyone(
        self, world: World, looked_at: Callable[[str], StrictClient], name: str
    ) -> None:
        """P-28: who is there was not said, so every name is one too many."""
        row = ROWS[name]
        browser = looked_at("1")

        for method in row.methods:
            answer = getattr(browser, method)(world.address(name, row.kwargs))
            said = b"" if answer.streaming else answer.content
            assert [word for word in NAMES if word in said.decode(errors="replace")] == []
