"""Open sessions: touched, renamed, closed one by one or all at once."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from tandem.comptes import events
from tandem.comptes.actions.order import hold_compte
from tandem.comptes.models import Compte, OpenSession
from tandem.journal.actions import record
from tandem.journal.rules import Author
from tandem.kernel.refusals import Refusal


class SessionUnknown(Refusal):
    """No such session among those of the compte."""

    status = 404
    code = "session"


def touch_session(*, session_id: UUID, at: datetime) -> bool:
    """Note that the session is in use; False when it was closed from elsewhere."""
    return bool(OpenSession.objects.filter(public_id=session_id).update(last_seen_at=at))


def rename_session(*, session_id: UUID, session_key: str) -> None:
    """The session keeps its name under a new key (S-14)."""
    OpenSession.objects.filter(public_id=session_id).update(session_key=session_key)


def close_session(*, compte: Compte, session_id: UUID, at: datetime) -> None:
    """Close one session of one's own, here or elsewhere.

    Raises:
        SessionUnknown: it is closed already, or belongs to another.
    """
    with transaction.atomic():
        rows = OpenSession.objects.filter(compte=compte, public_id=session_id)
        if not kill(rows):
            raise SessionUnknown(_("Cette session est déjà fermée."))
        _note(compte, compte.author, "killed", at)


def close_other_sessions(*, compte: Compte, kept: UUID, at: datetime) -> int:
    """Close every session but the one in use; returns how many."""
    with transaction.atomic():
        hold_compte(compte)
        count = kill(OpenSession.objects.filter(compte=compte).exclude(public_id=kept))
        if count:
            _note(compte, compte.author, "killed", at)
    return count


def end_session(*, compte: Compte, session_id: UUID, at: datetime) -> None:
    """The person leaves."""
    with transaction.atomic():
        kill(OpenSession.objects.filter(compte=compte, public_id=session_id))
        _note(compte, compte.author, "logout", at)


def drop_session(*, session_id: UUID) -> None:
    """The time of a session is over: it is no act, and leaves no line."""
    OpenSession.objects.filter(public_id=session_id).delete()


def kill(rows: Iterable[OpenSession]) -> int:
    """Delete sessions and what they point to, so that the next request finds nothing; how many."""
    found = list(rows)
    Session.objects.filter(session_key__in=[row.session_key for row in found]).delete()
    OpenSession.objects.filter(pk__in=[row.pk for row in found]).delete()
    return len(found)


def _note(compte: Compte, author: Author, reason: str, at: datetime) -> None:
    record(
        events.LOGGED_OUT, author=author, subject=compte.subject, at=at, facts={"reason": reason}
    )


def close_every_session() -> int:
    """After a restoration: nobody is logged in by a session of before; how many were."""
    Session.objects.all().delete()
    return OpenSession.objects.all().delete()[0]


def purge_sessions(*, at: datetime) -> int:
    """Drop the sessions whose time is over; returns how many."""
    Session.objects.filter(expire_date__lt=at).delete()
    live = Session.objects.values("session_key")
    return OpenSession.objects.exclude(session_key__in=live).delete()[0]
