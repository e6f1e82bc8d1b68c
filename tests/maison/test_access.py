"""Law 4: every address × every role × own and foreign object, swept from one table.

The table is tests/maison/access_table.py. A route without a row fails; so does a row whose declared
access is not the view's. P-10, S-40, A-24.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse

from conftest import StrictClient
from tandem.structures.models import Affectation
from tandem.usagers.models import Usager
from tests.maison import checks
from tests.maison.access_table import (
    AIDANT,
    CLOSED,
    HIDDEN,
    KEPT_TO_FOLLOWERS,
    LETS_IN,
    LOGIN,
    OPEN,
    ROWS,
    SEEN_BY,
    Row,
)
from tests.maison.test_laws import routes
from tests.maison.world import OF_CHARLIE, ROLES, SECRETS, STRANGERS, World, kept

Browsers = Callable[[str], StrictClient]
METHODS = ("get", "post")
# In an address, these are nobody's.
OPEN_WORDS = {
    "demarche", "any text", "any hidden text", "token", "code", "kind", "modele", "slug", "page",
}  # fmt: skip
# Of these the other structure has its own.
OWN = (
    "besoin", "demarche_suivie", "depot", "relais", "aide",
    "lettre", "version", "courrier",
    "usager", "suivi", "note", "text", "channel", "mandat", "line", "usage", "draft",
    "colleague", "session", "factor", "acces", "appel", "followed", "echeance",
    "sheet", "original", "confirmation", "double", "rapprochement",
)  # fmt: skip


def read(response: HttpResponse) -> str:
    """What the answer says of the door."""
    if response.status_code == 302 and response["Location"].startswith("/comptes/connexion/"):
        return LOGIN
    # FranceConnect is not there to answer in tests: 503 says so, behind the door.
    assert response.status_code < 500 or response.status_code == 503, response.status_code
    return {403: CLOSED, 404: HIDDEN}.get(response.status_code, OPEN)


def expected(row: Row, role: str, method: str, seen_by: dict[str, tuple[str, ...]]) -> str:
    """What the table says that this role gets."""
    is_seen = role in seen_by[row.about]
    special = row.otherwise.get(f"{role} {method}", row.otherwise.get(role, ""))
    if special and (is_seen or special.startswith("/")):
        return special
    if role not in LETS_IN[row.access]:
        return LOGIN if role == "anonymous" else CLOSED
    return OPEN if is_seen else HIDDEN


def check_answer(
    row: Row, role: str, method: str, response: HttpResponse, seen_by: dict[str, Any] = SEEN_BY
) -> None:
    """Fail when the answer is not the table's."""
    wanted = expected(row, role, method, seen_by)
    if method not in row.methods:
        # The door of a method that does not exist may say so first, or be as closed as the others.
        assert response.status_code == 405 or read(response) == wanted != OPEN, (
            f"{method} answered {response.status_code}, and has no row"
        )
        return
    assert response.status_code != 405, f"{method} stands in the table, and is refused"
    if wanted.startswith("/"):
        assert (response.status_code, response.get("Location")) == (302, wanted)
    else:
        assert read(response) == wanted, f"{role} {method}: {response.status_code}"


def secrets_in(response: HttpResponse) -> list[str]:
    """Words of Rose's file, or names of the team, in the answer: headers, cookies, page."""
    head = f"{dict(response.items())} {response.cookies}"
    said = head + (response.content.decode(errors="replace") if not response.streaming else "")
    return [word for word in SECRETS if word in said]


def check_door(
    world: World, name: str, role: str, seen_by: dict[str, Any] = SEEN_BY
) -> list[HttpResponse]:
    """Knock by both methods; fail when the answer is not the table's, when a stranger learns or changes
    anything, or when a header lacks (S-14, S-43, S-46)."""
    row = ROWS[name]
    answers = []
    for method in METHODS:
        response = getattr(world.browser(role), method)(world.address(name, row.kwargs))
        check_answer(row, role, method, response, seen_by)
        assert list(checks.wrong_headers(response, logged_in=role != "anonymous")) == []
        if role in STRANGERS:
            assert secrets_in(response) == []
        answers.append(response)
    if role in STRANGERS:
        assert kept(world) == world.as_built
    return answers


def kinds(name: str) -> list[str]:
    """What stands in the address of a route."""
    return list(ROWS[name].kwargs.values())


def rows_about(*whose: str) -> list[str]:
    """The routes whose address holds something of theirs."""
    return sorted(name for name, row in ROWS.items() if row.about in whose)


class TestTheTable:
    def test_has_a_row_for_every_route(self) -> None:
        assert sorted(set(routes()) ^ set(ROWS)) == []

    def test_says_the_access_each_view_declares(self) -> None:
        told = {name: row.access for name, row in ROWS.items()}
        declared = {name: getattr(route.callback, "access", "") for name, route in routes().items()}
        assert {n: (told[n], declared[n]) for n in told if told[n] != declared.get(n)} == {}

    def test_fills_every_address(self) -> None:
        wanted = {name: set(route.pattern.converters) for name, route in routes().items()}
        assert {n: wanted[n] for n, row in ROWS.items() if set(row.kwargs) != wanted.get(n)} == {}

    def test_says_whose_is_every_object_in_an_address(self) -> None:
        silent = [n for n, r in ROWS.items() if set(r.kwargs.values()) - OPEN_WORDS and not r.about]
        assert silent == []


class TestEveryDoor:
    @pytest.mark.parametrize("role", ROLES)
    @pytest.mark.parametrize("name", sorted(ROWS))
    def test_opens_only_for_whom_the_table_says(self, world: World, name: str, role: str) -> None:
        """P-04, P-10, S-40: 404 for what is not yours, 403 without the charte; nothing read, nothing changed.

        S-14, S-43, S-46: and every header on every answer, nothing of a session in a cache.
        """
        check_door(world, name, role)


class TestAnAidantWhoIsNotHabilite:
    @pytest.mark.parametrize("name", [n for n, row in sorted(ROWS.items()) if row.access == AIDANT])
    def test_opens_no_page_of_theirs(self, world: World, name: str) -> None:
        """P-04: the charte alone is not enough; eve, in the table, has the habilitation alone."""
        Affectation.objects.filter(pk=world.staff["alice"].pk).update(habilite_at=None)

        for method in ROWS[name].methods:
            address = world.address(name, ROWS[name].kwargs)
            response = getattr(world.browser("alice"), method)(address)
            assert read(response) == CLOSED
            assert secrets_in(response) == []


class TestAFileKeptToItsFollowers:
    @pytest.mark.parametrize("role", ["alice", "bob", "bea"])
    @pytest.mark.parametrize("name", rows_about("rose"))
    def test_is_hidden_from_the_rest_of_the_team(self, world: World, name: str, role: str) -> None:
        """P-10: same structure and the affectation to the person, mandats and uses included."""
        Usager.objects.filter(public_id=world.args["usager"]).update(team_access=False)

        check_door(world, name, role, KEPT_TO_FOLLOWERS)


class TestTheOtherStructure:
    @pytest.mark.parametrize("name", [n for n in sorted(ROWS) if set(OWN) & set(kinds(n))])
    def test_opens_its_own_by_the_same_doors(self, world: World, name: str) -> None:
        """S-40: it is the object that is hidden from them, not the page."""
        row = ROWS[name]
        role = "diane" if row.about == "ccas" else "charlie"
        own = {k: f"{what}{OF_CHARLIE}" if what in OWN else what for k, what in row.kwargs.items()}

        for method in row.methods:
            response = getattr(world.browser(role), method)(world.address(name, own))
            assert read(response) == OPEN
            assert secrets_in(response) == []

    @pytest.mark.parametrize(
        "name", [n for n in sorted(ROWS) if {"channel", "suivi", "note"} & set(kinds(n))]
    )
    def test_cannot_reach_ours_through_its_own_person(self, world: World, name: str) -> None:
        """S-40: each object of an address is fetched through the one before."""
        row = ROWS[name]
        address = world.address(name, row.kwargs | {"public_id": f"usager{OF_CHARLIE}"})

        for method in row.methods:
            assert read(getattr(world.browser("charlie"), method)(address)) == HIDDEN
        assert kept(world) == world.as_built
