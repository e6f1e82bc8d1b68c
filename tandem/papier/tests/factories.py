"""Mandats on paper for the stories of any room: really printed and noted, below the gesture.

draft = paper_draft(acteur, andrei, at=at)            # every question answered, the sheet is to sign
mandat = paper_mandat(acteur, andrei, at=at)          # signed by hand, live
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tandem.mandats import texts
from tandem.mandats.models import Mandat
from tandem.papier.actions.sheets import Noted, write_sheet
from tandem.papier.models import Sheet
from tandem.papier.queries import sheet_mark
from tandem.signature.models import Draft
from tandem.signature.rules import Road
from tandem.signature.tests.factories import complete_answers, ready_draft
from tandem.structures.models import Acteur
from tandem.usagers.actions import declare_usager, record_piece_seen
from tandem.usagers.models import Usager
from tandem.usagers.rules import Piece


def seen_usager(
    acteur: Acteur, *, at: datetime, given: str = "Andrei", family: str = "Popescu"
) -> Usager:
    """Someone without FranceConnect, whose document was seen."""
    usager = declare_usager(
        acteur=acteur, given_names=given, family_name=family, birthdate="1980-07-01", at=at
    )
    today = usager.local_date(at)
    return record_piece_seen(
        acteur=acteur, usager=usager, piece=Piece.PASSEPORT, seen_on=today, at=at
    )


def paper_draft(
    acteur: Acteur,
    usager: Usager,
    scopes: Sequence[str] = ("theme:logement",),
    *,
    at: datetime,
    ways: Sequence[str] = ("presence",),
    **changes: Any,
) -> Draft:
    """A draft whose sheet is to be signed."""
    values: dict[str, Any] = {
        "identity": {},
        "identity_confirmed": False,
        "road": Road.PAPER,
        "text_version": texts.current_version(paper=True),
    } | changes
    answers = complete_answers(scopes, ways=ways, **values)
    draft = ready_draft(acteur, at=at, usager=usager, answers=answers)
    draft.identified_at = None
    draft.save(update_fields=["identified_at"])
    return draft


def noted_of(draft: Draft, *, at: datetime, **changes: Any) -> Noted:
    """What is read on the sheet of this draft, signed today before the aidant."""
    day = at.astimezone(draft.affectation.structure.zone).date()
    values: dict[str, Any] = {
        "mark": sheet_mark(draft, day=day),
        "signed_on": day,
        "hand": "signature",
        "kept_by": "both",
        "absent": False,
    }
    return Noted(**(values | changes))


def paper_mandat(
    acteur: Acteur,
    usager: Usager,
    scopes: Sequence[str] = ("theme:logement",),
    *,
    at: datetime,
    ways: Sequence[str] = ("presence",),
    **changes: Any,
) -> Mandat:
    """A mandat signed by hand before the aidant."""
    draft = paper_draft(acteur, usager, scopes, at=at, ways=ways)
    noted = noted_of(draft, at=at, **changes)
    sheet = write_sheet(acteur=acteur, draft=draft, noted=noted, gesture=None, at=at)
    assert sheet.mandat is not None
    return sheet.mandat


def waiting_sheet(
    acteur: Acteur,
    usager: Usager,
    scopes: Sequence[str] = ("theme:transports",),
    *,
    at: datetime,
    **changes: Any,
) -> Sheet:
    """A sheet that a relative brought: it waits for a second aidant."""
    draft = paper_draft(acteur, usager, scopes, at=at, **changes)
    noted = noted_of(draft, at=at, absent=True)
    return write_sheet(acteur=acteur, draft=draft, noted=noted, gesture=None, at=at)
