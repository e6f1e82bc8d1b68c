"""Whatever is sent, by whomever, the answer is one of ours: never a 5xx, never without its headers (R-19, FI-21).

The doors themselves are in test_access.py. The sweep is generated: a new route is attacked the day it opens.
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from conftest import StrictClient
from tests.maison import checks, hostile
from tests.maison.access_table import LETS_IN, PROTOCOL, PUBLIC, ROWS
from tests.maison.conftest import undone
from tests.maison.test_laws import routes
from tests.maison.world import World, kept

# It waits for FranceConnect, which is not there in tests: 503 says it in words.
MAY_BE_ABSENT = {"signature:draft_identification"}
Send = Callable[..., HttpResponse]


def insider(name: str) -> str:
    """Who goes deepest behind a door."""
    access = ROWS[name].access
    if access in {PUBLIC, PROTOCOL}:
        return "anonymous"
    return "alice" if "alice" in LETS_IN[access] else "bea"


class Attack:
    """Requests sent to one route, each forgotten; what went wrong, in words."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name, self.role = world, name, insider(name)
        self.address = world.address(name, ROWS[name].kwargs)
        self.wrong: list[str] = []

    def send(self, method: str, what: str, *args: Any, path: str = "", **more: Any) -> Any:
        """One request; a 5xx or a header that lacks is noted. `generic`: its own method and address."""
        browser = self.world.browser(self.role)
        browser.raise_request_exception = False
        for cookie, value in more.pop("cookies", {}).items():
            browser.cookies[cookie] = value
        with undone():
            cache.clear()
            where = () if method == "generic" else (path or self.address,)
            response = getattr(browser, method)(*where, *args, **more)
        absent = response.status_code == 503 and self.name in MAY_BE_ABSENT
        if response.status_code >= 500 and not absent:
            self.wrong.append(f"{method} {what[:60]!r}: {response.status_code}")
        headers = list(checks.wrong_headers(response, logged_in=self.role != "anonymous"))
        if headers:
            self.wrong.append(f"{method} {what[:60]!r}: {headers}")
        return response


EVERY = pytest.mark.parametrize("name", sorted(ROWS))


class TestNoRouteBreaks:
    @EVERY
    def test_on_hostile_addresses(self, world: World, name: str) -> None:
        """R-19: unknown objects, null bytes, broken UTF-8, ten thousand letters; in the path and after it."""
        attack = Attack(world, name)
        kwargs = ROWS[name].kwargs
        unknown = {key: uuid4() if kinds_uuid(name, key) else "x" for key in kwargs}
        attack.send("get", "unknown", path=reverse(name, kwargs=unknown))
        attack.send("post", "unknown", path=reverse(name, kwargs=unknown))
        for key, what in kwargs.items():
            for word in hostile.PATH_WORDS:
                path = attack.address.replace(str(world.args[what]), word)
                attack.send("get", f"{key}={word}", path=path)
        for query in hostile.QUERIES:
            attack.send("get", query, QUERY_STRING=query)
        assert attack.wrong == []

    @EVERY
    def test_on_hostile_parameters(self, world: World, name: str) -> None:
        """R-19: every parameter that any view reads, every field of the page, all at once, then twice."""
        attack = Attack(world, name)
        names = [*fields(attack), *hostile.names_read()]
        for method in ROWS[name].methods:
            for value in hostile.VALUES if method == "post" else hostile.READ_VALUES:
                attack.send(method, value, dict.fromkeys(names, value))
        twice = {key: ["1", hostile.NUL] for key in names}
        for method in ROWS[name].methods:
            attack.send(method, "twice", twice)
        assert attack.wrong == []

    @pytest.mark.parametrize("name", [n for n in sorted(ROWS) if "post" in ROWS[n].methods])
    def test_on_one_hostile_field(self, world: World, name: str) -> None:
        """R-19: the others as the page has them, so that the field is reached."""
        attack = Attack(world, name)
        untouched = fields(attack)
        attack.send("post", "untouched", untouched)
        for field in untouched:
            for value in hostile.NASTY:
                attack.send("post", f"{field}={value}", untouched | {field: value})
        assert attack.wrong == []

    @EVERY
    def test_on_hostile_bodies_headers_and_cookies(self, world: World, name: str) -> None:
        """R-19: wrong types, broken encodings, too many fields, a million letters; S-14: forged cookies."""
        attack = Attack(world, name)
        if "post" in ROWS[name].methods:
            public = hostile.HEAVY_BODIES if attack.role == "anonymous" else ()
            for media_type, body in (*hostile.BODIES, *public):
                attack.send("generic", media_type, "POST", attack.address, body, media_type)
        for headers in hostile.HEADERS:
            for method in ROWS[name].methods:
                attack.send(method, "headers", **headers)
        for value in hostile.COOKIES:
            forged = {settings.TANDEM_DEVICE_COOKIE_NAME: value, settings.CSRF_COOKIE_NAME: value}
            attack.send(ROWS[name].methods[0], f"cookie {value}", cookies=forged)
        assert attack.wrong == []

    def test_on_a_forged_session(self, world: World) -> None:
        """R-19, S-14: whoever holds a wrong session is nobody."""
        for value in hostile.COOKIES:
            browser = StrictClient()
            browser.cookies[settings.SESSION_COOKIE_NAME] = value
            response = browser.get(reverse("espaces:home"))
            assert response["Location"].startswith("/comptes/connexion/")


def kinds_uuid(name: str, key: str) -> bool:
    """Whether this argument of the route is a UUID."""
    return type(routes()[name].pattern.converters[key]).__name__ == "UUIDConverter"


def fields(attack: Attack) -> dict[str, str]:
    """What the page of the route would send, if it has one."""
    if "get" not in ROWS[attack.name].methods:
        return {}
    page = attack.send("get", "page")
    is_html = page.get("Content-Type", "").startswith("text/html")
    return hostile.fields_of(page.content.decode()) if is_html else {}


class TestEveryForm:
    @pytest.mark.parametrize("name", [n for n in sorted(ROWS) if "post" in ROWS[n].methods])
    def test_asks_for_its_token(self, world: World, name: str) -> None:
        """S-46 (3.5.1 of ASVS): a form sent from another site changes nothing; doors of machines take no cookie."""
        if ROWS[name].access == PROTOCOL:
            assert getattr(routes()[name].callback, "csrf_exempt", False)
            return
        browser = world.browser(insider(name))
        browser.handler.enforce_csrf_checks = True

        response = browser.post(world.address(name, ROWS[name].kwargs))

        assert response.status_code == 403
        assert kept(world) == world.as_built


def break_down(_request: HttpRequest) -> HttpResponse:
    """A surprise in a view."""
    raise RuntimeError("surprise")


break_down.access = "public"  # type: ignore[attr-defined]  # read by the middlewares


class TestEveryErrorPage:
    @pytest.fixture
    def errors(self, world: World, monkeypatch: pytest.MonkeyPatch) -> dict[int, Any]:
        """One answer of each kind, for alice."""
        browser = world.browser("alice")
        browser.raise_request_exception = False
        found = {
            404: browser.get("/nowhere/"),
            405: browser.post(reverse("espaces:home")),
            409: browser.get(reverse("signature:franceconnect_return")),
            422: browser.post(reverse("espaces:search"), {"q": ""}),
            400: browser.get(reverse("espaces:home"), HTTP_HOST="evil.example"),
            403: world.browser("oscar").get(reverse("espaces:home")),
        }
        strict = world.browser("alice")
        strict.handler.enforce_csrf_checks = True
        found[4030] = strict.post(reverse("espaces:search"))
        monkeypatch.setattr(routes()["espaces:help"], "callback", break_down)
        found[500] = browser.get(reverse("espaces:help"))
        return found

    def test_carries_every_header_and_stays_in_no_cache(self, errors: dict[int, Any]) -> None:
        """S-43, S-46, FI-21."""
        wrong = {
            status: list(checks.wrong_headers(response, logged_in=True))
            for status, response in errors.items()
        }
        assert {status: found for status, found in wrong.items() if found} == {}

    def test_has_its_own_status_and_says_nothing_of_the_inside(
        self, errors: dict[int, Any]
    ) -> None:
        """R-19: no trace, no path, no name of a class."""
        assert {status // 10 if status > 999 else status for status in errors} == {
            response.status_code for response in errors.values()
        }
        for response in errors.values():
            page = response.content.decode()
            assert not [w for w in ("Traceback", "surprise", ".py", "tandem.ui") if w in page]
