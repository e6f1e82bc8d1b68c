"""What one connexion asks of the database, step by step: a query more is a query of every connexion."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tandem.oidc_provider.tests.story import Story

# Every statement, savepoints included; the second number is PostgreSQL's, which locks its rows one by one.
ASKED = {
    "authorize": (6, 6),
    "connexion": (3, 3),
    "usager": (5, 5),
    "choose_usager": (12, 13),
    "demarche": (9, 9),
    "choose_line": (17, 18),
    "confirm page": (7, 7),
    "confirm": (47, 52),
    "token": (13, 15),
    "userinfo": (11, 14),
}


def cost(step: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as seen:
        step()
    return len(seen)


def test_a_connexion_asks_so_many_queries(story: Story, clock: Any) -> None:
    """Law 12; with `bench`, what the speed of the issue rests on."""
    story.walk()
    story.userinfo(story.exchange().json()["access_token"])
    clock.shift(31)  # the next code, in the same minute
    story.arrive()  # the session has taken its new key (S-14)
    answers: dict[str, Any] = {}
    asked = {
        "authorize": cost(story.arrive),
        "connexion": cost(lambda: story.browser.get(story.url("connexion"))),
        "usager": cost(lambda: story.browser.get(story.url("usager"))),
        "choose_usager": cost(story.choose_usager),
        "demarche": cost(lambda: story.browser.get(story.url("demarche"))),
        "choose_line": cost(story.choose_line),
        "confirm page": cost(lambda: story.browser.get(story.url("confirm"))),
        "confirm": cost(story.confirm),
        "token": cost(lambda: answers.update(story.exchange().json())),
        "userinfo": cost(lambda: story.userinfo(answers["access_token"])),
    }

    column = int(connection.vendor == "postgresql")
    assert asked == {step: both[column] for step, both in ASKED.items()}, f"asked now: {asked}"


def test_whoever_is_logged_in_does_not_pass_by_the_door(story: Story) -> None:
    """FI-24: the door is for those who must still log in."""
    response = story.arrive()

    assert response["Location"] == f"/oidc/connexion/{story.transaction.public_id}/personne/"
