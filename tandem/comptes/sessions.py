"""Where sessions are kept: Django's table, read by a query written once, renamed in one statement."""

from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField
from django.utils import timezone
from django.utils.crypto import get_random_string

from tandem.kernel.prepared import Prepared

_LIVE = Prepared(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now).order_by(),
    CharField(),
    DateTimeField(),
)


class SessionStore(DatabaseStore):
    """Django's own, with fewer questions: its keys have 165 random bits, and the table refuses a double."""

    def _get_session_from_db(self) -> Session | None:
        key = self.session_key or ""
        # What a cookie says may be anything: PostgreSQL refuses some of it as text.
        found = _LIVE.first(key, timezone.now()) if key.isascii() and key.isalnum() else None
        if found is None:
            self._session_key = None
        return found

    def cycle_key(self) -> None:
        """The same session under a new key; the former one opens nothing from this statement on (S-14)."""
        self.keys()  # what it holds is read under the former key
        former, new = self.session_key, self._get_new_session_key()
        if former and Session.objects.filter(session_key=former).update(session_key=new):
            self._session_key = new
            self.modified = True
        else:
            super().cycle_key()

    def _get_new_session_key(self) -> str:
        return get_random_string(32, VALID_KEY_CHARS)
