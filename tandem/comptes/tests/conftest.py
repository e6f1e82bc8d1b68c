"""The people of comptes' stories, and the page around their clicks."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from tandem.comptes import actions, factors
from tandem.comptes.models import Compte
from tandem.comptes.tests.factories import CompteFactory, login
from tandem.journal.rules import SYSTEM


@pytest.fixture(autouse=True)
def _recovery_codes_are_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for passwords: the cost of a hash is not what these stories are about."""
    monkeypatch.setitem(factors._SCRYPT, "n", 2)


@pytest.fixture
def alice(db: None) -> Compte:
    """Aidante, with an application of codes and three recovery codes."""
    return CompteFactory.create(with_totp=True, with_codes=3, given_name="Alice")


@pytest.fixture
def bob(db: None) -> Compte:
    """Her colleague, with a passkey."""
    return CompteFactory.create(with_passkey=True, given_name="Bob")


@pytest.fixture
def oscar(db: None) -> Compte:
    """Operator, with an application of codes."""
    return CompteFactory.create(with_totp=True, operator=True, given_name="Oscar")


NEW = "champ violon tempête facteur"


class Clock:
    """The clock at the door: `clock.move(minutes=15)`."""

    def __init__(self, traveller: Any) -> None:
        self._traveller = traveller

    def move(self, **span: float) -> datetime:
        """Go forward; returns where one is."""
        self._traveller.shift(timedelta(**span))
        return self.now

    @property
    def now(self) -> datetime:
        from tandem.kernel import clock

        return clock.now()


@pytest.fixture
def clock(at: datetime) -> Iterator[Clock]:
    """Time stands still until it is moved."""
    with time_machine.travel(at, tick=False) as traveller:
        yield Clock(traveller)


@pytest.fixture
def client_of(client: Client, clock: Clock) -> Callable[[Compte], Client]:
    """A browser where this compte is logged in."""
    return lambda compte: login(type(client)(), compte)


@pytest.fixture
def invited(db: None, clock: Clock) -> actions.Invitation:
    return actions.invite_compte(
        email="Zoe@Mairie.example",
        given_name="Zoé",
        family_name="Exemple",
        author=SYSTEM,
        at=clock.now,
    )


@pytest.fixture
def zoe(invited: actions.Invitation, client: Client) -> Client:
    """Her browser, once she has followed the link and chosen a password."""
    client.get(invited.link, follow=True)
    client.post("/comptes/activation/", {"password": NEW, "again": NEW})
    return client
