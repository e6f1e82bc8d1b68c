"""Around a use: the person's confirmation of the day, the account of an act in absence."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tandem.kernel import clock
from tandem.kernel.declare import get_writes
from tandem.kernel.refusals import Refusal
from tandem.mandats import actions, queries
from tandem.mandats.forms.mandats import AccountForm, CodeForm, PaperForm
from tandem.mandats.models import Autorisation
from tandem.referentiels.queries import describe_scope
from tandem.structures.access import ActeurRequest, aidant_required
from tandem.ui.shortcuts import data_of, render_form
from tandem.usagers.access import READING
from tandem.usagers.actions import record_reading
from tandem.usagers.queries import proven_channel


def _next(request: ActeurRequest, otherwise: str) -> str:
    """Where the person was going, inside this site only."""
    asked = request.POST.get("suite") or request.GET.get("suite", "")
    safe = asked.startswith("/") and url_has_allowed_host_and_scheme(
        asked, allowed_hosts=None, require_https=request.is_secure()
    )
    return asked if safe else otherwise


@get_writes(READING)
@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def confirm(request: ActeurRequest, autorisation_id: UUID) -> HttpResponse:
    """Money and justice: the person confirms, on the paper of the day (P-06); the code has its own address."""
    at = clock.now()
    row = get_object_or_404(
        queries.autorisations_visible_to(request.acteur), public_id=autorisation_id
    )
    form = PaperForm(data_of(request))
    suite = _next(request, "")
    if form.is_bound and form.is_valid():
        actions.record_paper_confirmation(acteur=request.acteur, autorisation=row, at=at)
        messages.success(request, _("C’est noté : le papier signé vaut jusqu’à ce soir."))
        return redirect(suite or row.mandat)
    record_reading(acteur=request.acteur, usager=row.mandat.usager, at=at)
    context = {
        "autorisation": row,
        "person": row.mandat.usager.display_name,
        "title": describe_scope(row.scope).title,
        "confirmation": queries.fresh_confirmation(row, at=at),
        "may_use_code": proven_channel(row.mandat.usager) is not None,
        "suite": suite,
        "at": at,
    }
    return render_form(request, "mandats/confirm.html", context, form)


@require_POST
@aidant_required
def send_code(request: ActeurRequest, autorisation_id: UUID) -> HttpResponse:
    """Send the person a code for this line."""
    row = get_object_or_404(
        queries.autorisations_visible_to(request.acteur), public_id=autorisation_id
    )
    actions.send_confirmation_code(acteur=request.acteur, autorisation=row, at=clock.now())
    messages.success(request, _("Le code est parti. La personne vous le lit."))
    return redirect_to_code(request, autorisation_id)


def redirect_to_code(request: ActeurRequest, autorisation_id: UUID) -> HttpResponse:
    """The page where the code is typed, with where to go after."""
    answer = redirect("mandats:confirm_code", autorisation_id)
    suite = _next(request, "")
    if suite:
        answer["Location"] += f"?{urlencode({'suite': suite})}"
    return answer


@get_writes(READING)
@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def confirm_code(request: ActeurRequest, autorisation_id: UUID) -> HttpResponse:
    """The person reads the code they received."""
    at = clock.now()
    row = get_object_or_404(
        queries.autorisations_visible_to(request.acteur), public_id=autorisation_id
    )
    if request.method == "POST":
        return _code_given(request, row, at)
    record_reading(acteur=request.acteur, usager=row.mandat.usager, at=at)
    return _code_page(request, row, CodeForm())


def _code_given(request: ActeurRequest, row: Autorisation, at: datetime) -> HttpResponse:
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            actions.record_code_confirmation(
                acteur=request.acteur, autorisation=row, code=form.cleaned_data["code"], at=at
            )
        except Refusal as refusal:
            form.add_error("code", refusal.message)
        else:
            messages.success(request, _("C’est noté : la personne a confirmé."))
            return redirect(_next(request, "") or row.mandat)
    return _code_page(request, row, form)


def _code_page(request: ActeurRequest, row: Autorisation, form: CodeForm) -> HttpResponse:
    context = {
        "autorisation": row,
        "person": row.mandat.usager.display_name,
        "title": describe_scope(row.scope).title,
        "suite": _next(request, ""),
    }
    return render_form(request, "mandats/confirm_code.html", context, form)


@get_writes(READING)
@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def account(request: ActeurRequest, usage_id: UUID) -> HttpResponse:
    """The account that an act in absence owes the person, within 24 hours (P-05)."""
    at = clock.now()
    usage = get_object_or_404(queries.usages_visible_to(request.acteur), public_id=usage_id)
    mandat = usage.autorisation.mandat
    if usage.account_due_at is None or usage.account_rendered_at is not None:
        return redirect(mandat)
    form = AccountForm(data_of(request))
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        actions.render_account(
            acteur=request.acteur, usage=usage, means=said["means"], text=said["text"], at=at
        )
        messages.success(request, _("C’est noté : le compte est rendu à la personne."))
        return redirect(mandat)
    record_reading(acteur=request.acteur, usager=usage.autorisation.usager, at=at)
    context = {
        "usage": usage,
        "person": usage.autorisation.usager.display_name,
        "title": describe_scope(usage.autorisation.scope).title,
        "late": usage.account_due_at <= at,
    }
    return render_form(request, "mandats/account.html", context, form)
