"""The sheet: printed, signed by hand, noted; confirmed by a second aidant when the person was not there."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tandem.comptes.actions import GestureRefused
from tandem.documents.pdf import document_pdf
from tandem.kernel import clock
from tandem.kernel.declare import get_writes
from tandem.mandats.actions import MandatRefused
from tandem.papier import actions, permissions, queries
from tandem.papier.forms import DecideForm, SheetForm
from tandem.papier.models import Sheet
from tandem.papier.rules import Decision, confirm_act, note_act
from tandem.referentiels.queries import describe_scopes
from tandem.signature.actions import take_road
from tandem.signature.models import Draft
from tandem.signature.queries import answers_of, draft_of, step_of
from tandem.signature.rules import Road, Step
from tandem.structures.access import ActeurRequest, aidant_required
from tandem.structures.models import Acteur
from tandem.ui.shortcuts import data_of, render_form
from tandem.usagers.access import READING
from tandem.usagers.actions import UsagerRefused, record_reading
from tandem.usagers.models import Usager
from tandem.usagers.queries import usager_visible_to

COVER = "couverture"


@require_http_methods(["GET", "HEAD", "POST"])
@get_writes(READING)
@aidant_required
def start(request: ActeurRequest, usager_id: UUID) -> HttpResponse:
    """What a mandat on paper allows, and never does; POST begins one."""
    usager = usager_visible_to(request.acteur, usager_id)
    at = clock.now()
    if request.method == "POST":
        draft = actions.start_on_paper(acteur=request.acteur, usager=usager, at=at)
        return redirect("signature:draft", draft.public_id)
    record_reading(acteur=request.acteur, usager=usager, at=at)
    context = {"usager": usager, "known": queries.is_known(usager, at=at)}
    return render(request, "papier/start.html", context)


@require_POST
@aidant_required
def road(request: ActeurRequest, draft_id: UUID) -> HttpResponse:
    """Go on by paper with what was answered; `franceconnect` goes back."""
    at = clock.now()
    draft = draft_of(request.acteur, draft_id, at=at)
    wanted = Road.FRANCECONNECT if "franceconnect" in request.POST else Road.PAPER
    take_road(acteur=request.acteur, draft=draft, road=wanted, at=at)
    return redirect("signature:draft", draft_id)


def _ready(draft: Draft, at: Any) -> bool:
    """Nothing but the sheet is missing."""
    on_paper = answers_of(draft).road == Road.PAPER and draft.usager is not None
    return draft.mandat is None and on_paper and step_of(draft, at=at) is Step.IDENTIFICATION


@require_safe
@aidant_required
def sheet(request: ActeurRequest, draft_id: UUID) -> HttpResponse:
    """See who the person is, print, have it signed: then note it."""
    at = clock.now()
    draft = draft_of(request.acteur, draft_id, at=at)
    if not _ready(draft, at) or draft.usager is None:
        return redirect("signature:draft", draft_id)
    context = {
        "draft": draft,
        "usager": draft.usager,
        "known": queries.is_known(draft.usager, at=at),
        "step": queries.piece_of(draft.usager),
        "titles": [found.title for found in describe_scopes(answers_of(draft).scopes)],
    }
    return render(request, "papier/sheet.html", context)


@get_writes(READING)
@require_safe
@aidant_required
def printed(request: ActeurRequest, draft_id: UUID) -> HttpResponse:
    """The sheet as a page, to read aloud and to print."""
    at = clock.now()
    draft = draft_of(request.acteur, draft_id, at=at)
    if not _ready(draft, at) or draft.usager is None:
        return redirect("signature:draft", draft_id)
    record_reading(acteur=request.acteur, usager=draft.usager, at=at)
    context = {
        "document": queries.sheet_of(request.acteur, draft, at=at),
        "draft": draft,
        "qr": "",
        "address": "",
        "seal": "",
        "kind": "",
    }
    return render(request, "papier/printed.html", context)


@get_writes(READING)
@require_safe
@aidant_required
def pdf(request: ActeurRequest, draft_id: UUID) -> HttpResponse:
    """The same on paper; `?couverture=1` puts a cover before it (P-29)."""
    at = clock.now()
    draft = draft_of(request.acteur, draft_id, at=at)
    if not _ready(draft, at) or draft.usager is None:
        return redirect("signature:draft", draft_id)
    record_reading(acteur=request.acteur, usager=draft.usager, at=at)
    found = queries.sheet_of(request.acteur, draft, at=at)
    content = document_pdf(found, cover=COVER in request.GET)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.kind}.pdf"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def note(request: ActeurRequest, draft_id: UUID) -> HttpResponse:
    """What is read on the signed sheet; the gesture makes the mandat live."""
    at = clock.now()
    draft = draft_of(request.acteur, draft_id, at=at)
    if not _ready(draft, at) or draft.usager is None:
        return redirect("signature:draft", draft_id)
    form = SheetForm(data_of(request), today=draft.usager.local_date(at))
    if form.is_bound and form.is_valid():
        try:
            row = actions.note_sheet(
                acteur=request.acteur,
                draft=draft,
                noted=form.noted,
                response=form.gesture_response,
                at=at,
            )
        except GestureRefused as refusal:
            form.refuse_gesture(refusal)
        except actions.PaperRefused as refusal:
            form.add_error("mark", refusal.message)
        except (MandatRefused, UsagerRefused) as refusal:
            form.add_error(None, refusal.message)
        else:
            if row.mandat is not None:
                return redirect("mandats:signed", row.mandat.public_id)
            messages.success(
                request,
                _("C’est noté. Vous êtes seul : vous pourrez confirmer dans un jour entier.")
                if row.opens_at
                else _("C’est noté. Rien n’est permis avant l’accord d’un collègue."),
            )
            return redirect("papier:waiting")
    context = {"draft": draft, "usager": draft.usager, "act": note_act(draft.public_id)}
    return render_form(request, "papier/note.html", context, form)


@require_safe
@aidant_required
def waiting(request: ActeurRequest) -> HttpResponse:
    """Sheets that wait for a second aidant (S-20)."""
    rows = [
        {"sheet": row, "mine": not permissions.is_other(request.acteur, row)}
        for row in queries.sheets_waiting(request.acteur)[:50]
    ]
    return render(request, "papier/waiting.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@get_writes(READING)
@aidant_required
def decide(request: ActeurRequest, sheet_id: UUID) -> HttpResponse:
    """A colleague noted a sheet brought without the person: answer for it too, or not. `refuser` refuses."""
    at = clock.now()
    row = queries.sheet_for(request.acteur, sheet_id)
    if row.decision != Decision.WAITING:
        return (
            redirect("mandats:detail", row.mandat.public_id)
            if row.mandat
            else redirect("papier:waiting")
        )
    if request.method == "POST" and "refuser" in request.POST:
        actions.refuse_sheet(acteur=request.acteur, sheet=row, at=at)
        messages.success(
            request, _("C’est refusé : rien n’est permis, et rien n’est gardé de cette feuille.")
        )
        return redirect("papier:waiting")
    form = DecideForm(data_of(request))
    if form.is_bound and form.is_valid():
        try:
            mandat = actions.confirm_sheet(
                acteur=request.acteur, sheet=row, response=form.gesture_response, at=at
            )
        except GestureRefused as refusal:
            form.refuse_gesture(refusal)
        except (actions.PaperRefused, MandatRefused, UsagerRefused) as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("mandats:signed", mandat.public_id)
    _read(request, row.usager)
    return render_form(request, "papier/decide.html", _decided(request.acteur, row, at), form)


def _decided(acteur: Acteur, row: Sheet, at: datetime) -> dict[str, Any]:
    """What the page shows: the sheet, and who may answer for it now."""
    alone = permissions.may_answer_alone(acteur, row, at=at)
    opened = row.opens_at is not None and at >= row.opens_at
    return {
        "sheet": row,
        "usager": row.usager,
        "titles": [one.title for one in describe_scopes(row.content["agreement"]["scopes"])],
        "paper": row.content["paper"],
        "mine": not permissions.is_other(acteur, row),
        "alone": alone,
        "opened": opened,
        "may_decide": permissions.may_decide(acteur, row) or (alone and opened),
        "act": confirm_act(row.public_id),
    }


def _read(request: ActeurRequest, usager: Usager) -> None:
    if request.method in {"GET", "HEAD"}:
        record_reading(acteur=request.acteur, usager=usager, at=clock.now())
