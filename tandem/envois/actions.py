"""Writes of the outbox: queue, send, purge."""

import hashlib
from datetime import datetime
from uuid import UUID

from django.db import transaction

from tandem.envois.models import Message
from tandem.envois.rules import KEEP_FINAL, Kind, is_header_safe
from tandem.kernel.refusals import Refusal


class EnvoiRefused(Refusal):
    """The message cannot be queued; the message says why."""

    status = 422
    code = "envoi_refused"


def queue_email(
    *, to: str, subject: str, body: str, key: str, at: datetime, about: UUID | None = None,
    expires_at: datetime | None = None,
) -> Message:  # fmt: skip
    """Write an e-mail in the outbox, within the caller's transaction.

    The same `key` gives the row already there, and nothing more is sent. `key` holds no personal value.
    After `expires_at` the message is not sent any more (a code that would come too late).

    Raises:
        EnvoiRefused: the address or the subject holds a line break or a control character.
    """
    if not (is_header_safe(to) and is_header_safe(subject)) or "@" not in to:
        raise EnvoiRefused("Cette adresse ou ce sujet ne peut pas servir à un courriel.")
    return _queue(Kind.EMAIL, to=to, subject=subject, body=body, key=key, at=at, about=about, expires_at=expires_at)


def queue_sms(
    *, to: str, body: str, key: str, at: datetime, about: UUID | None = None, expires_at: datetime | None = None
) -> Message:
    """Write an SMS in the outbox, within the caller's transaction; see `queue_email`.

    Raises:
        EnvoiRefused: the number is not in international form (+33…).
    """
    if not (to.startswith("+") and to[1:].isascii() and to[1:].isdigit() and 7 <= len(to) <= 16):
        raise EnvoiRefused("Ce numéro ne peut pas recevoir de SMS.")
    return _queue(Kind.SMS, to=to, subject="", body=body, key=key, at=at, about=about, expires_at=expires_at)


def _queue(
    kind: Kind, *, to: str, subject: str, body: str, key: str, at: datetime, about: UUID | None,
    expires_at: datetime | None,
) -> Message:  # fmt: skip
    content = hashlib.sha256(f"{len(subject)}:{subject}{body}".encode()).hexdigest()
    with transaction.atomic():
        message, _created = Message.objects.get_or_create(
            key=key,
            defaults={
                "kind": kind, "recipient": to, "subject": subject, "body": body, "content_hash": content,
                "about": about, "created_at": at, "next_attempt_at": at, "expires_at": expires_at,
            },
        )  # fmt: skip
    return message
