"""A stop under way, and a use written at the same instant."""

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.db import transaction

from tandem.journal.models import Entry
from tandem.kernel.tests.concurrency import at_once, shared_database
from tandem.mandats import actions
from tandem.mandats.actions import UseRefused
from tandem.mandats.models import Autorisation, Usage
from tandem.mandats.rules import UseWay
from tandem.mandats.tests.factories import use

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shared(line: Autorisation, tmp_path: Path) -> Iterator[Autorisation]:
    with shared_database(tmp_path):
        yield line


class TestAStopUnderWay:
    def test_is_waited_for_and_then_obeyed_by_a_use_outside_franceconnect(
        self, transactional_db: None, acteur: Any, shared: Autorisation, at: datetime
    ) -> None:
        """R-12: no use is written after the stop it ignored, by a letter or a call either."""
        begun = Event()

        def stop_slowly() -> None:
            with transaction.atomic():
                actions.revoke_autorisation(acteur=acteur, autorisation=shared, at=at)
                begun.set()
                time.sleep(0.5)

        def use_meanwhile() -> Any:
            assert begun.wait(10)
            return use(acteur, shared, at, elsewhere=UseWay.LETTER)

        _, answer = at_once([stop_slowly, use_meanwhile])

        assert isinstance(answer, UseRefused)
        assert not Usage.objects.exists()
        assert not Entry.objects.filter(event="mandats.autorisation_used").exists()
