"""Technical rows whose time is over (retention « technique » and « session »)."""

from datetime import datetime, timedelta

from django.db.models import Q

from tandem.comptes.models import Activation, Challenge, Device, Gesture
from tandem.comptes.rules import DEVICE_LIFE

_DAY = timedelta(days=1)
_MONTH = timedelta(days=30)


def purge_technical(*, at: datetime) -> int:
    """Drop challenges and gestures of the day before, links a month after, devices unseen; how many."""
    rows = (
        Challenge.objects.filter(created_at__lt=at - _DAY),
        Gesture.objects.filter(verified_at__lt=at - _DAY),
        Activation.objects.filter(Q(expires_at__lt=at - _MONTH) | Q(used_at__lt=at - _MONTH)),
        Device.objects.filter(last_seen_at__lt=at - DEVICE_LIFE, open_sessions=None),
    )
    return sum(found.delete()[0] for found in rows)
