"""What must be silent is: names and tokens stand in no address, no header, no line of the console (S-43, S-44).

Every page of the house is opened and posted to by whoever goes deepest behind its door, with Rose's canary name; what
the process says is read as production writes it. The way of an identity is walked in test_silent_way.py. The storage
of the browser is looked at in tests/parcours/test_silence.py; that no third party is called (P-42), for every journey,
in tests/parcours/conftest.py.
"""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from tests.attaques.listening import heard, told, whole_table
from tests.maison.access_table import ROWS
from tests.maison.conftest import undone
from tests.maison.test_answers import MAY_BE_ABSENT, insider
from tests.maison.test_laws import routes
from tests.maison.world import DECLARED, EMAIL, FAMILY, GIVEN, NUMBER, SECRETS, World

# What a person sent or said; the names of those who help are known of everyone around them.
OF_ROSE = (GIVEN, FAMILY, EMAIL, NUMBER, DECLARED)


@pytest.fixture
def console() -> Iterator[io.StringIO]:
    """What the process writes during the test."""
    with heard() as written:
        yield written


def open_every_page(world: World, names: list[str]) -> list[str]:
    """What each page tells of Rose besides its words."""
    wrong = []
    for name in names:
        for method in ROWS[name].methods:
            browser = world.browser(insider(name))
            with undone():
                response = getattr(browser, method)(world.address(name, ROWS[name].kwargs))
            assert response.status_code < 500 or name in MAY_BE_ABSENT
            wrong += [f"{name} {method}: {one}" for one in told(response, SECRETS)]
    return wrong


class TestEveryPage:
    def test_names_nobody_in_an_address_a_header_or_the_console(
        self, world: World, console: io.StringIO
    ) -> None:
        """S-44, S-43: nothing to be kept by a proxy, a history, a referer, an index or a log."""
        assert open_every_page(world, sorted(ROWS)) == []
        assert [word for word in SECRETS if word in console.getvalue()] == []

    def test_that_would_is_seen(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """A-23: a file named after the person, a link that carries the name."""

        def careless(_request: HttpRequest, **_kwargs: Any) -> HttpResponse:
            page = f'<html lang="fr"><main><a href="/?q={FAMILY}">x</a></main></html>'
            return HttpResponse(page, headers={"Content-Disposition": f"inline; filename={GIVEN}"})

        careless.access = "aidant"  # type: ignore[attr-defined]  # read by the middlewares
        monkeypatch.setattr(routes()["espaces:person"], "callback", careless)

        assert len(open_every_page(world, ["espaces:person"])) == 2


def break_down(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """A surprise, with everything at hand."""
    held = {**kwargs, **request.POST.dict()}
    raise RuntimeError(f"surprise with {len(held)} values")


break_down.access = "public"  # type: ignore[attr-defined]  # read by the middlewares


class TestAnError:
    @pytest.mark.parametrize("name", ["comptes:activation_link", "preuves:verify"])
    def test_of_an_address_that_opens_something_is_told_without_it(
        self, world: World, console: io.StringIO, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        """S-44: an invitation and a verification code stand in an address because they are links; not in a log."""
        address = world.address(name, ROWS[name].kwargs)
        [word] = [str(world.args[what]) for what in ROWS[name].kwargs.values()]
        browser = world.browser("anonymous")
        browser.raise_request_exception = False

        browser.put(address)
        monkeypatch.setattr(routes()[name], "callback", break_down)
        assert browser.get(address).status_code == 500

        assert "RuntimeError" in console.getvalue()
        assert word not in console.getvalue()

    def test_says_nothing_of_what_was_sent(
        self, world: World, console: io.StringIO, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """S-44: neither the body nor what follows the address."""
        browser = world.browser("alice")
        browser.raise_request_exception = False
        monkeypatch.setattr(routes()["espaces:search"], "callback", break_down)

        browser.post(f"/personnes/recherche/?q={FAMILY}", {"q": FAMILY})
        browser.post(reverse("espaces:search") + f"?q={FAMILY}", {"q": f"{FAMILY} {NUMBER}"})

        assert "RuntimeError" in console.getvalue()
        assert [word for word in SECRETS if word in console.getvalue()] == []


# --- The database --------------------------------------------------------------------------------


class TestAStolenDatabase:
    def test_names_nobody_who_was_helped(self, world: World) -> None:
        """S-42, P-10: names, numbers, addresses and words about a person are encrypted, in every table."""
        tables = connection.introspection.table_names()
        assert len(tables) > 60

        wrong = {
            table: found
            for table in tables
            if (found := [word for word in OF_ROSE if word in whole_table(table)])
        }
        assert wrong == {}

    def test_that_would_is_seen(self, world: World) -> None:
        """A-23."""
        with undone(), connection.cursor() as cursor:
            cursor.execute("UPDATE structures_structure SET city = %s", [FAMILY])
            assert FAMILY in whole_table("structures_structure")
