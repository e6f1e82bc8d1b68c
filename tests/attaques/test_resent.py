"""A form sent again, by a double click, a browser or a proxy: one effect (R-09, S-24).

Generated from the table of accesses: every route that takes a POST is sent twice, and the new ones the day they open.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.cache import cache
from django.db import connection

from tandem.kernel.tests.concurrency import at_once, shared_database
from tests.attaques.resent import CREATES, FEW, POSTED, WRITES, filled, send
from tests.maison.conftest import undone
from tests.maison.world import AT, World, build

# Written at each request, and no effect of the act.
TECHNICAL = {"kernel", "sessions"}
_INSERT = re.compile(r'INSERT (?:OR IGNORE )?INTO "(\w+)"')


@contextmanager
def inserted() -> Iterator[Counter[str]]:
    """How many rows are put in each table meanwhile, as the statements say."""
    found: Counter[str] = Counter()

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        given = execute(sql, params, many, context)
        if (table := _INSERT.match(sql)) and table[1].split("_")[0] not in TECHNICAL:
            found[table[1]] += 1
        return given

    with connection.execute_wrapper(note):
        yield found


def sent_twice(world: World, name: str) -> tuple[Counter[str], Counter[str], list[int]]:
    """What the first POST puts down, what the second one adds, and what both are answered."""
    with undone():
        cache.clear()
        fields = filled(world, name)
        with inserted() as first:
            answer = send(world, name, fields)
        with inserted() as second:
            again = send(world, name, fields)
    return first, second, [answer.status_code, again.status_code]


# What a second POST may add, and why.
ADDED: dict[str, tuple[str, str]] = {
    "comptes:login_options": ("comptes_challenge", "each asking of a passkey has its own challenge"),
    "comptes:passkey_options": ("comptes_challenge", "each asking of a passkey has its own challenge"),
    "documents:paper_of_day": ("journal_entry", "a paper printed twice is two papers"),
    **dict.fromkeys(
        (
            "acces:new_channel", "comptes:recovery_codes", "usagers:channel_add", "usagers:channel_discreet",
        ),
        ("journal_entry", "a code of the second factor that has served is refused, and that is told"),
    ),
}  # fmt: skip


class TestAFormSentTwice:
    @pytest.mark.parametrize("name", WRITES)
    def test_has_one_effect(self, world: World, name: str) -> None:
        """R-09, S-24: no row more in any table, the journal and the messages included."""
        first, second, statuses = sent_twice(world, name)

        assert first, f"nothing was written: is the form filled in? {statuses}"
        assert set(second) <= {ADDED.get(name, ("", ""))[0]}
        # No 5xx; and what is refused the second time is refused in words.
        assert set(statuses) <= {200, 302, 303, 400, 404, 409, 422}

    def test_is_every_form_that_writes(self, world: World) -> None:
        """A route that opens tomorrow stands in WRITES or writes nothing when it is sent as it is."""
        writing = {name for name in POSTED if name not in WRITES and sent_twice(world, name)[0]}

        assert writing == set()
        assert set(WRITES) <= set(POSTED)


# --- At the same instant --------------------------------------------------------------------------

CREATING = tuple(name for name in CREATES if name not in ADDED)
CROWD = 20


def rows() -> dict[str, int]:
    """How many rows of each table, the technical ones apart."""
    return {
        model._meta.db_table: model._base_manager.count()
        for model in apps.get_models()
        if model._meta.app_label not in TECHNICAL
    }


def added(before: dict[str, int]) -> dict[str, int]:
    return {
        table: count - before[table] for table, count in rows().items() if count != before[table]
    }


@pytest.fixture
def crowded(transactional_db: None, tmp_path: Path) -> Iterator[World]:
    """The world, where several threads can write."""
    with time_machine.travel(AT, tick=False), shared_database(tmp_path):
        yield build()


class TestACreatingFormSentByACrowd:
    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("name", FEW)
    def test_creates_once(self, crowded: World, name: str) -> None:
        """R-09, S-24."""
        self.by_a_crowd(crowded, name, times=8)

    @pytest.mark.trust
    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("name", CREATING)
    def test_creates_once_of_five_hundred(
        self, crowded: World, name: str, record_property: Callable[[str, object], None]
    ) -> None:
        """R-09: 500 duplicates, twenty at once."""
        record_property("duplicates", 500)
        self.by_a_crowd(crowded, name, times=500)

    @staticmethod
    def by_a_crowd(world: World, name: str, *, times: int) -> None:
        """As many rows as one POST puts down, which is tried first and forgotten."""
        cache.clear()
        before = rows()
        with undone():
            fields = filled(world, name)
            shown = rows()
            send(world, name, fields)
            alone = added(shown)
        assert rows() == before
        cache.clear()
        crowd, each = min(times, CROWD), max(1, times // CROWD)

        def insist() -> list[int]:
            return [send(world, name, fields).status_code for _ in range(each)]

        statuses = {one for batch in at_once([insist] * crowd) for one in batch}

        assert added(before) == alone != {}
        assert statuses <= {200, 302, 303, 404, 409, 422, 429}

    @pytest.mark.django_db(transaction=True)
    def test_would_create_several_without_its_key(
        self, crowded: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The negative control: without the key of the form, each POST is another act."""
        original = send

        def without_key(world: World, name: str, fields: dict[str, Any]) -> Any:
            return original(world, name, {k: v for k, v in fields.items() if k != "key"})

        monkeypatch.setattr("tests.attaques.test_resent.send", without_key)

        with pytest.raises(AssertionError, match="accompagnements_besoin"):
            self.by_a_crowd(crowded, "accompagnements:besoin_new", times=8)
