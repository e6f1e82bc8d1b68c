"""The copies of what was signed by hand, and the acts done elsewhere than through FranceConnect."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tandem.fichiers.fields import attachment
from tandem.kernel import clock
from tandem.kernel.declare import get_writes
from tandem.mandats.actions import MandatRefused, record_use
from tandem.mandats.queries import (
    autorisations_visible_to,
    fresh_confirmation,
    mandats_visible_to,
    needs_confirmation,
)
from tandem.mandats.rules import RESPONSIBILITY, UseWay
from tandem.papier import actions, queries
from tandem.papier.forms import ElsewhereForm, ScanForm
from tandem.referentiels.queries import describe_scope
from tandem.structures.access import ActeurRequest, aidant_required
from tandem.ui.shortcuts import data_of, render_form
from tandem.usagers.access import READING
from tandem.usagers.actions import record_reading
from tandem.usagers.models import Usager


@get_writes(READING)
@require_safe
@aidant_required
def originals(request: ActeurRequest, mandat_id: UUID) -> HttpResponse:
    """What was signed by hand for a mandat, and the copies kept."""
    mandat = get_object_or_404(
        mandats_visible_to(request.acteur), public_id=mandat_id, erased_at=None
    )
    _read(request, mandat.usager)
    context = {"mandat": mandat, "usager": mandat.usager, "papers": queries.papers_of(mandat)}
    return render(request, "papier/originals.html", context)


@get_writes(READING)
@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def keep(
    request: ActeurRequest, mandat_id: UUID, confirmation_id: UUID | None = None
) -> HttpResponse:
    """Send the copy of one of them; the former one is erased."""
    at = clock.now()
    paper = queries.paper_for(request.acteur, mandat_id, confirmation_id)
    posted = request.method == "POST"
    form = ScanForm(request.POST if posted else None, request.FILES if posted else None)
    if form.is_bound and form.is_valid():
        actions.keep_original(
            acteur=request.acteur,
            mandat=paper.mandat,
            confirmation=paper.confirmation,
            scan=form.cleaned_data["scan"],
            at=at,
        )
        messages.success(request, _("La copie est gardée, chiffrée."))
        return redirect("papier:originals", mandat_id)
    _read(request, paper.mandat.usager)
    context = {"paper": paper, "mandat": paper.mandat, "usager": paper.mandat.usager}
    return render_form(request, "papier/keep.html", context, form)


@get_writes(READING)
@require_safe
@aidant_required
def original(request: ActeurRequest, original_id: UUID) -> HttpResponse:
    """The copy, to keep: the browser never shows it inside a page of ours (S-45)."""
    row = queries.original_for(request.acteur, original_id)
    actions.record_reading_of(acteur=request.acteur, original=row, at=clock.now())
    return attachment(row.scan)


@get_writes(READING)
@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def elsewhere(request: ActeurRequest, autorisation_id: UUID) -> HttpResponse:
    """Note an act done by letter, by telephone, on a paper form: told and accounted for like any other."""
    at = clock.now()
    line = get_object_or_404(autorisations_visible_to(request.acteur), public_id=autorisation_id)
    asked = needs_confirmation(line)
    confirmation = fresh_confirmation(line, at=at) if asked else None
    form = ElsewhereForm(data_of(request), line=line)
    if form.is_bound and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            record_use(
                acteur=request.acteur,
                autorisation=line,
                elsewhere=UseWay(data["way"]),
                presence=data["presence"],
                absence_reason=data["absence_reason"],
                service_declared=data["service_declared"],
                relying_party="",
                transaction=data["key"],
                confirmation=confirmation,
                at=at,
            )
        except MandatRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("C’est noté, et la personne en est prévenue."))
            return redirect(line.mandat)
    _read(request, line.mandat.usager)
    here = reverse("papier:elsewhere", args=[autorisation_id])
    confirm = reverse("mandats:confirm", args=[autorisation_id])
    context = {
        "line": line,
        "person": line.mandat.usager.display_name,
        "title": describe_scope(line.scope).title,
        "to_confirm": asked and confirmation is None,
        "confirm": f"{confirm}?{urlencode({'suite': here})}",
        "responsibility": RESPONSIBILITY,
    }
    return render_form(request, "papier/elsewhere.html", context, form)


def _read(request: ActeurRequest, usager: Usager) -> None:
    if request.method in {"GET", "HEAD"}:
        record_reading(acteur=request.acteur, usager=usager, at=clock.now())
