"""The world of the sweeps: built once for a module, given to each test as it was built."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import time_machine
from django.db import transaction

from conftest import StrictClient
from tests.maison.world import AT, World, build


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is forgotten at the end."""
    atomic = transaction.atomic()
    # As django.test.TestCase marks its own: a durable transaction may open inside.
    atomic._from_testcase = True  # type: ignore[attr-defined]  # Django’s own mark
    with atomic:
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def _built(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), time_machine.travel(AT, tick=False), undone():
        yield build()


@pytest.fixture
def world(_built: World, db: None) -> World:
    """The people of two structures, and one of everything that an address may name."""
    return _built


@pytest.fixture
def browser_of_role(world: World) -> Callable[[str], StrictClient]:
    """A browser where the person of this role is logged in; « anonymous »: nobody is."""
    return world.browser
