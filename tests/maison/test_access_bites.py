"""The sweeps are shown to fail: a door taken away, a filter forgotten, a careless view, a header (A-23, S-40)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseBase

import tandem.comptes.queries
import tandem.mandats.queries
import tandem.mandats.queries.mandats
import tandem.oidc_provider.queries
import tandem.oidc_provider.queries.transactions
import tandem.signature.queries
import tandem.structures.queries
import tandem.usagers.queries
from conftest import StrictClient
from tandem.comptes.factors import Factor
from tandem.mandats.models import Autorisation, Mandat, Usage
from tandem.oidc_provider.models import Transaction
from tandem.signature.models import Draft
from tandem.structures.models import Affectation
from tandem.usagers.models import Channel, Suivi, Usager
from tests.maison import checks
from tests.maison.access_table import AIDANT, AIDANT_OR_REFERENT, COMPTE, REFERENT, ROWS
from tests.maison.test_access import TestTheOtherStructure as Elsewhere
from tests.maison.test_access import check_door
from tests.maison.test_answers import TestNoRouteBreaks as Attacks
from tests.maison.test_laws import routes
from tests.maison.world import World

View = Callable[..., HttpResponseBase]
# Whom each door stops first, once logged in where it asks for more.
STOPPED = {AIDANT: "eve", AIDANT_OR_REFERENT: "eve", REFERENT: "alice", COMPTE: "anonymous"}


def without_its_door(view: View) -> View:
    """The view under the decorator that says who may open it."""
    layer = view
    while layer.__code__.co_qualname.rpartition(".")[2] != "guarded":
        layer = layer.__wrapped__  # type: ignore[attr-defined]  # functools.wraps left it
    opened: View = layer.__wrapped__  # type: ignore[attr-defined]  # same

    def unguarded(*args: Any, **kwargs: Any) -> HttpResponseBase:
        return opened(*args, **kwargs)

    # It says that it is guarded, and is not: only the sweep can tell.
    unguarded.access = view.access  # type: ignore[attr-defined]  # read by the middlewares
    unguarded.get_writes = "whatever"  # type: ignore[attr-defined]  # law 8 has its own tests
    return unguarded


def tolerant(browser: Callable[[World, str], StrictClient]) -> Callable[[World, str], StrictClient]:
    """Without its door a page may break on whom it did not expect: a 500, which the sweep refuses too."""

    def open_one(world: World, role: str) -> StrictClient:
        opened = browser(world, role)
        opened.raise_request_exception = False
        return opened

    return open_one


@pytest.mark.parametrize("name", [n for n in sorted(ROWS) if ROWS[n].access in STOPPED])
def test_the_sweep_fails_when_a_door_is_removed(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A-23: for each guarded route."""
    route = routes()[name]
    monkeypatch.setattr(route, "callback", without_its_door(route.callback))
    monkeypatch.setattr(World, "browser", tolerant(World.browser))

    with pytest.raises(AssertionError):
        check_door(world, name, STOPPED[ROWS[name].access])


# Where each filter stands, what takes its place when it is forgotten, and the door and role that tell.
# A view holds its queries by the package or by the name: the place is the one it reads.
EVERYONE = Usager.objects.select_related("structure")
LINES = Autorisation.objects.select_related(
    "mandat__structure", "mandat__usager", "usager__structure"
)
FORGOTTEN: list[tuple[Any, str, Callable[..., object], str, str]] = [
    (tandem.usagers.queries, "usagers_visible_to", lambda _a: EVERYONE, "usagers:card", "charlie"),
    (tandem.usagers.queries, "usagers_visible_to", lambda _a: EVERYONE, "espaces:person", "diane"),
    (tandem.mandats.queries, "mandats_visible_to", lambda _a: Mandat.objects.all(), "mandats:detail", "charlie"),
    (tandem.mandats.queries, "mandats_visible_to", lambda _a: Mandat.objects.all(), "documents:page", "charlie"),
    (tandem.mandats.queries, "autorisations_visible_to", lambda _a: LINES, "mandats:stop_line", "diane"),
    (tandem.mandats.queries, "usages_visible_to", lambda _a: Usage.objects.all(), "mandats:account", "charlie"),
    (
        tandem.signature.queries, "draft_of",
        lambda _a, public_id, **_at: Draft.objects.get(public_id=public_id), "signature:draft_recap", "bob",
    ),
    (
        tandem.structures.queries, "people_visible_to",
        lambda _a: Affectation.objects.with_charte("1"), "structures:person", "diane",
    ),
    (
        tandem.oidc_provider.queries.transactions, "is_bound",
        lambda _row, **_with: True, "oidc_provider:confirm", "bob",
    ),
    (
        tandem.oidc_provider.queries, "accompagnement_for",
        lambda public_id, _a: Transaction.objects.get(public_id=public_id), "oidc_provider:end", "charlie",
    ),
    (
        tandem.comptes.queries, "factor_of",
        lambda _compte, ref: next(f for f in _factors() if f.ref == ref), "comptes:remove_factor", "bob",
    ),
]  # fmt: skip


def _factors() -> list[Factor]:
    return [
        factor
        for row in Affectation.objects.select_related("compte")
        for factor in tandem.comptes.queries.factors_of(row.compte)
    ]


@pytest.mark.parametrize(
    ("place", "query", "forgotten", "name", "role"),
    FORGOTTEN,
    ids=[f"{query}-{name}" for _place, query, _forgotten, name, _role in FORGOTTEN],
)
def test_the_sweep_fails_when_a_query_forgets_its_filter(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    place: Any,
    query: str,
    forgotten: Callable[..., object],
    name: str,
    role: str,
) -> None:
    """A-23, S-40: each filter is what keeps that door shut."""
    monkeypatch.setattr(place, query, forgotten)

    with pytest.raises(AssertionError):
        check_door(world, name, role)


@pytest.mark.parametrize(
    ("query", "forgotten", "name"),
    [
        ("channel_of", lambda _u, key: Channel.objects.get(public_id=key), "usagers:channel_prove"),
        ("suivi_of", lambda _u, key: Suivi.objects.get(public_id=key), "usagers:unfollow"),
    ],
)
def test_a_mixed_address_opens_when_its_second_object_is_fetched_alone(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    query: str,
    forgotten: Callable[..., object],
    name: str,
) -> None:
    """A-23, S-40."""
    monkeypatch.setattr(tandem.usagers.queries, query, forgotten)

    with pytest.raises(AssertionError):
        Elsewhere().test_cannot_reach_ours_through_its_own_person(world, name)


def careless(request: HttpRequest) -> HttpResponse:
    """A view that believes what it receives."""
    return HttpResponse(int(request.GET.get("page", "1")))


careless.access = "public"  # type: ignore[attr-defined]  # read by the middlewares and by law 4


def test_the_attack_fails_when_a_view_believes_what_it_receives(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A-23, R-19."""
    monkeypatch.setattr(routes()["espaces:help"], "callback", careless)

    with pytest.raises(AssertionError, match="500"):
        Attacks().test_on_hostile_parameters(world, "espaces:help")


@pytest.mark.parametrize(
    "header", sorted({*checks.HEADERS, "Content-Security-Policy", "Permissions-Policy"})
)
def test_the_sweep_fails_when_a_header_lacks(
    world: World, monkeypatch: pytest.MonkeyPatch, header: str
) -> None:
    """A-23, S-46: each header on its own."""
    keep = checks.wrong_headers

    def without(response: Any, *, logged_in: bool) -> list[str]:
        del response[header]
        return list(keep(response, logged_in=logged_in))

    monkeypatch.setattr(checks, "wrong_headers", without)

    with pytest.raises(AssertionError):
        check_door(world, "espaces:home", "alice")


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Cache-Control", "private"),
        ("Content-Security-Policy", "default-src 'self'"),
        ("Content-Security-Policy", "default-src 'none'; script-src 'self' 'unsafe-inline'"),
        ("Access-Control-Allow-Origin", "*"),
        ("Server", "Tandem/1"),
    ],
)
def test_the_sweep_fails_when_a_header_says_too_much(world: World, header: str, value: str) -> None:
    """A-23, S-43, S-46, FI-21."""
    answer = world.browser("alice").get("/accueil/")
    assert list(checks.wrong_headers(answer, logged_in=True)) == []

    answer[header] = value

    assert list(checks.wrong_headers(answer, logged_in=True)) != []


def test_the_sweep_fails_when_a_cookie_may_be_read(world: World) -> None:
    """A-23, S-14."""
    answer = world.browser("alice").get("/accueil/")
    answer.set_cookie("__Host-x", "1", secure=True, samesite="Lax")

    assert list(checks.wrong_headers(answer, logged_in=True)) == ["cookie __Host-x"]
