"""The same act sent several times at the same instant: one effect (S-24, R-09)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tandem.comptes.tests.factories import totp_code
from tandem.journal.models import Entry
from tandem.kernel import clock as door
from tandem.kernel.tests.concurrency import at_once, shared_database
from tandem.mandats.models import Usage
from tandem.oidc_provider.models import AuthorizationCode
from tandem.oidc_provider.tests.story import Story

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def story(transactional_db: None, tmp_path: Path, clock: Any, client: Client) -> Iterator[Story]:
    with shared_database(tmp_path):
        yield Story(client_class=type(client))


class TestADoubleClick:
    def test_records_one_use_and_gives_one_code(self, story: Story) -> None:
        """S-24, R-09."""
        story.arrive()
        story.choose_usager()
        story.choose_line()
        data = {"geste_code": totp_code(story.compte, door.now()), "choix": story.choice()}
        cookies = {name: cookie.value for name, cookie in story.browser.cookies.items()}

        def click() -> Any:
            browser = story.client_class()
            for name, value in cookies.items():
                browser.cookies[name] = value
            return browser.post(story.url("confirm"), data, secure=True)

        answers = at_once([click] * 8)

        sent = {answer["Location"] for answer in answers if answer.status_code == 303}
        assert {answer.status_code for answer in answers} <= {303, 422, 429}
        assert len(sent) == 1
        assert (Usage.objects.count(), AuthorizationCode.objects.count()) == (1, 1)
        assert Entry.objects.filter(event="mandats.autorisation_used").count() == 1
