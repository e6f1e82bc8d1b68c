"""Reads of the outbox: for the operator and for the person concerned. Never the words."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from tandem.envois.models import Message


def is_sms_possible() -> bool:
    """Is a provider of SMS set?"""
    return bool(settings.TANDEM_SMS_URL)


def messages_about(usager: UUID) -> QuerySet[Message]:
    """Messages about that usager (public_id), the newest first."""
    return Message.objects.filter(about=usager).order_by("-created_at", "-pk")


def count_waiting_since(delay: timedelta, *, at: datetime) -> int:
    """How many messages wait for longer than that: what the operator watches."""
    return Message.objects.waiting().filter(created_at__lte=at - delay).count()
