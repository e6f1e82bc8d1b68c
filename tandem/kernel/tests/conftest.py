"""A sample table, keys to rotate, a peer to speak to."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker, Settings

from tandem.kernel.http import HttpClient
from tandem.kernel.tests.peer import Server
from tandem.kernel.tests.samples import Card


@pytest.fixture(scope="session")
def _card_table(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(Card)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(Card)


@pytest.fixture
def cards(_card_table: None, db: None) -> type[Card]:
    """The sample table, empty."""
    return Card


def key(letter: str) -> bytes:
    """A recognisable key."""
    return letter.encode() * 32


@pytest.fixture
def use_keys(settings: Settings) -> Callable[[str], None]:
    """`use_keys("ba")`: key b encrypts, b and a decrypt."""

    def use(letters: str) -> None:
        settings.TANDEM_ENCRYPTION_KEYS = [(letter, key(letter)) for letter in letters]

    return use


@pytest.fixture
def peer() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def http() -> HttpClient:
    return HttpClient(hosts={"127.0.0.1", "localhost"})


Resolve = Callable[[str], None]


@pytest.fixture
def resolve(monkeypatch: pytest.MonkeyPatch) -> Resolve:
    """`resolve("10.0.0.1")`: every name leads to that address."""

    def use(addresses: str) -> None:
        def fake(host: str, port: int, *args: Any, **kwargs: Any) -> list[tuple[Any, ...]]:
            return [(0, 0, 0, "", (address, port)) for address in addresses.split()]

        monkeypatch.setattr("socket.getaddrinfo", fake)

    return use


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every connection tried; none is made."""
    tried: list[object] = []

    def refuse(address: object, *args: Any, **kwargs: Any) -> None:
        tried.append(address)
        raise OSError

    monkeypatch.setattr("socket.create_connection", refuse)
    return tried
