"""A crowd at the doors of the provider: each code serves once, and no identity leaves after the stop (R-11, R-12).

A few rounds with every run of the suite, the whole campaign with `make trust`. The oracle of R-12 is the journal: its
lines are written under the lock of their chain, kept until the commit, so their numbers are the order of the commits.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tandem.journal.models import Entry
from tandem.kernel import clock as door
from tandem.kernel.tests.concurrency import at_once, shared_database
from tandem.mandats.models import Autorisation
from tandem.mandats.tests.factories import line_of, signed_mandat
from tandem.oidc_provider import actions
from tandem.oidc_provider.actions import connexion, release
from tandem.oidc_provider.models import AccessToken, AuthorizationCode
from tandem.oidc_provider.rules.binding import sha256
from tandem.oidc_provider.rules.protocol import ProtocolError
from tandem.oidc_provider.tests.story import Story
from tandem.usagers import actions as usagers
from tests.attaques import falls
from tests.attaques.sizes import dice_of_the_day, rounds

pytestmark = pytest.mark.django_db(transaction=True)

THREADS, EACH = 20, 5
RELEASED, CODE_REPLAYED = "oidc_provider.identity_released", "oidc_provider.code_replayed"


@pytest.fixture
def story(transactional_db: None, tmp_path: Path, clock: Any, client: Client) -> Iterator[Story]:
    with shared_database(tmp_path):
        yield Story(client_class=type(client))


def redeem_by_a_crowd(story: Story) -> Counter[int]:
    """One code presented a hundred times, by twenty at once; how many of each answer."""
    answers = at_once([lambda: [story.exchange() for _ in range(EACH)]] * THREADS)
    return Counter(answer.status_code for batch in answers for answer in batch)


class TestACodePresentedAHundredTimes:
    @rounds(few=2, many=100)
    def test_gives_one_token_and_the_replays_kill_it(
        self, story: Story, clock: Any, count: int, record_property: Callable[[str, object], None]
    ) -> None:
        """S-01, FI-09, R-11: 100 × 100 parallel redemptions, exactly 100."""
        counted: Counter[int] = Counter()
        for _ in range(count):
            story.walk()
            counted += redeem_by_a_crowd(story)
            clock.shift(40)
        record_property("redemptions", counted.total())
        record_property("tokens given", counted[200])

        assert counted == {200: count, 400: count * (THREADS * EACH - 1)}
        assert AccessToken.objects.filter(revoked_at=None).count() == 0
        assert AccessToken.objects.count() == count
        assert Entry.objects.filter(event=CODE_REPLAYED).count() == count
        assert not Entry.objects.filter(event=RELEASED).exists()

    def test_would_give_several_if_it_were_read_then_written(
        self, story: Story, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The negative control of R-11: a redemption as packages write it, asked first and spent after."""

        def naive(*, values: Any, at: Any, **_named: Any) -> dict[str, object]:
            code = AuthorizationCode.objects.get(code_hash=sha256(values["code"][0]))
            if code.used_at is not None:
                raise ProtocolError("invalid_grant")
            time.sleep(0.05)
            AuthorizationCode.objects.filter(pk=code.pk).update(used_at=at)
            return {"access_token": "x"}

        monkeypatch.setattr(actions, "exchange_code", naive)
        story.walk()

        assert redeem_by_a_crowd(story)[200] > 1


# --- the stop against the release -----------------------------------------------------------

# Each stop, and the line of the journal that says it.
ENDED, FROZEN = "mandats.autorisation_ended", "usagers.frozen"
STOPS: list[tuple[Callable[[Story], None], str]] = [
    (falls.revoke_line, ENDED),
    (falls.revoke_mandat, ENDED),
    (falls.revoke_everything, ENDED),
    (falls.freeze, FROZEN),
]


def last_place(event: str) -> int:
    """The place of its last line in the chain of the structure; 0 without any."""
    line = Entry.objects.filter(event=event).order_by("-seq").first()
    return 0 if line is None else line.seq


def stand_again(story: Story) -> None:
    """Rose's file is open, and her mandat alive."""
    story.rose.refresh_from_db()
    if story.rose.frozen_at is not None:
        usagers.thaw_usager(acteur=falls.alice(story), usager=story.rose, at=door.now())
    if not Autorisation.objects.filter(pk=story.line.pk, ended_at=None).exists():
        mandat = signed_mandat(falls.bob(story), story.rose, ["theme:social"], at=door.now())
        story.line = line_of(mandat)


def race(story: Story, stop: Callable[[Story], None], dice: random.Random) -> str:
    """The rest of the flow against the stop, from a step and at instants that the dice choose; the token, if any."""
    steps: list[Callable[[], Any]] = [story.confirm, story.exchange]
    begun = dice.randrange(3)
    story.arrive()
    story.choose_usager()
    story.choose_line()
    answers = [step() for step in steps[:begun]]
    # As long as what is left to do, so that each side wins its share.
    waits = [dice.uniform(0, 0.02), dice.uniform(0, 0.03) * (3 - begun)]

    def go_on() -> None:
        time.sleep(waits[0])
        answers.extend(step() for step in steps[begun:])
        if answers[-1].status_code == 200:
            story.userinfo(answers[-1].json()["access_token"])

    def come_in_between() -> None:
        time.sleep(waits[1])
        stop(story)

    at_once([go_on, come_in_between])
    assert not [one for one in answers if one.status_code >= 500]
    return str(answers[-1].json().get("access_token", ""))


class TestAStopAndARelease:
    @rounds(few=8, many=1_000)
    def test_never_come_in_the_wrong_order(
        self, story: Story, clock: Any, count: int, record_property: Callable[[str, object], None]
    ) -> None:
        """R-12, FI-22, P-38: of so many races, no identity whose line follows the one of the stop."""
        seed, dice = dice_of_the_day()
        outcomes: Counter[str] = Counter()
        for number in range(count):
            stop, event = STOPS[number % len(STOPS)]
            stand_again(story)
            released_before, stopped_before = last_place(RELEASED), last_place(event)
            token = race(story, stop, dice)
            released, stopped = last_place(RELEASED), last_place(event)

            assert stopped > stopped_before, f"seed {seed}, race {number}: the stop was not obeyed"
            if released > released_before:
                assert released < stopped, f"seed {seed}, race {number}: released after the stop"
            outcomes["released" if released > released_before else "stopped"] += 1
            # Whatever came first, nothing of it opens anything now.
            assert story.userinfo(token or "x" * 43).status_code == 401
            clock.shift(31)
        for name, value in {"seed": seed, "races": count, **outcomes}.items():
            record_property(name, value)

        # A race that always ends the same way is none.
        assert count < 100 or min(outcomes["released"], outcomes["stopped"]) > count // 50

    @pytest.mark.skipif(
        connection.vendor == "sqlite", reason="SQLite has one writer: the lock is the database"
    )
    @pytest.mark.parametrize("locked", [True, False], ids=["with the lock", "without it"])
    def test_come_in_the_wrong_order_without_the_lock(
        self, story: Story, monkeypatch: pytest.MonkeyPatch, locked: bool
    ) -> None:
        """The negative control of R-12: a release that takes its time, and the order of the journal that tells it."""
        record = release._journal_release

        def slowly(*given: Any) -> None:
            time.sleep(0.4)
            record(*given)

        monkeypatch.setattr(release, "_journal_release", slowly)
        if not locked:
            monkeypatch.setattr(release, "locked", connexion._reread)
        story.walk()
        token = story.exchange().json()["access_token"]

        def stop() -> None:
            time.sleep(0.1)
            falls.revoke_line(story)

        at_once([lambda: story.userinfo(token), stop])

        assert (last_place(RELEASED) < last_place(ENDED)) is locked
