"""Something falls between two steps of a connexion: nothing is released (S-02, FI-22, P-38, P-39).

The table is generated: every fall × every gap between two steps. Then each check is removed, to see the
identity go out without it: a check that nobody would miss is no check.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache

from tandem.comptes.tests.factories import totp_code
from tandem.journal.models import Entry
from tandem.kernel import clock as clock_of_tandem
from tandem.mandats.models import Usage
from tandem.mandats.queries import uses
from tandem.oidc_provider.actions import connexion, release
from tandem.oidc_provider.models import (
    AccessToken,
    AuthorizationCode,
    RelyingParty,
    Transaction,
)
from tandem.oidc_provider.queries import obstacles
from tandem.oidc_provider.tests.story import Story, authorize_request
from tandem.structures.queries import acteur_from
from tests.attaques.falls import FALLS, LAST_FALLS, Fall
from tests.maison.conftest import undone


class Walk:
    """The five steps after the arrival; each goes on whatever the one before was answered."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.token = ""
        # Shown by Alice's application before anything falls; the clock does not move.
        self.typed = totp_code(story.compte, now())
        self.answers: list[Any] = []

    def usager(self) -> None:
        self.answers.append(self.story.choose_usager())

    def demarche(self) -> None:
        self.answers.append(self.story.choose_line())

    def confirm(self) -> None:
        self.answers.append(self.story.confirm(typed=self.typed))

    def token_(self) -> None:
        answer = self.story.exchange()
        if answer.status_code == 200:
            self.token = answer.json()["access_token"]
        self.answers.append(answer)

    def userinfo(self) -> None:
        self.answers.append(self.story.userinfo(self.token or "x" * 43))

    @property
    def steps(self) -> list[Callable[[], None]]:
        return [self.usager, self.demarche, self.confirm, self.token_, self.userinfo]

    def take(self, count: int) -> None:
        """The first steps, with nothing that falls."""
        self.story.arrive()
        for step in self.steps[:count]:
            step()

    def with_fall(self, fall: Fall, before: int) -> None:
        """All the steps, the fall just before the one of that number; ARRIVAL is before them all."""
        if before == ARRIVAL:
            fall.act(self.story)
        self.story.arrive()
        for number, step in enumerate(self.steps):
            if number == before:
                fall.act(self.story)
            step()


def now() -> datetime:
    return clock_of_tandem.now()


ARRIVAL = -1
STEPS = [
    "the arrival",
    "the choice of the person",
    "the choice of the line",
    "the code",
    "the token",
    "userinfo",
]


# Turned away at the door, or sent to their own compte: there is no connexion to go on with.
NEVER_ARRIVE = {
    "stop_relying_party": 400, "move_redirect_uri": 400, "lose_factors": 302, "reset_enrolment": 302,
}  # fmt: skip


@contextmanager
def another_walk(story: Story) -> Iterator[Walk]:
    """One walk of the story, of which nothing stays: neither in the database nor in the browsers."""
    browsers = (story.browser, story.machine)
    cookies = [deepcopy(browser.cookies) for browser in browsers]
    cache.clear()
    with undone():
        yield Walk(story)
    for browser, before in zip(browsers, cookies, strict=True):
        browser.cookies = before
    story.code = ""


def released() -> bool:
    return Entry.objects.filter(event="oidc_provider.identity_released").exists()


class TestNothingIsReleased:
    @pytest.mark.parametrize("fall", FALLS, ids=[fall.name for fall in FALLS])
    def test_when_something_falls_between_two_steps(self, story: Story, fall: Fall) -> None:
        """S-02, FI-22, P-38, P-39: each fall × each of 6 gaps."""
        first = 0 if fall.name in NEVER_ARRIVE else ARRIVAL
        for before in range(first, 5):
            with another_walk(story) as walk:
                walk.with_fall(fall, before)

                gap = f"before {STEPS[before - ARRIVAL]}"
                assert not released(), gap
                assert walk.answers[-1].status_code == 401, gap
                assert not any(b"MARTIN" in answer.content for answer in walk.answers[3:]), gap
                assert AccessToken.objects.exists() == (before > 3), gap
                spent = AuthorizationCode.objects.exists(), Usage.objects.exists()
                assert spent == (before > 2,) * 2, gap
                assert not any(answer.status_code >= 500 for answer in walk.answers), gap
                if before == 4:
                    self.the_journal_says_why(fall)

    @pytest.mark.parametrize("fall", LAST_FALLS, ids=[fall.name for fall in LAST_FALLS])
    def test_when_nothing_is_left_to_give(self, story: Story, fall: Fall) -> None:
        """S-02, P-22, R-24: the person is erased, or a backup came back."""
        for before in range(5):
            with another_walk(story) as walk:
                walk.with_fall(fall, before)

                gap = f"before {STEPS[before - ARRIVAL]}"
                assert not released(), gap
                assert walk.answers[-1].status_code == 401, gap
                assert not any(b"MARTIN" in one.content for one in walk.answers[before + 1 :]), gap
                assert not any(answer.status_code >= 500 for answer in walk.answers), gap

    @pytest.mark.parametrize("name", sorted(NEVER_ARRIVE))
    def test_nor_begun_for_whoever_may_no_longer(self, story: Story, name: str) -> None:
        """S-02, S-06, FI-18: no redirect to the service either."""
        next(fall for fall in FALLS if fall.name == name).act(story)

        answer = story.browser.get("/oidc/authorize", authorize_request(), secure=True)

        assert answer.status_code == NEVER_ARRIVE[name]
        assert answer.get("Location", "/").startswith("/comptes/" if "Location" in answer else "/")
        assert not Transaction.objects.exists()

    @staticmethod
    def the_journal_says_why(fall: Fall) -> None:
        """P-07, S-02: a refusal behind the browser leaves its line."""
        line = Entry.objects.get(event="oidc_provider.identity_refused")
        assert line.facts["step"] == "userinfo"
        assert any(check in str(line.facts["reason"]) for check in fall.mandats | fall.ours)

    def test_but_rose_is_when_nothing_falls(self, story: Story) -> None:
        """The control of the table: it can fail."""
        walk = Walk(story)

        walk.take(5)

        assert released()
        assert walk.answers[-1].json()["family_name"] == "MARTIN"

    @pytest.mark.parametrize("fall", FALLS, ids=[fall.name for fall in FALLS])
    def test_even_to_a_retry_of_what_was_answered(self, story: Story, fall: Fall) -> None:
        """FI-22, decision 13: a retry reads again too."""
        walk = Walk(story)
        walk.take(5)

        fall.act(story)
        walk.userinfo()

        assert walk.answers[-2].status_code == 200
        assert walk.answers[-1].status_code == 401


def without(checks: Fall, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take these checks away, and only these."""
    kept = tuple(c for c in uses.CONDITIONS if c.name not in checks.mandats)
    monkeypatch.setattr(uses, "CONDITIONS", kept)
    for name in checks.ours:
        monkeypatch.setattr(obstacles, f"_obstacle_of_{name}", lambda *_row: None)


class TestEachCheckIsMissed:
    @pytest.mark.parametrize("fall", FALLS, ids=[fall.name for fall in FALLS])
    def test_when_it_is_removed_and_not_before(
        self, story: Story, fall: Fall, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Without the checks named beside the fall, the identity goes out; with one of them left, it does not."""
        walk = Walk(story)
        walk.take(4)
        fall.act(story)
        row, alice = connexion._reread(story.transaction), acteur_from(story.alice)

        for left in fall.mandats | fall.ours:
            with monkeypatch.context() as patch:
                without(Fall(fall.name, fall.act, fall.mandats - {left}, fall.ours - {left}), patch)
                assert obstacles.obstacle(row, acteur=alice, session_id=row.session_id, at=now()), (
                    left
                )
        without(fall, monkeypatch)
        walk.userinfo()

        assert released()
        assert walk.answers[-1].json()["family_name"] == "MARTIN"

    def test_and_every_condition_of_mandats_is_in_the_table_or_in_its_own_test(self) -> None:
        """A condition added there must fall here too."""
        # Choices of the aidant, shown in tandem/oidc_provider/tests/test_connexion.py.
        elsewhere = {"presence_known", "rep_scope_declared"}
        named = {check for fall in FALLS for check in fall.mandats}

        assert {condition.name for condition in uses.CONDITIONS} - elsewhere == named


class TestEachStepAsksForItself:
    """Remove the question at one step only: what that step gives goes out."""

    FALL = next(fall for fall in FALLS if fall.name == "revoke_line")

    def nothing_in_the_way(self, monkeypatch: pytest.MonkeyPatch, module: Any) -> None:
        monkeypatch.setattr(module.queries, "obstacle", lambda *_args, **_named: None)

    def test_the_token(self, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
        walk = Walk(story)
        walk.take(3)
        self.FALL.act(story)
        with monkeypatch.context() as patch:
            self.nothing_in_the_way(patch, release)
            walk.token_()
        walk.userinfo()

        assert walk.answers[-2].status_code == 200
        assert walk.answers[-1].status_code == 401

    def test_userinfo(self, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
        walk = Walk(story)
        walk.take(4)
        self.FALL.act(story)
        self.nothing_in_the_way(monkeypatch, release)
        walk.userinfo()

        assert walk.answers[-1].status_code == 200

    def test_the_code_and_then_the_use_itself(
        self, story: Story, clock: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Two locks: the provider's question, and mandats' own when it records the use."""
        walk = Walk(story)
        walk.take(2)
        self.FALL.act(story)
        self.nothing_in_the_way(monkeypatch, connexion)
        walk.confirm()
        stopped_by_mandats = not AuthorizationCode.objects.exists()
        clock.shift(30)
        monkeypatch.setattr(uses, "CONDITIONS", ())
        story.confirm()

        assert stopped_by_mandats
        assert AuthorizationCode.objects.exists()


class TestTheCodeOfAnother:
    def test_presented_twice_kills_the_token_of_the_first(self, story: Story) -> None:
        """S-01, FI-09."""
        story.walk()
        token = story.exchange().json()["access_token"]

        assert story.exchange().status_code == 400
        assert story.userinfo(token).status_code == 401
        assert not released()

    def test_is_dead_after_a_minute_and_so_is_its_token(self, story: Story, clock: Any) -> None:
        """S-05."""
        story.walk()
        token = story.exchange().json()["access_token"]
        clock.shift(timedelta(seconds=60))

        assert story.userinfo(token).status_code == 401

    def test_guessed_from_the_transaction_opens_nothing(self, story: Story) -> None:
        """The code can be made again by this installation only: its key is not in the database."""
        story.walk()
        row = story.transaction.public_id
        for guess in (row, row.hex, hashlib.sha256(str(row).encode()).hexdigest()):
            story.code = str(guess)
            assert story.exchange().status_code == 400
        assert AuthorizationCode.objects.get().used_at is None

    def test_of_a_relying_party_stopped_meanwhile_is_refused_at_the_door(
        self, story: Story
    ) -> None:
        story.walk()
        RelyingParty.objects.update(disabled_at=now())

        assert story.exchange().json() == {"error": "invalid_client"}
