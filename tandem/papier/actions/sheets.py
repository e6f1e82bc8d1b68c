"""A sheet signed by hand: noted with the person there, or by two aidants when someone else brought it (S-20)."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tandem.comptes.actions import use_gesture, verify_gesture
from tandem.comptes.models import Gesture
from tandem.comptes.rules import GestureResponse
from tandem.journal.actions import record
from tandem.journal.rules import Event, Subject
from tandem.kernel.crypto import blind_index
from tandem.kernel.refusals import Refusal
from tandem.kernel.text import clean_line, normalise_name
from tandem.mandats.actions import NotAllowed, Signing, sign_agreement
from tandem.mandats.actions.checks import check_answers, check_handwritten, check_text
from tandem.mandats.models import Mandat
from tandem.mandats.rules import Agreement, Handwritten
from tandem.papier import events, permissions
from tandem.papier.actions.telling import tell_of_waiting, was_told
from tandem.papier.models import Sheet
from tandem.papier.queries import agreement_of, names_of, printed_day
from tandem.papier.rules import (
    ALONE_WAITS,
    WAITS,
    Decision,
    confirm_act,
    make_refusal_code,
    note_act,
    typed_mark,
)
from tandem.signature.actions import close_draft, draft_on_paper, start_draft, take_road
from tandem.signature.models import Draft
from tandem.signature.rules import Road
from tandem.structures.models import Acteur
from tandem.usagers.actions.doors import lock
from tandem.usagers.models import Usager

# The domain of the fingerprints of refusal codes.
REFUSAL: Final = "papier.refusal"
_SOMEONE_ELSE: Final = _lazy(
    "Une autre personne que celle qui a noté la feuille doit répondre : demandez à un collègue."
)


class PaperRefused(Refusal):
    """The sheet cannot be noted, or decided, so; the message says why."""


@dataclass(frozen=True)
class Noted:
    """What the aidant reads on the sheet in their hands."""

    mark: str
    signed_on: date
    hand: str
    kept_by: str
    absent: bool
    witness: str = ""
    witness_quality: str = ""


@transaction.atomic
def start_on_paper(*, acteur: Acteur, usager: Usager, at: datetime) -> Draft:
    """Prepare with this person a mandat that they will sign by hand.

    Raises:
        NotAllowed: the acteur may not act.
    """
    draft = start_draft(acteur=acteur, usager=usager, at=at)
    return take_road(acteur=acteur, draft=draft, road=Road.PAPER, at=at)


def note_sheet(
    *, acteur: Acteur, draft: Draft, noted: Noted, response: GestureResponse, at: datetime
) -> Sheet:
    """The sheet is signed: the mandat is live, or waits for a second aidant if the person is not there (S-20).

    Noted twice, the same draft gives the same sheet (S-24).

    Raises:
        PaperRefused: the mark is not the one of this draft as it stands, or the witness is the aidant.
        MandatRefused: something chosen does not hold any more, or nobody saw who the person is.
        GestureRefused: the second factor was not shown.
    """
    known = _known(draft, acteur)
    if known is not None:
        return known
    if acteur.compte is None or acteur.affectation is None:
        raise NotAllowed(_("Vous ne pouvez pas agir pour des personnes en ce moment."))
    # Before the gesture, so that a code is not spent; and again under the lock.
    _read(acteur, draft, noted, at)
    gesture = verify_gesture(
        compte=acteur.compte, act=note_act(draft.public_id), response=response, at=at
    )
    return write_sheet(acteur=acteur, draft=draft, noted=noted, gesture=gesture, at=at)


def write_sheet(
    *, acteur: Acteur, draft: Draft, noted: Noted, gesture: Gesture | None, at: datetime
) -> Sheet:
    """The transaction of a sheet, below the gesture: everything stands, or nothing.

    Raises: as `note_sheet`.
    """
    with transaction.atomic():
        row = draft_on_paper(acteur=acteur, draft=draft, at=at)
        paper = _read(acteur, row, noted, at)
        if gesture is not None:
            use_gesture(
                gesture=gesture, compte=gesture.compte, act=note_act(draft.public_id), at=at
            )
        if paper.absent:
            return _wait(acteur, row, paper, at)
        mandat = sign_agreement(acteur=acteur, signing=_signing(row, paper), at=at)
        close_draft(row, mandat)
        return _create(acteur, row, paper, at, mandat=mandat)


def _known(draft: Draft, acteur: Acteur) -> Sheet | None:
    rows = Sheet.objects.filter(draft_id=draft.public_id, noted_by=acteur.affectation)
    return rows.select_related("mandat", "usager__structure").first()


def _read(acteur: Acteur, draft: Draft, noted: Noted, at: datetime) -> Handwritten:
    """What was typed, once it is sure that the sheet signed is this draft as it stands."""
    mark = typed_mark(noted.mark)
    printed = printed_day(draft, mark, at=at) if mark and draft.usager else None
    if printed is None:
        raise PaperRefused(
            _(
                "Ce repère n’est pas celui de ce mandat. Vérifiez les lettres. Si une réponse a changé, imprimez de "
                "nouveau la feuille, et faites-la signer."
            )
        )
    compte = acteur.compte
    witness = clean_line(noted.witness)
    if (
        compte is not None
        and witness
        and normalise_name(witness) == normalise_name(compte.full_name)
    ):
        raise PaperRefused(_("Le témoin n’est pas l’aidant : demandez à quelqu’un d’autre."))
    return Handwritten(
        mark=mark,
        printed_on=printed,
        signed_on=noted.signed_on,
        hand=noted.hand,
        kept_by=noted.kept_by,
        witness=witness,
        witness_quality=clean_line(noted.witness_quality),
        absent=noted.absent,
        noted_by=compte.full_name if compte is not None and noted.absent else "",
    )


def _signing(draft: Draft, paper: Handwritten) -> Signing:
    return Signing(
        affectation=draft.affectation,
        agreement=agreement_of(draft),
        usager=draft.usager,
        identified_at=None,
        renews=draft.renews,
        transferred_from=draft.transferred_from,
        handwritten=paper,
    )


def _wait(acteur: Acteur, draft: Draft, paper: Handwritten, at: datetime) -> Sheet:
    """Nothing is live: what was agreed to is kept until a second aidant answers for it too."""
    agreement = agreement_of(draft)
    check_answers(acteur, agreement)
    check_text(agreement, paper=True)
    if draft.usager is None or draft.renews is not None or draft.transferred_from is not None:
        raise PaperRefused(_("Pour prolonger ou transférer un mandat, la personne doit être là."))
    check_handwritten(acteur, draft.usager, paper, at=at)
    content = {
        "agreement": {
            **asdict(agreement),
            "scopes": list(agreement.scopes),
            "aidants": list(agreement.aidants),
        },
        "paper": _plain(paper),
        "person": names_of(draft.usager),
    }
    alone = permissions.is_alone(acteur, at=at)
    code = make_refusal_code() if alone else ""
    sheet = _create(acteur, draft, paper, at, content=content, code=code)
    if alone:
        tell_of_waiting(sheet, code, at=at)
    draft.delete()
    return sheet


def _plain(paper: Handwritten) -> dict[str, Any]:
    days = {"printed_on": paper.printed_on.isoformat(), "signed_on": paper.signed_on.isoformat()}
    return {**asdict(paper), **days}


def _create(
    acteur: Acteur,
    draft: Draft,
    paper: Handwritten,
    at: datetime,
    *,
    mandat: Mandat | None = None,
    content: dict[str, Any] | None = None,
    code: str = "",
) -> Sheet:
    if draft.usager is None:
        raise AssertionError("a sheet is somebody's")
    sheet = Sheet.objects.create(
        structure=draft.affectation.structure,
        usager=draft.usager,
        draft_id=draft.public_id,
        noted_by=draft.affectation,
        noted_at=at,
        absent=paper.absent,
        content=content or {},
        opens_at=at + ALONE_WAITS if code else None,
        refusal_index=blind_index(code, domain=REFUSAL) if code else "",
        decision=Decision.WAITING if mandat is None else Decision.LIVE,
        decided_at=None if mandat is None else at,
        mandat=mandat,
    )
    facts = {
        "hand": paper.hand,
        "kept_by": paper.kept_by,
        "witness": bool(paper.witness),
        "absent": paper.absent,
        "mark": paper.mark,
        "alone": bool(code),
    }
    _trace(events.SHEET_NOTED, acteur, sheet, at, **facts)
    return sheet


def confirm_sheet(
    *, acteur: Acteur, sheet: Sheet, response: GestureResponse, at: datetime
) -> Mandat:
    """A second aidant answers for the sheet too, or its lone aidant a day later: the mandat is live (S-20).

    Asked twice, it is given again.

    Raises:
        NotAllowed: who noted it, where someone else could answer; or someone who does not see the person.
        PaperRefused: refused or forgotten meanwhile; alone, before the day has passed or before the person was told.
        MandatRefused: something chosen does not hold any more.
        GestureRefused: the second factor was not shown.
    """
    _check_decider(acteur, sheet, at)
    if sheet.mandat is not None:
        return sheet.mandat
    # Before the gesture, so that a code is not spent; and again under the lock.
    _check_waits(acteur, sheet, at)
    if acteur.compte is None or acteur.affectation is None:
        raise NotAllowed(_("Vous ne pouvez pas agir pour des personnes en ce moment."))
    act = confirm_act(sheet.public_id)
    gesture = verify_gesture(compte=acteur.compte, act=act, response=response, at=at)
    with transaction.atomic():
        row = _locked(acteur, sheet, at)
        if row.mandat is not None:
            return row.mandat
        _check_decider(acteur, row, at)
        _check_waits(acteur, row, at)
        _check_person(row)
        use_gesture(gesture=gesture, compte=acteur.compte, act=act, at=at)
        signing = replace(_signing_of(row), affectation=acteur.affectation)
        row.mandat = sign_agreement(acteur=acteur, signing=signing, at=at)
        second = permissions.is_other(acteur, row)
        row.confirmed_by = acteur.affectation if second else None
        decide(row, Decision.LIVE, at)
        facts = {"mandat": f"mandat:{row.mandat.public_id}"}
        event = events.SHEET_CONFIRMED if second else events.SHEET_CONFIRMED_ALONE
        _trace(event, acteur, row, at, **facts)
    return row.mandat


@transaction.atomic
def refuse_sheet(*, acteur: Acteur, sheet: Sheet, at: datetime) -> Sheet:
    """A second aidant does not answer for it, or its lone aidant learns that the person says no: nothing of it is kept.

    Raises:
        NotAllowed: who noted it, where someone else could answer; or someone who does not see the person.
        PaperRefused: it waits no more.
    """
    # The person first (ADR 0013): their file may be erased, or brought to another, at the same instant.
    lock(sheet.usager)
    if not permissions.may_withdraw(acteur, sheet):
        raise NotAllowed(str(_SOMEONE_ELSE))
    row = _read_again(sheet)
    if row.decision in {Decision.REFUSED, Decision.DECLINED}:
        return row
    check_open(row, at)
    if permissions.is_other(acteur, row):
        decide(row, Decision.REFUSED, at)
        _trace(events.SHEET_REFUSED, acteur, row, at)
    else:
        decide(row, Decision.DECLINED, at)
        _trace(events.SHEET_DECLINED, acteur, row, at, by="told")
    return row


def _check_decider(acteur: Acteur, sheet: Sheet, at: datetime) -> None:
    alone = permissions.may_answer_alone(acteur, sheet, at=at)
    if not alone and not permissions.may_decide(acteur, sheet):
        raise NotAllowed(str(_SOMEONE_ELSE))


def _locked(acteur: Acteur, sheet: Sheet, at: datetime) -> Sheet:
    """The row until the end of the act, its person first (ADR 0013), if the acteur sees them still."""
    lock(sheet.usager)
    _check_decider(acteur, sheet, at)
    return _read_again(sheet)


def _read_again(sheet: Sheet) -> Sheet:
    rows = Sheet.objects.select_for_update(of=("self",)).select_related(
        "usager__structure", "mandat", "noted_by", "structure"
    )
    return rows.get(pk=sheet.pk)


def check_open(row: Sheet, at: datetime) -> None:
    """It still waits.

    Raises:
        PaperRefused: decided or forgotten.
    """
    if row.decision != Decision.WAITING or at >= row.noted_at + WAITS:
        raise PaperRefused(_("Cette feuille n’attend plus : faites-en une autre avec la personne."))


def _check_person(row: Sheet) -> None:
    """The names on the paper are those of the file still: it was neither corrected nor brought to another."""
    if row.content.get("person") != names_of(row.usager):
        raise PaperRefused(
            _("Le dossier a changé depuis la signature : faites-en une autre avec la personne.")
        )


def _check_waits(acteur: Acteur, row: Sheet, at: datetime) -> None:
    check_open(row, at)
    if permissions.is_other(acteur, row):
        return
    if row.opens_at is None or at < row.opens_at:
        raise PaperRefused(
            _("Un jour entier doit passer : la personne peut encore dire non. Revenez ensuite.")
        )
    if not was_told(row):
        raise PaperRefused(
            _("La personne n’est pas encore prévenue : son message part demain. Revenez ensuite.")
        )


def decide(row: Sheet, decision: Decision, at: datetime) -> None:
    """The row says what became of the sheet, and keeps nothing more of it."""
    row.decision, row.decided_at, row.content, row.refusal_index = decision, at, {}, ""
    row.save(
        update_fields=[
            "decision", "decided_at", "content", "refusal_index", "mandat", "confirmed_by",
        ]
    )  # fmt: skip


def _signing_of(row: Sheet) -> Signing:
    """What was noted, read back."""
    agreed, noted = dict(row.content["agreement"]), dict(row.content["paper"])
    for name in ("scopes", "aidants"):
        agreed[name] = tuple(agreed[name])
    for name in ("printed_on", "signed_on"):
        noted[name] = date.fromisoformat(noted[name])
    return Signing(
        affectation=row.noted_by,
        agreement=Agreement(**agreed),
        usager=row.usager,
        identified_at=None,
        handwritten=Handwritten(**noted),
    )


def _trace(event: Event, acteur: Acteur, sheet: Sheet, at: datetime, **facts: Any) -> None:
    record(
        event,
        author=acteur.author,
        subject=Subject("sheet", sheet.public_id),
        at=at,
        about=sheet.usager.public_id,
        facts=facts,
    )
