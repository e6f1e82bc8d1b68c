"""What the browser keeps after a day at the desk: no name, no token, no page (S-43). P-42 is held by conftest.py."""

import json
from typing import Any

import pytest

from tests.parcours.acts import log_in
from tests.parcours.conftest import Open, Sign
from tests.parcours.journey import Journey

pytestmark = [pytest.mark.parcours, pytest.mark.loopback]

_STORAGE = """async () => ({
  localStorage: {...window.localStorage},
  sessionStorage: {...window.sessionStorage},
  databases: indexedDB.databases ? await indexedDB.databases() : [],
  caches: window.caches ? await caches.keys() : [],
  workers: navigator.serviceWorker ? (await navigator.serviceWorker.getRegistrations()).length : 0,
  cookies: document.cookie,
})"""


def storage(one: Journey) -> dict[str, Any]:
    """Everything a script could find in this browser."""
    found: dict[str, Any] = one.page.evaluate(_STORAGE)
    return found


def check(found: dict[str, Any], secrets: list[str]) -> None:
    """Fail when something is kept that is not an instant."""
    assert found["databases"] == []
    assert found["caches"] == []
    assert found["workers"] == 0
    assert found["cookies"] == ""
    assert found["sessionStorage"] == {}
    # What session.js shares between the windows of one person.
    assert set(found["localStorage"]) <= {"tandem-contact"}
    assert all(value.isdigit() for value in found["localStorage"].values())
    assert [word for word in secrets if word in json.dumps(found)] == []


def test_a_browser_keeps_no_name_and_no_token(journey: Open, signed: Sign) -> None:
    """S-43: after pages about Rose, her papers, a search; while Alice is in, then once she has left."""
    mandat = signed("rose", "logement")
    alice = journey("Alice Lenoir")
    log_in(alice)
    for path in ("/accueil/", mandat, "/mandats/", "/comptes/"):
        assert alice.open(path) == 200
    tokens = [str(cookie["value"]) for cookie in alice.context.cookies(alice.site)]
    secrets = ["MARTIN", "Rose", "Lenoir", *tokens]

    assert len(tokens) >= 2
    assert all(cookie["httpOnly"] for cookie in alice.context.cookies(alice.site))
    check(storage(alice), secrets)

    alice.page.evaluate("() => window.localStorage.setItem('last', 'Rose MARTIN')")
    with pytest.raises(AssertionError):
        check(storage(alice), secrets)
