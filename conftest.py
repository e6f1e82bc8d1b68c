"""The nets under every test: what the laws forbid at run time fails the test that does it.

The cast of every story is below: alice (aidante), bob (her colleague), bea (their référente),
charlie (aidant elsewhere), oscar (operator), rose (the usager).
"""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.db.models.signals import post_migrate
from django.template import engines
from django.test import Client
from django.urls import Resolver404, resolve
from hypothesis import settings as hypothesis_settings

if TYPE_CHECKING:
    from tandem.comptes.models import Compte
    from tandem.structures.models import Acteur, Affectation, Structure
    from tandem.usagers.models import Usager

# Playwright's synchronous driver runs inside an event loop; Django would refuse the ORM there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# No test is timed: a loaded machine is no defect.
hypothesis_settings.register_profile("house", deadline=None)
hypothesis_settings.load_profile("house")


class _Undefined(str):
    """Law 11: an undefined template variable fails."""

    __slots__ = ()

    def __contains__(self, item: object) -> bool:
        return item == "%s"

    def __mod__(self, name: object) -> str:
        raise AssertionError(f"undefined template variable: {name}")


@pytest.fixture(autouse=True, scope="session")
def _undefined_variables_fail() -> None:
    engines["django"].engine.string_if_invalid = _Undefined("undefined")  # type: ignore[attr-defined]  # DjangoTemplates


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was collected stays to the end: the collector of garbage need not look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 50)


@pytest.fixture(autouse=True, scope="session")
def _templates_are_rendered_as_in_production() -> Iterator[None]:
    """No test reads `response.context`: Django need not copy it for each template."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.test.client.store_rendered_templates", lambda *_args, **_kwargs: None)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The catalogue stands in every database, as after any migration; what loads it finds it done.

    A test that commits empties every table at its end: the catalogue comes back with the signal of that flush.
    """
    from tandem.referentiels.actions import load_catalogue

    def load_again(**_signal: Any) -> None:
        load_catalogue()

    with django_db_blocker.unblock():
        load_catalogue()
    post_migrate.connect(
        load_again,
        sender=apps.get_app_config("referentiels"),
        weak=False,
        dispatch_uid="tests.catalogue",
    )


@pytest.fixture(autouse=True)
def _limits_start_from_zero() -> None:
    cache.clear()


@pytest.fixture(autouse=True, scope="session")
def _flush_may_empty_the_journal() -> Iterator[None]:
    from tandem.journal.tests.guards import flush_lifts_guards

    with flush_lifts_guards():
        yield


# Sessions, caches and limits are excepted from law 8.
_NOT_DOMAIN = (
    "django_session",
    "tandem_cache",
    "comptes_opensession",
    "kernel_limitcounter",
)


@contextmanager
def _domain_is_read_only(path: str) -> Iterator[None]:
    """Law 8: a GET changes no domain row, unless its view declares it."""
    try:
        declared = getattr(resolve(path).func, "get_writes", "")
    except Resolver404:
        declared = ""
    if declared:
        yield
        return

    def refuse_writes(
        execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        start = sql.lstrip()[:6].upper()
        if start in {"INSERT", "UPDATE", "DELETE"} and not any(
            table in sql for table in _NOT_DOMAIN
        ):
            raise AssertionError(
                f"GET {path} writes: {sql[:120]} (law 8; see tandem.kernel.declare.get_writes)"
            )
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse_writes):
        yield


class StrictClient(Client):
    """A browser that speaks https, and refuses what the laws refuse in every answer."""

    def request(self, **request: Any) -> Any:
        request |= {"wsgi.url_scheme": "https", "SERVER_PORT": "443"}
        request.setdefault("HTTP_HOST", "tandem.example")
        if request.get("REQUEST_METHOD") == "GET":
            with _domain_is_read_only(str(request["PATH_INFO"])):
                response = super().request(**request)
        else:
            response = super().request(**request)
        _assert_clean(response)
        return response


def _assert_clean(response: Any) -> None:
    from tests.maison.checks import inline_code

    if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
        html = response.content.decode()
        assert inline_code(html) == [], "inline code in an answer (law 7)"
        if html.strip() and "<html" in html:
            assert 'lang="' in html
            assert "<main" in html
    for header in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"):
        assert header in response, f"{header} is missing"


@pytest.fixture
def client() -> StrictClient:
    """A browser without session."""
    return StrictClient()


@pytest.fixture
def at() -> datetime:
    """The instant of the story: a Monday morning in Paris."""
    return datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


# The cast. Each is an affectation: `alice.compte`, `alice.structure`.


@pytest.fixture
def ccas(db: None) -> "Structure":
    """Where alice, bob and bea work."""
    from tandem.structures.tests.factories import StructureFactory

    return StructureFactory.create(name="CCAS de Valmont")


@pytest.fixture
def mairie(db: None) -> "Structure":
    """Another structure: it must see nothing of the CCAS."""
    from tandem.structures.tests.factories import StructureFactory

    return StructureFactory.create(name="Mairie de Saint-Aubin")


def _at_work(structure: "Structure", given_name: str, **traits: Any) -> "Affectation":
    from tandem.structures.tests.factories import AffectationFactory

    return AffectationFactory.create(
        structure=structure, compte__given_name=given_name, compte__family_name="Exemple", **traits
    )


@pytest.fixture
def alice(ccas: "Structure") -> "Affectation":
    """Aidante of the CCAS."""
    return _at_work(ccas, "Alice")


@pytest.fixture
def bob(ccas: "Structure") -> "Affectation":
    """Her colleague."""
    return _at_work(ccas, "Bob")


@pytest.fixture
def bea(ccas: "Structure") -> "Affectation":
    """Their référente."""
    return _at_work(ccas, "Béa", referent=True)


@pytest.fixture
def charlie(mairie: "Structure") -> "Affectation":
    """An aidant elsewhere: should have no access to the CCAS's people."""
    return _at_work(mairie, "Charlie")


@pytest.fixture
def oscar(db: None) -> "Compte":
    """An operator: a compte without any structure."""
    from tandem.comptes.tests.factories import CompteFactory

    return CompteFactory.create(given_name="Oscar", operator=True, with_totp=True)


@pytest.fixture
def rose(ccas: "Structure") -> "Usager":
    """The usager, identified by FranceConnect."""
    from tandem.usagers.tests.factories import UsagerFactory

    return UsagerFactory.create(structure=ccas)


@pytest.fixture
def as_acteur() -> Callable[["Affectation"], "Acteur"]:
    """The acteur someone is, as the middleware reads them."""
    from tandem.structures.queries import acteur_from

    return acteur_from


@pytest.fixture
def client_of() -> Callable[..., StrictClient]:
    """A browser with a session, for an affectation or a compte."""
    from tandem.comptes.tests.factories import login

    def open_session(who: Any) -> StrictClient:
        browser = StrictClient()
        login(browser, getattr(who, "compte", who))
        return browser

    return open_session
