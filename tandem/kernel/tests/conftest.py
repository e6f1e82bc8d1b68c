"""The sample table stands for the whole session of tests."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker, Settings

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
