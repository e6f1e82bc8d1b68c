"""The walls that the table of accesses does not walk along: other methods, mixed addresses, what a form carries.

Generated from the table (tests/maison/access_table.py), which every route must have a row in: a new route is
attacked the day it opens. Each sweep is shown to fail when its wall is taken away (S-40, P-10, A-23).
"""

import random
from collections.abc import Iterator
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpRequest, HttpResponse

import tandem.usagers.queries
from conftest import StrictClient
from tandem.usagers.models import Suivi, Usager
from tests.maison import hostile
from tests.maison.access_table import HIDDEN, OPEN, ROWS, SEEN_BY
from tests.maison.conftest import undone
from tests.maison.test_access import OWN, expected, read, secrets_in
from tests.maison.test_laws import routes
from tests.maison.world import OF_CHARLIE, ROLES, STRANGERS, World, kept

OTHER_METHODS = ("head", "put", "patch", "delete", "options", "trace")
EVERY = pytest.mark.parametrize("name", sorted(ROWS))


# --- Methods -------------------------------------------------------------------------------------


def check_methods(world: World, name: str, roles: tuple[str, ...]) -> int:
    """Fail when a method without a row does something; how many were tried."""
    address = world.address(name, ROWS[name].kwargs)
    for role, method in product(roles, OTHER_METHODS):
        response = getattr(world.browser(role), method)(address)
        if method == "head" and response.status_code != 405:
            assert read(response) == expected(ROWS[name], role, "get", SEEN_BY), f"{role} head"
            assert not response.content
        else:
            assert response.status_code in {302, 403, 404, 405}, f"{role} {method}"
            assert read(response) != OPEN or response.status_code == 405, f"{role} {method}"
        if role in STRANGERS:
            assert secrets_in(response) == []
    if set(roles) <= set(STRANGERS):
        assert kept(world) == world.as_built
    return len(roles) * len(OTHER_METHODS)


class TestEveryOtherMethod:
    @EVERY
    def test_does_nothing(self, world: World, name: str) -> None:
        """S-40, P-10: one stranger and one of the house for each route, others each day."""
        chance = random.Random(name)  # noqa: S311 — the same each time
        check_methods(world, name, (chance.choice(STRANGERS),))

    @pytest.mark.trust
    @EVERY
    def test_does_nothing_for_anyone(self, world: World, name: str) -> None:
        """S-40, P-10: every role."""
        check_methods(world, name, STRANGERS)
        check_methods(world, name, tuple(role for role in ROLES if role not in STRANGERS))

    def test_that_would_pass_is_seen(
        self,
        world: World,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """A-23: a view that takes any method."""

        def careless(_request: HttpRequest, **_kwargs: Any) -> HttpResponse:
            return HttpResponse("done")

        careless.access = "aidant"  # type: ignore[attr-defined]  # read by the middlewares
        careless.get_writes = "whatever"  # type: ignore[attr-defined]  # law 8 has its own tests
        monkeypatch.setattr(routes()["usagers:freeze"], "callback", careless)

        with pytest.raises(AssertionError):
            check_methods(world, "usagers:freeze", ("charlie",))


# --- Addresses that mix two structures -----------------------------------------------------------


def mixed(name: str) -> Iterator[dict[str, str]]:
    """Every address of this route that holds something of each structure."""
    kwargs = ROWS[name].kwargs
    mine = [key for key, what in kwargs.items() if what in OWN]
    for chosen in product((False, True), repeat=len(mine)):
        if any(chosen) and not all(chosen):
            theirs = dict(zip(mine, chosen, strict=True))
            yield {k: w + OF_CHARLIE if theirs.get(k) else w for k, w in kwargs.items()}


MIXED = [name for name in sorted(ROWS) if next(mixed(name), None)]


def check_mixed(world: World, name: str) -> None:
    """Fail when an address half ours and half theirs opens to either side."""
    for kwargs, role in product(mixed(name), ("charlie", "alice")):
        for method in ROWS[name].methods:
            with undone():
                response = getattr(world.browser(role), method)(world.address(name, kwargs))
            assert read(response) == HIDDEN, f"{role} {method} {kwargs}"
            if role == "charlie":
                assert secrets_in(response) == []


class TestAMixedAddress:
    @pytest.mark.parametrize("name", MIXED)
    def test_is_not_there(self, world: World, name: str) -> None:
        """S-40: each object is fetched through the one before, by whoever looks."""
        check_mixed(world, name)
        assert kept(world) == world.as_built

    def test_there_are_some(self) -> None:
        assert len(MIXED) >= 5

    def test_that_opens_is_seen(
        self,
        world: World,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """A-23: a suivi fetched without its person."""
        anyone = Suivi.objects.select_related("affectation__compte")
        monkeypatch.setattr(tandem.usagers.queries, "suivis_of", lambda _usager: anyone)

        with pytest.raises(AssertionError):
            check_mixed(world, "usagers:unfollow")


# --- What a form carries -------------------------------------------------------------------------


def own_address(world: World, name: str) -> str:
    """The same page, of the other structure."""
    kwargs = {k: w + OF_CHARLIE if w in OWN else w for k, w in ROWS[name].kwargs.items()}
    return world.address(name, kwargs)


def theirs(world: World) -> dict[str, str]:
    """What stands in the CCAS, by the identifier of the same thing elsewhere."""
    return {
        str(world.args[f"{what}{OF_CHARLIE}"]): str(value)
        for what, value in world.args.items()
        if isinstance(value, UUID) and f"{what}{OF_CHARLIE}" in world.args
    }


def fields_at(world: World, name: str) -> dict[str, str]:
    """What the other structure's own page would send untouched."""
    if "get" not in ROWS[name].methods:
        return {}
    with undone():
        page = world.browser(outsider(name)).get(own_address(world, name))
    is_html = page.get("Content-Type", "").startswith("text/html")
    return hostile.fields_of(page.content.decode()) if is_html else {}


def outsider(name: str) -> str:
    """Who goes deepest in the other structure."""
    return "diane" if ROWS[name].about == "ccas" or ROWS[name].access == "referent" else "charlie"


def smuggle(world: World, name: str, data: dict[str, str]) -> None:
    """Send this to the other structure's own page; fail when the CCAS is read or changed."""
    browser: StrictClient = world.browser(outsider(name))
    browser.raise_request_exception = False
    with undone():
        response: Any = browser.post(own_address(world, name), data)
        assert response.status_code < 500 or response.status_code == 503, (name, data)
        assert secrets_in(response) == [], (name, data)
        if response.status_code == 302 and response["Location"].startswith("/"):
            after: Any = browser.get(response["Location"])
            assert secrets_in(after) == [], (name, data)
        assert kept(world) == world.as_built, (name, data)


POSTED = [name for name in sorted(ROWS) if "post" in ROWS[name].methods]
# Whatever a view reads by its name and that may name a row.
NAMES = (
    "usager",
    "personne",
    "mandat",
    "autorisation",
    "affectation",
    "aidant",
    "aidants",
    "demarche",
    "autre",
)


class TestAForm:
    @pytest.mark.parametrize("name", POSTED)
    def test_names_nothing_of_another_structure(self, world: World, name: str) -> None:
        """S-40: each identifier that its own page sends, replaced by the one of the CCAS; then all at once."""
        swap = theirs(world)
        untouched = fields_at(world, name)
        swapped = {key: swap.get(value, value) for key, value in untouched.items()}
        for key, value in swapped.items():
            if value != untouched[key]:
                smuggle(world, name, untouched | {key: value})
        person = str(world.args["usager"])
        smuggle(world, name, swapped | {key: person for key in NAMES if key not in swapped})

    @pytest.mark.trust
    @pytest.mark.parametrize("name", POSTED)
    def test_names_nothing_of_another_structure_in_any_field(
        self,
        world: World,
        name: str,
        record_property: Any,
    ) -> None:
        """S-40: eight identifiers of the CCAS in every field, others for each route and field."""
        untouched = fields_at(world, name)
        stolen = sorted(theirs(world).values())
        tried = 0
        for key in sorted({*untouched, *NAMES}):
            chance = random.Random(f"{name} {key}")  # noqa: S311 — the same each time
            for value in chance.sample(stolen, 8):
                smuggle(world, name, untouched | {key: value})
                tried += 1
        record_property("forms sent", tried)

    def test_that_names_one_is_seen(
        self,
        world: World,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """A-23: a search among everyone shows the person of another structure."""
        everyone = Usager.objects.select_related("structure")
        monkeypatch.setattr(tandem.usagers.queries, "usagers_visible_to", lambda _acteur: everyone)
        monkeypatch.setattr(
            tandem.usagers.queries, "_with_tokens", lambda *_args: list(everyone.order_by("pk"))
        )

        with pytest.raises(AssertionError):
            smuggle(world, "espaces:search", {"q": "Quillienec"})
