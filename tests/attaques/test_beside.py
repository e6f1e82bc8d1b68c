"""Someone sits down beside an aidant whose pages are open on another person: what is sent from them names nobody.

P-28: each form of each route is read while nobody is there, then sent (as it stands, then broken) once somebody is.
Whatever comes back — done, refused in 422, or the page it leads to — holds no name of the other person.
"""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from conftest import StrictClient
from tandem.ui.context_processors import PERSON_PRESENT_SESSION_KEY
from tests.maison.access_table import AIDANT, COMPTE, REFERENT, ROWS
from tests.maison.world import EMAIL, FAMILY, GIVEN, World

NAMES = (GIVEN, FAMILY, EMAIL)
# Leaving, or changing who sits there, ends the mode itself.
LEAVES = {"comptes:logout", "espaces:person_present"}
INSIDE = sorted(
    name
    for name, row in ROWS.items()
    if row.access in {AIDANT, COMPTE, REFERENT} and "post" in row.methods and name not in LEAVES
)


class _Forms(HTMLParser):
    """The fields of each form that posts, as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self._open: dict[str, str] | None = None
        self._choice = self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {key: value or "" for key, value in attrs}
        if tag == "form":
            self._open = {} if found.get("method", "").lower() == "post" else None
            if self._open is not None:
                self.forms.append(self._open)
        if self._open is None:
            return
        name = found.get("name", "")
        if tag == "input" and name:
            self._input(name, found)
        elif tag == "select":
            self._choice = name
        elif tag == "option" and self._choice and ("selected" in found or found.get("value")):
            self._open.setdefault(self._choice, found.get("value", ""))
        elif tag == "textarea":
            self._text = name
            self._open[name] = ""

    def _input(self, name: str, found: dict[str, str]) -> None:
        assert self._open is not None
        if found.get("type") in {"radio", "checkbox"}:
            self._open.setdefault(name, found.get("value", "on"))
        elif found.get("type") != "file":
            self._open[name] = found.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._text:
            self._open[self._text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        if tag in {"select", "textarea"}:
            self._choice = self._text = ""


def _sent(fields: dict[str, str]) -> Iterator[dict[str, str]]:
    """As it stands; then with nothing that can be valid."""
    kept = {key: value for key, value in fields.items() if key != "csrfmiddlewaretoken"}
    # What the aidant types is theirs to see again: a name they type is not one that the page gave.
    clean = {
        key: "" if any(name in value for name in NAMES) else value for key, value in kept.items()
    }
    yield clean
    yield dict.fromkeys(clean, "x")


def _said(answer: Any) -> list[str]:
    said = b"" if answer.streaming else answer.content
    return [word for word in NAMES if word in said.decode(errors="replace")]


def _beside(browser: StrictClient, present: str) -> None:
    session = browser.session
    session[PERSON_PRESENT_SESSION_KEY] = present
    session.save()


def named_beside(world: World, name: str, present: str) -> tuple[list[str], int]:
    """The names that came back, and how many answers were read."""
    row = ROWS[name]
    address = world.address(name, row.kwargs)
    browser = world.browser("alice")
    parser = _Forms()
    if "get" in row.methods:
        page = browser.get(address)
        parser.feed("" if page.streaming else page.content.decode(errors="replace"))
    found: list[str] = []
    count = 0
    for fields in parser.forms or [{}]:
        for data in _sent(fields):
            _beside(browser, present)
            answer = browser.post(address, data)
            found += _said(answer)
            count += 1
            where = answer.get("Location", "")
            if answer.status_code == 302 and where.startswith("/"):
                _beside(browser, present)
                found += _said(browser.get(urlsplit(where).path))
    return found, count


@pytest.mark.parametrize("name", INSIDE)
def test_what_is_sent_from_an_open_page_names_nobody_else(world: World, name: str) -> None:
    """P-28: 422 answers, drafts, and the pages they lead to."""
    found, count = named_beside(world, name, str(uuid4()))
    assert count >= 1
    assert found == []


def test_the_sweep_sees_a_name_when_nobody_is_beside(world: World) -> None:
    """Negative control: without the mode, the same forms give the names they speak of."""
    found, _count = named_beside(world, "notes:write", "")
    assert found
