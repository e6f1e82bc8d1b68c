"""The wizard walked by a browser: its answers, page by page."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse


def begin(desk: Client) -> str:
    """A new draft; gives its address."""
    response = desk.post(reverse("signature:start"))
    return response["Location"]


def follow(desk: Client, address: str) -> str:
    """The question a draft is at."""
    return desk.get(address)["Location"].rstrip("/").rsplit("/", 1)[-1]


ANSWERS: list[tuple[str, dict[str, Any]]] = [
    ("demarches", {"themes": ["logement"], "demarches": ["declaration-revenus"]}),
    ("duree", {"duree": "mois"}),
    ("facon", {"ways_0": ["telephone"], "ways_1": []}),
    ("questions", {"protected": "none", "alone": "alone"}),
    ("contact", {"contact_kind": "sms", "contact_value": "06 12 34 56 78", "contact_holder": "person"}),
    (
        "lecture",
        {
            "reader": "aidant", "interpreter": "", "point_who": "understood", "point_until": "reexplained",
            "point_stop": "understood",
        },
    ),
]  # fmt: skip


def answer_all(desk: Client, address: str) -> None:
    for page, values in ANSWERS:
        assert follow(desk, address) == page
        assert desk.get(f"{address}{page}/").status_code == 200
        response = desk.post(f"{address}{page}/", values)
        assert response.status_code == 302
        # To the next question at once.
        assert response["Location"] == desk.get(address)["Location"] != f"{address}{page}/"


def recap(desk: Client, address: str) -> str:
    """The mark that the recap of a draft carries."""
    found = re.search(
        r'name="recap" value="(\w+)"', desk.get(f"{address}signature/").content.decode()
    )
    assert found is not None
    return found[1]
