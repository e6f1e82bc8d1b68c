"""Telling the person what is done in their name: discreetly, once, five times a day at most (S-31)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.envois.actions import queue_email, queue_sms
from tandem.envois.models import Message
from tandem.structures.models import Acteur
from tandem.usagers import events
from tandem.usagers.actions.doors import lock, locked, trace
from tandem.usagers.actions.reading import record_contact
from tandem.usagers.models import Channel, Notice, Usager
from tandem.usagers.queries import proven_channels, to_tell_on_paper
from tandem.usagers.rules import (
    MESSAGES_A_DAY,
    ChannelKind,
    FreezeReason,
    NoticeState,
    indiscreet_words,
    sms_text,
)

NOTICE_KEY = "usagers.notice"


@transaction.atomic
def tell_usager(
    *, usager: Usager, message: str, body: str, key: str, at: datetime,
    besides: Channel | None = None,
) -> list[Message]:  # fmt: skip
    """Tell the person, on a channel proven theirs, in the caller's transaction. The same key tells once.

    `message` is the title, `body` one or two sentences: neither names a démarche, an organisation type nor an
    amount, since anyone may read over a shoulder. After five messages in a day the rest waits for the digest of
    the next morning. Without a channel of their own, or under a doubt on their free will (P-36), it is kept to be
    told face to face or on paper. A person whose death is known is told nothing more.

    Raises:
        ValueError: a word says too much.
    """
    said = indiscreet_words(f"{message} {body}")
    if said:
        raise ValueError(f"a message to a person says too much: {', '.join(said)}")
    row = lock(usager)
    known = Notice.objects.filter(key=key).first()
    if known is not None:
        return list(
            Message.objects.filter(key__startswith=f"{NOTICE_KEY}:{known.public_id}:").order_by(
                "pk"
            )
        )
    if row.died_known_at is not None or row.erased_at is not None:
        return []
    notice = Notice(
        usager=row,
        key=key,
        title=message,
        body=body,
        state=NoticeState.PAPER,
        created_at=at,
        day=row.local_date(at),
    )
    channel = _channel_for(row, besides)
    if channel is None:
        notice.save()
        return []
    sent = Notice.objects.filter(usager=row, day=notice.day, state=NoticeState.SENT)
    if besides is None and sent.count() >= MESSAGES_A_DAY:
        notice.state = NoticeState.DIGEST
        notice.save()
        return []
    notice.state, notice.told_at = NoticeState.SENT, at
    notice.save()
    return [_send(notice, channel, at)]


def _channel_for(usager: Usager, besides: Channel | None = None) -> Channel | None:
    if usager.frozen_at is not None and usager.freeze_reason == FreezeReason.DOUBT:
        return None
    return next((one for one in proven_channels(usager) if one != besides), None)


def _send(notice: Notice, channel: Channel, at: datetime) -> Message:
    key = f"{NOTICE_KEY}:{notice.public_id}:{channel.public_id}"
    about = notice.usager.public_id
    if channel.kind == ChannelKind.SMS:
        return queue_sms(to=channel.value, body=sms_text(notice.body), key=key, at=at, about=about)
    return queue_email(
        to=channel.value, subject=notice.title, body=notice.body, key=key, at=at, about=about
    )


def send_digests(*, at: datetime) -> int:
    """One message for everything that waited the day before; returns how many people were told.

    Sent from 8 in the morning, in the structure's time zone.
    """
    waiting = (
        Usager.objects.known()
        .filter(notices__state=NoticeState.DIGEST)
        .select_related("structure")
        .distinct()
        .order_by("pk")
    )
    return sum(
        _send_digest(usager, at)
        for usager in waiting
        if at.astimezone(usager.structure.zone).hour >= 8
    )


@transaction.atomic
def _send_digest(usager: Usager, at: datetime) -> bool:
    row = lock(usager)
    today = row.local_date(at)
    waiting = Notice.objects.filter(usager=row, state=NoticeState.DIGEST, day__lt=today)
    count = waiting.count()
    if not count:
        return False
    channel = None if row.died_known_at is not None else _channel_for(row)
    if channel is None:
        waiting.update(state=NoticeState.PAPER)
        return False
    notice = Notice.objects.create(
        usager=row,
        key=f"usagers.digest:{row.public_id}:{today.isoformat()}",
        title=_("Ce qui a été fait pour vous hier"),
        body=_(
            "Bonjour, hier votre aidant a fait plusieurs choses avec vous ou pour vous. "
            "Pour savoir quoi, demandez-lui à votre prochaine visite."
        ),
        state=NoticeState.SENT,
        created_at=at,
        day=today,
        told_at=at,
    )
    waiting.update(state=NoticeState.SENT, told_at=at)
    _send(notice, channel, at)
    return True


@transaction.atomic
def record_told(*, acteur: Acteur, usager: Usager, at: datetime) -> int:
    """What waited was told to the person, or handed on paper; returns how many lines. An act with the person."""
    row = locked(acteur, usager)
    count = to_tell_on_paper(row).update(state=NoticeState.TOLD, told_at=at)
    if not count:
        return 0
    record_contact(usager=row, at=at)
    trace(events.TOLD, acteur, row, at, facts={"count": count})
    return count
