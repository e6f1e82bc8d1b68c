"""Reads of papier: the sheet to sign, those that wait, the originals. Every entry point takes the acteur."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tandem.documents.paper import sheet_to_sign
from tandem.documents.rules import Document
from tandem.documents.words import Statement
from tandem.kernel.crypto import blind_index
from tandem.kernel.refusals import Refusal
from tandem.mandats.actions import Signing
from tandem.mandats.actions.checks import aidants_named
from tandem.mandats.actions.statement import statement_of
from tandem.mandats.models import Confirmation, Mandat
from tandem.mandats.queries import mandats_visible_to
from tandem.mandats.rules import Agreement, ConfirmationKind, ConsentMethod, Duree, ends_at
from tandem.papier.models import Original, Sheet
from tandem.papier.rules import Decision, days_of, mark_of
from tandem.signature.models import Draft
from tandem.signature.queries import answers_of
from tandem.structures.models import Acteur
from tandem.usagers.models import RungStep, Usager
from tandem.usagers.queries import is_seen_by
from tandem.usagers.rules import Capability, rung_allows


class SheetUnknown(Refusal):
    """No such sheet, or no such original, among what the acteur sees."""

    status = 404
    code = "not_found"

    def __init__(self) -> None:
        super().__init__(_("Cette page n’existe pas dans votre structure."))


def agreement_of(draft: Draft) -> Agreement:
    """What the person agrees to, without what only the wizard needs."""
    answers = answers_of(draft)
    return Agreement(**{name: getattr(answers, name) for name in Agreement.__dataclass_fields__})


def is_known(usager: Usager, *, at: datetime) -> bool:
    """Whether who the person is was seen: without it nothing is signed (P-32)."""
    established = usager.rung_established_at
    return rung_allows(usager.rung, Capability.PAPER, established_at=established, at=at)


def piece_of(usager: Usager) -> RungStep | None:
    """How the person was last established, with the document seen if any."""
    return usager.rung_steps.select_related("established_by__compte").last()


def sheet_mark(draft: Draft, *, day: date) -> str:
    """The mark printed at the foot of the sheet of that day: another answer, person or day has another mark."""
    usager = draft.usager
    if usager is None:
        raise ValueError("a sheet is somebody's")
    about = [str(usager.public_id), str(draft.public_id), day.isoformat(), *names_of(usager)]
    shown = json.dumps([draft.content, about], sort_keys=True)
    return mark_of(blind_index(shown, domain="papier.sheet"))


def names_of(usager: Usager) -> list[str]:
    """Who the sheet says that the person is."""
    return [usager.given_names, usager.family_name, usager.preferred_name, usager.birthdate]


def printed_day(draft: Draft, mark: str, *, at: datetime) -> date | None:
    """The day on which the sheet that carries this mark was printed; None when it is not this draft as it stands."""
    zone = draft.affectation.structure.zone
    first, last = draft.started_at.astimezone(zone).date(), at.astimezone(zone).date()
    return next((day for day in days_of(first, last) if sheet_mark(draft, day=day) == mark), None)


def sheet_of(acteur: Acteur, draft: Draft, *, at: datetime) -> Document:
    """The sheet to print and to sign, as the draft stands at `at`."""
    if draft.usager is None:
        raise SheetUnknown
    agreement = agreement_of(draft)
    zone = draft.affectation.structure.zone
    statement = statement_of(
        signing=Signing(draft.affectation, agreement, draft.usager, identified_at=None),
        usager=draft.usager,
        consent=ConsentMethod.PAPER,
        ends_at=ends_at(Duree(agreement.duree), signed_at=at, tz=zone),
        at=at,
        named=aidants_named(acteur, agreement),
    )
    return sheet_to_sign(
        Statement(statement), mark=sheet_mark(draft, day=at.astimezone(zone).date())
    )


def sheets_waiting(acteur: Acteur) -> QuerySet[Sheet]:
    """Sheets that wait for a second aidant, of the people this acteur sees; the oldest first."""
    return (
        Sheet.objects.filter(is_seen_by(acteur, "usager"), decision=Decision.WAITING)
        .select_related("usager__structure", "noted_by__compte", "structure")
        .order_by("noted_at", "pk")
    )


def sheet_for(acteur: Acteur, public_id: UUID) -> Sheet:
    """One sheet of someone this acteur sees, decided or not.

    Raises:
        SheetUnknown: not visible to this acteur.
    """
    row = (
        Sheet.objects.filter(is_seen_by(acteur, "usager"), public_id=public_id)
        .select_related("usager__structure", "noted_by__compte", "mandat")
        .first()
    )
    if row is None:
        raise SheetUnknown
    return row


@dataclass(frozen=True)
class Paper:
    """Something signed by hand, and the copy kept of it, if any."""

    mandat: Mandat
    confirmation: Confirmation | None
    original: Original | None


def papers_of(mandat: Mandat) -> list[Paper]:
    """What was signed by hand for this mandat: itself, then each paper of the day, the latest first."""
    rows = Original.objects.filter(mandat=mandat).select_related("scan", "kept_by__compte")
    kept = {row.confirmation_id: row for row in rows}
    days = Confirmation.objects.filter(
        autorisation__mandat=mandat, kind=ConfirmationKind.PAPER
    ).select_related("autorisation", "recorded_by__compte")
    signed = Paper(mandat, None, kept.get(None))
    return [signed, *(Paper(mandat, day, kept.get(day.pk)) for day in days)]


def paper_for(acteur: Acteur, mandat_id: UUID, confirmation_id: UUID | None) -> Paper:
    """One of them.

    Raises:
        SheetUnknown: not visible to this acteur, or its words were erased.
    """
    mandat = mandats_visible_to(acteur).filter(public_id=mandat_id, erased_at=None).first()
    for paper in papers_of(mandat) if mandat is not None else ():
        if (paper.confirmation.public_id if paper.confirmation else None) == confirmation_id:
            return paper
    raise SheetUnknown


def original_for(acteur: Acteur, public_id: UUID) -> Original:
    """One copy, of someone this acteur sees.

    Raises:
        SheetUnknown: not visible to this acteur.
    """
    row = (
        Original.objects.filter(public_id=public_id, mandat__in=mandats_visible_to(acteur))
        .select_related("mandat__usager__structure", "scan")
        .first()
    )
    if row is None:
        raise SheetUnknown
    return row
