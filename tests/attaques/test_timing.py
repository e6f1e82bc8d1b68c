"""Nobody learns who or what exists: same status, same length, same time; nor guesses, nor is kept out (S-52, S-16).

Time is counted in the processor's own account of the thread, one try of each kind in turn: a loaded machine changes
nothing to it. It is measured by `make trust` alone; the suite compares what is answered.
"""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.test import Client, override_settings
from django.urls import reverse

from conftest import StrictClient
from tandem.comptes.models import Compte
from tandem.comptes.tests.factories import PASSWORD, login, totp_code
from tandem.kernel import clock as door
from tandem.oidc_provider.tests.story import SECRET, make_party
from tandem.usagers.tests.factories import UsagerFactory

TRIES = 10
TRIES_OF_TRUST = int(os.environ.get("TANDEM_TRIES", "1000"))
LARGEST_GAP_SECONDS = 0.010
REAL_HASH = "django.contrib.auth.hashers.ScryptPasswordHasher"
LOGIN = "/comptes/connexion/"
ENTRANCE = "tandem.comptes.actions.entrance"

Try = Callable[[], Any]


@dataclass
class Door:
    """One question asked twice: of what exists, and of what does not."""

    known: Try
    unknown: Try


class Traveller:
    """The clock, moved so that no limit answers in the place of the door."""

    def __init__(self, travel: Any) -> None:
        self.travel = travel

    def wait(self, **span: float) -> None:
        """Let this time go by."""
        self.travel.shift(timedelta(**span))


@pytest.fixture
def traveller(at: datetime) -> Iterator[Traveller]:
    with time_machine.travel(at, tick=False) as travel:
        yield Traveller(travel)


@pytest.fixture
def doors(alice: Any, charlie: Any, client_of: Any, traveller: Traveller) -> dict[str, Door]:
    """Where what exists could show."""
    elsewhere = UsagerFactory.create(structure=charlie.structure)
    make_party("franceconnect")
    anyone, desk = StrictClient(), client_of(alice)
    email = alice.compte.email

    def password(address: str) -> Try:
        return lambda: anyone.post(LOGIN, {"email": address, "password": "x" * 14})

    def person(public_id: Any) -> Try:
        return lambda: desk.get(reverse("espaces:person", args=[public_id]))

    def token(client_id: str, secret: str) -> Try:
        sent = {
            "grant_type": "authorization_code",
            "code": "x" * 43,
            "redirect_uri": "https://x.example/",
        }
        return lambda: anyone.post(
            "/oidc/token",
            "&".join(f"{k}={v}" for k, v in {**sent, "client_id": client_id, "client_secret": secret}.items()),
            content_type="application/x-www-form-urlencoded",
        )  # fmt: skip

    def verification(code: str) -> Try:
        return lambda: anyone.get(reverse("preuves:verify", args=[code]))

    def userinfo(value: str) -> Try:
        return lambda: anyone.get("/oidc/userinfo", HTTP_AUTHORIZATION=f"Bearer {value}")

    wrong = "w" * len(SECRET)
    return {
        "login": Door(password(email), password("z" * (len(email) - 10) + "@a.example")),
        "person": Door(person(elsewhere.public_id), person(uuid4())),
        "token": Door(token("franceconnect", wrong), token("franceconnexx", wrong)),
        "verification": Door(verification("W" * 28), verification("3" * 28)),
        "userinfo": Door(userinfo("A" * 43), userinfo("B" * 43)),
    }


def answered(response: Any) -> tuple[int, int, str]:
    """What whoever asks can compare."""
    return response.status_code, len(response.content), response.get("Location", "")


def compare(one: Door, traveller: Traveller, tries: int) -> tuple[float, float]:
    """Ask in turn; fail when the answers differ; the median times of each, by the processor's account."""
    spent: tuple[list[float], list[float]] = ([], [])
    for number in range(tries):
        pairs = ((one.known, spent[0]), (one.unknown, spent[1]))
        said = []
        for ask, times in pairs if number % 2 else reversed(pairs):
            start = time.thread_time()
            response = ask()
            times.append(time.thread_time() - start)
            said.append(answered(response))
        assert said[0] == said[1]
        assert said[0][0] != 429, "the limit answered in its place"
        # Fifteen minutes without a page would end the aidant's session.
        traveller.wait(seconds=20 if number % 10 else 60)
    return median(spent[0]), median(spent[1])


NAMES = ("login", "person", "token", "verification", "userinfo")


class TestWhatExists:
    @pytest.mark.parametrize("name", NAMES)
    def test_is_answered_like_what_does_not(
        self, doors: dict[str, Door], traveller: Traveller, name: str
    ) -> None:
        """S-52: status, length and where one is sent."""
        compare(doors[name], traveller, TRIES)

    @pytest.mark.trust
    @pytest.mark.parametrize("name", NAMES)
    def test_takes_the_same_time(
        self,
        doors: dict[str, Door],
        traveller: Traveller,
        name: str,
        alice: Any,
        record_property: Any,
    ) -> None:
        """S-52: medians of 1,000 tries within 10 ms, with the hash of production."""
        with override_settings(PASSWORD_HASHERS=[REAL_HASH]):
            Compte.objects.filter(pk=alice.compte.pk).update(password=make_password(PASSWORD))
            known, unknown = compare(doors[name], traveller, TRIES_OF_TRUST)

        gap = abs(known - unknown)
        record_property("medians, ms", f"{1000 * known:.2f} and {1000 * unknown:.2f}")
        assert gap <= LARGEST_GAP_SECONDS

    @pytest.mark.trust
    def test_that_takes_another_is_seen(
        self,
        doors: dict[str, Door],
        traveller: Traveller,
        alice: Any,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """A-23: nothing is hashed for an address that nobody has."""

        def hasty(*, username: str, password: str) -> Any:
            known = Compte.objects.filter(email=username).exists()
            return authenticate(username=username, password=password) if known else None

        monkeypatch.setattr(f"{ENTRANCE}.authenticate", hasty)
        with override_settings(PASSWORD_HASHERS=[REAL_HASH]):
            Compte.objects.filter(pk=alice.compte.pk).update(password=make_password(PASSWORD))
            known, unknown = compare(doors["login"], traveller, TRIES)

        assert known - unknown > LARGEST_GAP_SECONDS

    def test_that_is_answered_otherwise_is_seen(
        self, doors: dict[str, Door], traveller: Traveller
    ) -> None:
        """A-23: another page for what exists elsewhere."""
        with pytest.raises(AssertionError):
            compare(Door(doors["person"].known, doors["login"].unknown), traveller, 1)


class TestBruteForce:
    def attack(
        self, alice: Any, traveller: Traveller, monkeypatch: pytest.MonkeyPatch, tries: int
    ) -> list[int]:
        """Guess the password, from everywhere, two hundred times a minute; how many were checked each minute."""
        checked: list[int] = []

        def counted(*, username: str, password: str) -> Any:
            checked[-1] += 1
            return authenticate(username=username, password=password)

        monkeypatch.setattr(f"{ENTRANCE}.authenticate", counted)
        for number in range(tries):
            if number % 200 == 0:
                traveller.wait(seconds=60)
                checked.append(0)
            address = f"198.51.{number % 100}.{number % 250}"
            guess = {"email": alice.compte.email, "password": f"guess number {number}"}
            assert StrictClient(REMOTE_ADDR=address).post(LOGIN, guess).status_code in {422, 429}
        return checked

    def enter(self, browser: Client, who: Compte) -> bool:
        """By the password and the code, as a person does."""
        browser.post(LOGIN, {"email": who.email, "password": PASSWORD})
        code = {"geste_code": totp_code(who, door.now())}
        browser.post("/comptes/connexion/code/", code)
        return bool(browser.get("/comptes/").status_code == 200)

    def holds(self, alice: Any, traveller: Traveller, checked: list[int]) -> None:
        """Few were checked; who is known enters at once, and anywhere within a minute."""
        assert max(checked) <= 10
        known = login(StrictClient(), alice.compte)
        del known.cookies[settings.SESSION_COOKIE_NAME]
        assert self.enter(known, alice.compte)
        traveller.wait(seconds=60)
        assert self.enter(StrictClient(REMOTE_ADDR="192.0.2.9"), alice.compte)

    @pytest.fixture
    def alice(self, alice: Any) -> Any:
        """With an application of codes."""
        from tandem.comptes.tests.factories import CompteFactory

        alice.compte = CompteFactory.create(with_totp=True, given_name="Alice")
        return alice

    def test_checks_few_and_keeps_nobody_out(
        self, alice: Any, traveller: Traveller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """S-16."""
        self.holds(alice, traveller, self.attack(alice, traveller, monkeypatch, 60))

    @pytest.mark.trust
    def test_checks_few_of_ten_thousand(
        self,
        alice: Any,
        traveller: Traveller,
        monkeypatch: pytest.MonkeyPatch,
        record_property: Any,
    ) -> None:
        """S-16: 10,000 tries; ≤ 10 checks a minute; the person enters within 60 s."""
        checked = self.attack(alice, traveller, monkeypatch, 10_000)
        record_property("most checks in a minute", max(checked))
        self.holds(alice, traveller, checked)

    def test_without_a_limit_is_seen(
        self, alice: Any, traveller: Traveller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A-23."""
        monkeypatch.setattr(f"{ENTRANCE}._refuse_hammering", lambda *_args: None)

        with pytest.raises(AssertionError):
            self.holds(alice, traveller, self.attack(alice, traveller, monkeypatch, 60))
