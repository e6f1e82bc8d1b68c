"""The person says no to a sheet that someone brought for them, with the code they received: no compte, no reason."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.journal.actions import record
from tandem.journal.rules import Author, Subject
from tandem.kernel import limits
from tandem.kernel.crypto import blind_index
from tandem.kernel.refusals import Refusal
from tandem.papier import events
from tandem.papier.actions.sheets import REFUSAL, PaperRefused, check_open, decide
from tandem.papier.models import Sheet
from tandem.papier.rules import Decision

# Someone types one code, perhaps three times; a room of people behind one address, some more.
PER_MINUTE: Final = 10
PER_HOUR: Final = 60


class TooManyTries(Refusal):
    """This address tried too many codes; the message says when to come back."""

    status = 429
    code = "too_many_tries"


def decline_by_code(*, code: str, address: str, at: datetime) -> None:
    """Nothing of the sheet that this code belongs to is kept, and nothing is allowed by it.

    `address` is the caller's, only to count; it is hashed.

    Raises:
        PaperRefused: no sheet waits under this code: unknown, or decided already; said the same.
        TooManyTries: too many codes from this address.
    """
    key = f"papier.decline:{address}"
    within = limits.hit(key, limit=PER_MINUTE, window=60)
    if not within or not limits.hit(key, limit=PER_HOUR, window=3600):
        raise TooManyTries(_("Trop d’essais en peu de temps. Attendez une minute, ou appelez."))
    with transaction.atomic():
        row = (
            Sheet.objects.select_for_update(of=("self",))
            .select_related("usager__structure", "structure")
            .filter(refusal_index=blind_index(code, domain=REFUSAL))
            .first()
        )
        if row is None:
            raise PaperRefused(
                _("Aucune feuille n’attend avec ce code. Vérifiez les lettres, ou appelez.")
            )
        check_open(row, at)
        decide(row, Decision.DECLINED, at)
        record(
            events.SHEET_DECLINED,
            author=Author("usager", None, row.structure.public_id),
            subject=Subject("sheet", row.public_id),
            at=at,
            about=row.usager.public_id,
            facts={"by": "code"},
        )
