"""Checking a mandat by its code: an act, since the person is shown that someone looked."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.journal.actions import record
from tandem.journal.rules import Author, Subject
from tandem.kernel import limits
from tandem.kernel.refusals import Refusal
from tandem.mandats.queries.verification import (
    Status,
    VerificationResult,
    mandat_of_code,
    verification,
)
from tandem.preuves import events

VERIFIER: Final = Author("verifier", None, None)
# A desk checks a few papers a minute. The code cannot be guessed (134 bits): this keeps the load away.
PER_MINUTE: Final = 20
PER_HOUR: Final = 200


class TooManyVerifications(Refusal):
    """This address checked too many codes; the message says when to come back."""

    status = 429
    code = "too_many_verifications"


def verify_code(*, code: str, address: str, at: datetime) -> VerificationResult:
    """What a code says at `at`; the consultation of a mandat is journaled, without saying who looked.

    An unknown code and a text that is no code are answered the same. `address` is the caller's, only to
    count; it is hashed.

    Raises:
        TooManyVerifications: too many checks from this address.
    """
    allowed = limits.hit(f"preuves.verify:{address}", limit=PER_MINUTE, window=60) and limits.hit(
        f"preuves.verify:{address}", limit=PER_HOUR, window=3600
    )
    if not allowed:
        raise TooManyVerifications(
            _("Trop de vérifications en peu de temps. Attendez une minute, puis recommencez.")
        )
    with transaction.atomic():
        result = verification(code, at=at)
        # An exercise leaves no line: nobody is told, for nobody is there.
        unread = result.status in {Status.UNKNOWN, Status.EXERCISE}
        mandat = None if unread else mandat_of_code(code)
        if mandat is not None:
            record(
                events.MANDAT_VERIFIED,
                author=VERIFIER,
                subject=Subject("mandat", mandat.public_id),
                at=at,
                about=mandat.usager.public_id,
                facts={"status": result.status.value},
            )
    return result
