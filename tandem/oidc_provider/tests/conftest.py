"""The clock stands still at the instant of the story, until a test moves it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from tandem.oidc_provider.tests.story import AT, Story


@pytest.fixture
def clock() -> Iterator[Any]:
    """`clock.shift(seconds)` moves it."""
    with time_machine.travel(AT + timedelta(hours=1), tick=False) as traveller:
        yield traveller


@pytest.fixture
def story(db: None, clock: Any, client: Client) -> Story:
    """Alice, Rose, their mandat « social », FranceConnect."""
    return Story(client_class=type(client))
