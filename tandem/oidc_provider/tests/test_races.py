"""Many requests at the same instant, on SQLite and on PostgreSQL: one effect each."""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from tandem.journal.models import Entry
from tandem.kernel import clock as door
from tandem.kernel.tests.concurrency import at_once, shared_database
from tandem.mandats import actions as mandats_actions
from tandem.oidc_provider.actions import connexion, release
from tandem.oidc_provider.models import AccessToken
from tandem.oidc_provider.tests.story import Story
from tandem.structures.queries import acteur_from

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def story(transactional_db: None, tmp_path: Path, clock: Any, client: Client) -> Iterator[Story]:
    with shared_database(tmp_path):
        yield Story(client_class=type(client))


class TestAHundredRedemptionsOfOneCode:
    def test_give_one_token_which_is_dead(self, story: Story, clock: Any) -> None:
        """S-01, FI-09, R-11: one success, and the replays killed what it gave."""
        for _ in range(3):
            story.walk()

            def redeem() -> list[Any]:
                return [story.exchange() for _ in range(5)]

            answers = [one for batch in at_once([redeem] * 20) for one in batch]

            counted = Counter(answer.status_code for answer in answers)
            assert counted == {200: 1, 400: 99}
            [won] = [answer.json() for answer in answers if answer.status_code == 200]
            assert story.userinfo(won["access_token"]).status_code == 401
            clock.shift(40)
        assert Entry.objects.filter(event="oidc_provider.code_replayed").count() == 3


class TestUserinfoAskedTwentyTimes:
    def test_answers_the_same_and_journals_once(self, story: Story) -> None:
        """S-05, decision 13."""
        story.walk()
        token = story.exchange().json()["access_token"]

        answers = at_once([lambda: story.userinfo(token)] * 20)

        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1
        assert Entry.objects.filter(event="oidc_provider.identity_released").count() == 1


def revoke_slowly(story: Story, begun: Event) -> None:
    """A revocation that has written, and commits half a second later."""
    with transaction.atomic():
        mandats_actions.revoke_autorisation(
            acteur=acteur_from(story.alice), autorisation=story.line, at=door.now()
        )
        begun.set()
        time.sleep(0.5)


class TestARevocationUnderWay:
    def test_is_waited_for_and_then_obeyed_by_the_token(self, story: Story) -> None:
        """R-12, FI-22: no release with commit order after the revocation."""
        story.walk()
        begun = Event()

        def exchange() -> Any:
            begun.wait(10)
            return story.exchange()

        _, answer = at_once([lambda: revoke_slowly(story, begun), exchange])

        assert answer.json() == {"error": "invalid_grant"}
        assert not AccessToken.objects.exists()

    def test_is_waited_for_and_then_obeyed_by_userinfo(self, story: Story) -> None:
        """R-12, FI-22."""
        story.walk()
        token = story.exchange().json()["access_token"]
        begun = Event()

        def ask() -> Any:
            begun.wait(10)
            return story.userinfo(token)

        _, answer = at_once([lambda: revoke_slowly(story, begun), ask])

        assert answer.status_code == 401
        assert not Entry.objects.filter(event="oidc_provider.identity_released").exists()

    @pytest.mark.skipif(
        connection.vendor == "sqlite", reason="SQLite has one writer: the lock is the database"
    )
    def test_would_be_overtaken_without_the_lock(self, story: Story, monkeypatch: Any) -> None:
        """The negative control of R-12."""
        monkeypatch.setattr(release, "locked", connexion._reread)
        story.walk()
        token = story.exchange().json()["access_token"]
        begun = Event()

        def ask() -> Any:
            begun.wait(10)
            return story.userinfo(token)

        # The revocation commits after the answer is decided, though it had begun before.
        started = time.monotonic()
        _, answer = at_once([lambda: revoke_slowly(story, begun), ask])

        assert answer.status_code == 200
        assert time.monotonic() - started < 10
