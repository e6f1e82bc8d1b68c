"""Rate limits: so many acts per key and window of time, shared by all processes.

A table rather than the cache: the database cache counts by reading then writing, so parallel
tries would slip through. A window ends by itself, so nobody is ever locked out for good (S-16).
Call it outside the act's transaction: a refusal that rolls back must not give the try back.
"""

import hashlib
from datetime import UTC, datetime, timedelta

from django.db.models import F

from tandem.kernel import clock
from tandem.kernel.models import LimitCounter


def hit(key: str, *, limit: int, window: int, cost: int = 1) -> bool:
    """Count one try against `limit` per `window` seconds; True while it is still allowed.

    The key is hashed, so it may name an account or an address. A refused try is not counted.
    """
    number = int(clock.now().timestamp()) // window
    key_hash = hashlib.sha256(f"{key}\0{window}\0{number}".encode()).hexdigest()
    counter = LimitCounter.objects.filter(key_hash=key_hash)
    spend = {"count": F("count") + cost}
    room = counter.filter(count__lte=limit - cost)
    if cost > limit:
        return False
    if room.update(**spend):
        return True
    ends_at = datetime.fromtimestamp((number + 1) * window, UTC)
    _, created = LimitCounter.objects.get_or_create(
        key_hash=key_hash, defaults={"count": cost, "ends_at": ends_at}
    )
    # Another process may have opened the window meanwhile.
    return created or bool(room.update(**spend))


def purge_limits(*, at: datetime) -> int:
    """Drop the windows that are over; returns how many."""
    return LimitCounter.objects.filter(ends_at__lt=at - timedelta(minutes=1)).delete()[0]
