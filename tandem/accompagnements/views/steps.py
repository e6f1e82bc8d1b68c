"""What is done to one démarche: a step, a filing, its end, its mandat."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tandem.accompagnements import actions, queries
from tandem.accompagnements.forms import CloseDemarcheForm, FilingForm, StepForm
from tandem.accompagnements.models import DemarcheSuivie
from tandem.accompagnements.rules import Outcome, Page, page_key
from tandem.accompagnements.views.doors import demarche_page
from tandem.fichiers.fields import attachment
from tandem.kernel import clock
from tandem.kernel.declare import get_writes
from tandem.structures.access import ActeurRequest, aidant_required
from tandem.ui.shortcuts import data_of, render_form
from tandem.usagers.access import READING


@require_http_methods(["GET", "HEAD", "POST"])
@demarche_page
def step(request: ActeurRequest, row: DemarcheSuivie) -> HttpResponse:
    """What happened, and what comes next; what is asked is there already, to be changed."""
    at = clock.now()
    draft = queries.brouillon_of(request.acteur, page_key(Page.STEP, row.public_id), at=at)
    known = {
        "next_move": row.next_move,
        "asked": row.asked,
        "asked_by_on": row.asked_by_on,
        "references": row.references,
        "mode": row.mode,
        "presence": row.presence,
    }
    form = StepForm(data_of(request), initial={**known, **draft})
    if form.is_bound and form.is_valid():
        actions.add_step(
            acteur=request.acteur,
            demarche_suivie=row,
            step=form.step,
            then=form.then,
            key=form.cleaned_data["key"],
            overridden=form.overridden,
            at=at,
        )
        messages.success(request, _("C’est noté."))
        return redirect(row)
    context = {"demarche": row, "restored": bool(draft) and not form.is_bound}
    return render_form(request, "accompagnements/step.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@demarche_page
def file(request: ActeurRequest, row: DemarcheSuivie) -> HttpResponse:
    """The demand left; with its receipt, or the reason why there is none."""
    at = clock.now()
    form = FilingForm(
        data_of(request),
        request.FILES or None,
        initial={"mode": row.mode, "presence": row.presence},
    )
    if form.is_bound and form.is_valid():
        try:
            actions.file_demarche(
                acteur=request.acteur,
                demarche_suivie=row,
                filing=form.filing,
                key=form.cleaned_data["key"],
                overridden=form.overridden,
                at=at,
            )
        except actions.AccompagnementRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("C’est déposé. Le service doit répondre."))
            return redirect(row)
    context = {"demarche": row, "autorisation": queries.covering_autorisation(row, at=at)}
    return render_form(request, "accompagnements/file.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@demarche_page
def close(request: ActeurRequest, row: DemarcheSuivie) -> HttpResponse:
    """It has ended, and how."""
    form = CloseDemarcheForm(data_of(request))
    if form.is_bound and form.is_valid():
        actions.close_demarche(
            acteur=request.acteur,
            demarche_suivie=row,
            outcome=Outcome(form.cleaned_data["outcome"]),
            text=form.cleaned_data["text"],
            overridden=form.overridden,
            at=clock.now(),
        )
        messages.success(request, _("La démarche est terminée. Vous pouvez la rouvrir."))
        return redirect(row)
    return render_form(request, "accompagnements/close.html", {"demarche": row}, form)


@require_POST
@demarche_page
def reopen(request: ActeurRequest, row: DemarcheSuivie) -> HttpResponse:
    """It is not over."""
    actions.reopen_demarche(acteur=request.acteur, demarche_suivie=row, at=clock.now())
    messages.success(request, _("La démarche est rouverte."))
    return redirect(row)


@require_POST
@demarche_page
def mandat(request: ActeurRequest, row: DemarcheSuivie) -> HttpResponse:
    """Prepare a mandat for this démarche: the person and the line are there already."""
    draft = actions.prepare_mandat(acteur=request.acteur, demarche_suivie=row, at=clock.now())
    return redirect("signature:draft", draft.public_id)


@get_writes(READING)
@require_safe
@aidant_required
def receipt(request: ActeurRequest, depot_id: UUID) -> HttpResponse:
    """The receipt, to keep or to print; each opening is a line of the journal."""
    depot = queries.receipt_visible_to(request.acteur, depot_id)
    actions.record_receipt_reading(acteur=request.acteur, depot=depot, at=clock.now())
    return attachment(queries.stored_receipt(depot))
