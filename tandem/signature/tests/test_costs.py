"""What preparing and signing one mandat asks of the database: a query more is a query of every mandat."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tandem.signature.tests.wizard import ANSWERS, begin

# Shown, then answered; every statement, savepoints included. The first answer looks at the whole catalogue.
PAGES = {
    "demarches": (6, 13),
    "duree": (5, 7),
    "facon": (7, 9),
    "questions": (5, 7),
    "contact": (5, 7),
    "lecture": (5, 7),
}


def cost(step: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as seen:
        step()
    return len(seen)


def test_each_question_asks_so_many_queries(desk: Client, at: datetime) -> None:
    """Law 12; with `bench`, what the speed of the wizard rests on."""
    address = begin(desk)
    asked = {}
    for page, values in ANSWERS:
        url = f"{address}{page}/"
        asked[page] = (
            cost(lambda url=url: desk.get(url)),  # type: ignore[misc]  # called at once
            cost(lambda url=url, values=values: desk.post(url, values)),  # type: ignore[misc]  # same
        )

    assert asked == PAGES, f"asked now: {asked}"
