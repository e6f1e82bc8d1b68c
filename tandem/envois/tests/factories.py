"""Messages waiting in the outbox, written as the acts write them."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from tandem.envois.actions import queue_email, queue_sms
from tandem.envois.models import Message

_number = count(1)
AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def an_email(**changes: Any) -> Message:
    values: dict[str, Any] = {
        "to": "rose@example.org",
        "subject": "Une information pour vous",
        "body": "Votre aidante a fait une démarche avec vous.",
        "key": f"test:{next(_number)}",
        "at": AT,
    }
    return queue_email(**(values | changes))


def an_sms(**changes: Any) -> Message:
    values: dict[str, Any] = {
        "to": "+33612345678",
        "body": "Message de Tandem.",
        "key": f"test:{next(_number)}",
        "at": AT,
    }
    return queue_sms(**(values | changes))
