"""Post of a person: open it together, say what it means, do what comes next."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tandem.courriers import actions, queries
from tandem.courriers.forms import CorrectForm, LogForm
from tandem.courriers.models import Courrier
from tandem.courriers.views.doors import courrier_page, page_of
from tandem.fichiers.fields import attachment
from tandem.kernel import clock
from tandem.mandats.rules import Presence
from tandem.structures.access import ActeurRequest
from tandem.ui.shortcuts import data_of, render_form
from tandem.usagers.access import person_page
from tandem.usagers.models import Usager


@require_safe
@person_page
def courrier_list(request: ActeurRequest, usager: Usager) -> HttpResponse:
    """What one person received."""
    rows = queries.courriers_of(request.acteur, usager)
    context = {
        "usager": usager,
        "page": page_of(request, rows),
        "today": usager.local_date(clock.now()),
    }
    return render(request, "courriers/courriers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def courrier_log(request: ActeurRequest, usager: Usager) -> HttpResponse:
    """Open something received, together."""
    at = clock.now()
    form = LogForm(
        data_of(request),
        request.FILES or None,
        initial={"received_on": usager.local_date(at)},
        demarches=queries.demarches_to_serve(request.acteur, usager),
    )
    if request.method == "POST" and form.is_valid():
        try:
            courrier = actions.log_courrier(
                acteur=request.acteur,
                usager=usager,
                received=form.received,
                presence=Presence(form.cleaned_data["presence"]),
                form_key=form.cleaned_data["form_key"],
                scan=form.cleaned_data["scan"],
                overridden=form.overridden,
                at=at,
            )
        except actions.CourrierRefused as refusal:
            form.add_error("received_on", refusal.message)
        else:
            messages.success(request, _("C’est noté."))
            return redirect("courriers:courrier", courrier.public_id)
    return render_form(request, "courriers/log.html", {"usager": usager}, form)


@require_safe
@courrier_page
def courrier(request: ActeurRequest, row: Courrier) -> HttpResponse:
    """One piece of post, in sentences that read well aloud."""
    today = row.usager.local_date(clock.now())
    context = {"courrier": row, "usager": row.usager, "today": today}
    return render(request, "courriers/courrier.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@courrier_page
def courrier_correct(request: ActeurRequest, row: Courrier) -> HttpResponse:
    """Put right what was noted."""
    names = ("kind", "received_on", "sent_by", "meaning", "next_step", "due_on")
    initial = {name: getattr(row, name) for name in names}
    if row.demarche_suivie is not None:
        initial["demarche"] = row.demarche_suivie.public_id
    form = CorrectForm(
        data_of(request),
        initial=initial,
        demarches=queries.demarches_to_serve(request.acteur, row.usager, kept=row.demarche_suivie),
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_courrier(
                acteur=request.acteur,
                courrier=row,
                received=form.received,
                overridden=form.overridden,
                at=clock.now(),
            )
        except actions.CourrierRefused as refusal:
            form.add_error("received_on", refusal.message)
        else:
            messages.success(request, _("C’est corrigé."))
            return redirect("courriers:courrier", row.public_id)
    context = {"usager": row.usager, "courrier": row}
    return render_form(request, "courriers/correct.html", context, form)


@require_safe
@courrier_page
def courrier_scan(_request: ActeurRequest, row: Courrier) -> HttpResponse:
    """The scan, to keep: the browser never shows it inside a page of ours (S-45)."""
    if row.scan is None or row.scan.erased_at is not None:
        raise Http404
    return attachment(row.scan)


@require_POST
@courrier_page
def courrier_settle(request: ActeurRequest, row: Courrier) -> HttpResponse:
    """What had to be done is done."""
    actions.settle_courrier(acteur=request.acteur, courrier=row, at=clock.now())
    messages.success(request, _("C’est noté : la suite est faite."))
    return redirect("courriers:courrier", row.public_id)


@require_POST
@courrier_page
def courrier_reopen(request: ActeurRequest, row: Courrier) -> HttpResponse:
    """It was not done after all."""
    actions.reopen_courrier(acteur=request.acteur, courrier=row, at=clock.now())
    messages.success(request, _("C’est noté : il reste quelque chose à faire."))
    return redirect("courriers:courrier", row.public_id)
