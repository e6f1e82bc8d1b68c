import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from tandem.envois import queries
from tandem.envois.actions import send_due
from tandem.envois.tests.factories import an_email

pytestmark = pytest.mark.django_db


class TestQueries:
    def test_find_what_was_said_about_someone(self, at: datetime) -> None:
        rose = uuid.uuid4()
        first = an_email(at=at, about=rose)
        second = an_email(at=at + timedelta(hours=1), about=rose)
        an_email(at=at, about=uuid.uuid4())

        assert list(queries.messages_about(rose)) == [second, first]

    def test_count_what_waits_too_long(self, at: datetime) -> None:
        an_email(at=at)
        late = at + timedelta(minutes=20)

        assert queries.count_waiting_since(timedelta(minutes=15), at=late) == 1
        send_due(at=late, worker="w")
        assert queries.count_waiting_since(timedelta(minutes=15), at=late) == 0

    def test_know_whether_an_sms_can_leave(self, settings: Any) -> None:
        assert queries.is_sms_possible()
        settings.TANDEM_SMS_URL = ""
        assert not queries.is_sms_possible()
