"""A message of ours never arrives: what envois says, and what follows for the channel and the person (R-14)."""

from datetime import datetime
from uuid import UUID

from tandem.envois.models import Message
from tandem.envois.rules import Failure
from tandem.usagers.actions.channels import demote_channel
from tandem.usagers.actions.telling import NOTICE_KEY
from tandem.usagers.models import Channel, Notice
from tandem.usagers.rules import NoticeState


def on_message_failed(*, message: Message, at: datetime, **_signal: object) -> None:
    """A message of ours will never arrive: the person is to be told on paper; a refused address is demoted (R-14)."""
    kind, _colon, rest = message.key.partition(":")
    if kind not in {NOTICE_KEY, "usagers.code"}:
        return
    notice_id, _colon, channel_id = rest.partition(":")
    if kind == NOTICE_KEY:
        Notice.objects.filter(public_id=UUID(notice_id), state=NoticeState.SENT).update(
            state=NoticeState.PAPER, told_at=None
        )
    channel = (
        Channel.objects.live().filter(public_id=UUID(channel_id)).select_related("usager").first()
    )
    if channel is not None and message.failure == Failure.REFUSED:
        demote_channel(channel=channel, at=at)
