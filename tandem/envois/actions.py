"""Writes of the outbox: queue, send, purge."""

import hashlib
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from tandem.envois.backends import Undelivered, email_backend, sms_backend
from tandem.envois.models import Message
from tandem.envois.rules import (
    GIVE_UP_AFTER,
    KEEP_FINAL,
    LEASE,
    Failure,
    Kind,
    is_header_safe,
    retry_delay,
)
from tandem.envois.signals import message_asked, message_failed
from tandem.kernel.crypto import DecryptionError, UnknownKeyError
from tandem.kernel.refusals import Refusal

_WORDS_GONE = {
    "recipient": None,
    "subject": None,
    "body": None,
    "leased_by": "",
    "leased_until": None,
}


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
    About someone who does not exist (A-14), the message given back has no row: nothing is sent.
    After `expires_at` the message is not sent any more (a code that would come too late).

    Raises:
        EnvoiRefused: the address or the subject holds a line break or a control character.
    """
    if not (is_header_safe(to) and is_header_safe(subject)) or "@" not in to:
        raise EnvoiRefused("Cette adresse ou ce sujet ne peut pas servir à un courriel.")
    return _queue(
        Kind.EMAIL,
        to=to,
        subject=subject,
        body=body,
        key=key,
        at=at,
        about=about,
        expires_at=expires_at,
    )


def queue_sms(
    *,
    to: str,
    body: str,
    key: str,
    at: datetime,
    about: UUID | None = None,
    expires_at: datetime | None = None,
) -> Message:
    """Write an SMS in the outbox, within the caller's transaction; see `queue_email`.

    Raises:
        EnvoiRefused: the number is not in international form (+33…).
    """
    if not (to.startswith("+") and to[1:].isascii() and to[1:].isdigit() and 7 <= len(to) <= 16):
        raise EnvoiRefused("Ce numéro ne peut pas recevoir de SMS.")
    return _queue(
        Kind.SMS, to=to, subject="", body=body, key=key, at=at, about=about, expires_at=expires_at
    )


def _queue(
    kind: Kind, *, to: str, subject: str, body: str, key: str, at: datetime, about: UUID | None,
    expires_at: datetime | None,
) -> Message:  # fmt: skip
    content = hashlib.sha256(f"{len(subject)}:{subject}{body}".encode()).hexdigest()
    said = {
        "kind": kind, "recipient": to, "subject": subject, "body": body, "content_hash": content,
        "about": about, "created_at": at, "next_attempt_at": at, "expires_at": expires_at,
    }  # fmt: skip
    if about is not None and _is_silenced(about):
        return Message(key=key, **said)
    with transaction.atomic():
        message, _created = Message.objects.get_or_create(key=key, defaults=said)
    return message


def _is_silenced(about: UUID) -> bool:
    """Whether a room above says that nobody is there to read what is said of this usager (A-14)."""
    return any(bool(answer) for _who, answer in message_asked.send(sender=Message, about=about))


def send_due(*, at: datetime, worker: str, limit: int = 50) -> int:
    """Try every due message once, `limit` at most; returns how many were tried."""
    tried = 0
    while tried < limit and send_next(at=at, worker=worker):
        tried += 1
    return tried


def send_next(*, at: datetime, worker: str) -> bool:
    """Take one due message and try to send it; False when none is due.

    Each message has its own short lease: what a killed worker held is free again within a minute,
    and a message that takes long never holds the others.
    """
    message = _take(at=at, worker=worker)
    if message is None:
        return False
    try:
        _hand_over(message, at)
    except Undelivered as refusal:
        _postpone_or_fail(message, refusal, at)
    except DecryptionError as error:
        # A missing key may come back; a value that does not open never will.
        final = not isinstance(error, UnknownKeyError)
        _postpone_or_fail(message, Undelivered(Failure.UNREADABLE, final=final), at)
    else:
        _mark_sent(message, at)
    return True


def _take(*, at: datetime, worker: str) -> Message | None:
    """Lease the oldest due message to this worker alone.

    Other workers skip a locked row on PostgreSQL; everywhere, the condition of the UPDATE is what
    gives a message to one worker only. An attempt is counted before it is made: a message that
    kills its worker is not tried for ever.
    """
    with transaction.atomic():
        due = Message.objects.due(at=at)
        locked = due.select_for_update(skip_locked=True, of=("self",))
        message = locked.order_by("next_attempt_at", "pk").first()
        if message is None:
            return None
        message.attempts += 1
        taken = due.filter(pk=message.pk).update(
            leased_by=worker, leased_until=at + LEASE, attempts=message.attempts
        )
        return message if taken else None


def _hand_over(message: Message, at: datetime) -> None:
    if message.expires_at is not None and message.expires_at <= at:
        raise Undelivered(Failure.TOO_LATE, final=True)
    to, body, key = message.recipient, message.body, message.public_id.hex
    if message.kind == Kind.SMS:
        sms_backend().send(to=to, body=body, key=key)
    else:
        email_backend().send(to=to, subject=message.subject, body=body, key=key)


def _mark_sent(message: Message, at: datetime) -> None:
    # Sent is sent, even if the lease was lost meanwhile.
    Message.objects.waiting().filter(pk=message.pk).update(sent_at=at, failure="", **_WORDS_GONE)


def _postpone_or_fail(message: Message, refusal: Undelivered, at: datetime) -> None:
    if refusal.final:
        _fail(message, refusal.failure, at)
    elif message.created_at + GIVE_UP_AFTER <= at:
        _fail(message, Failure.GIVEN_UP, at)
    else:
        Message.objects.waiting().filter(pk=message.pk).update(
            failure=refusal.failure,
            next_attempt_at=at + retry_delay(message.attempts),
            leased_by="",
            leased_until=None,
        )


def _fail(message: Message, failure: Failure, at: datetime) -> None:
    """End the message; `message_failed` still finds its words on the instance, the row has none."""
    with transaction.atomic():
        ended = Message.objects.waiting().filter(pk=message.pk)
        if ended.update(failed_at=at, failure=failure, **_WORDS_GONE):
            message.failed_at, message.failure = at, failure
            message_failed.send(sender=Message, message=message, at=at)


def give_up_waiting(*, at: datetime) -> int:
    """After a restoration: what waited then may have left since, and is not sent again; how many."""
    waiting = Message.objects.waiting()
    return waiting.update(failed_at=at, failure=Failure.RESTORED, **_WORDS_GONE)


def erase_messages(*, about: UUID) -> int:
    """Forget every message about a usager (public_id): address, words, row; how many. What waited is not sent.

    Called inside the transaction that erases the person (P-22).
    """
    return Message.objects.filter(about=about).delete()[0]


def purge_messages(*, at: datetime) -> int:
    """Drop the rows of messages ended for thirty days; returns how many.

    Their words left when they ended: until now only a hash, a state and instants stayed.
    """
    limit = at - KEEP_FINAL
    return Message.objects.filter(Q(sent_at__lte=limit) | Q(failed_at__lte=limit)).delete()[0]
