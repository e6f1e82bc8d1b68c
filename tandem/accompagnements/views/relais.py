"""From one desk to the next: who, why, a word; the colleague takes it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tandem.accompagnements import actions, queries
from tandem.accompagnements.forms import RelaisForm
from tandem.accompagnements.models import Besoin, DemarcheSuivie
from tandem.accompagnements.rules import Page, RelaisReason, page_key
from tandem.accompagnements.views.doors import besoin_page, demarche_page
from tandem.kernel import clock
from tandem.structures.access import ActeurRequest, aidant_required
from tandem.ui.shortcuts import data_of, render_form


@require_http_methods(["GET", "HEAD", "POST"])
@besoin_page
def hand_besoin(request: ActeurRequest, row: Besoin) -> HttpResponse:
    """Give a demand to a colleague."""
    return _hand(request, row)


@require_http_methods(["GET", "HEAD", "POST"])
@demarche_page
def hand_demarche(request: ActeurRequest, row: DemarcheSuivie) -> HttpResponse:
    """Give a démarche to a colleague."""
    return _hand(request, row)


def _hand(request: ActeurRequest, row: Besoin | DemarcheSuivie) -> HttpResponse:
    at = clock.now()
    colleagues = queries.colleagues_for(request.acteur, row)
    draft = queries.brouillon_of(request.acteur, page_key(Page.RELAIS, row.public_id), at=at)
    form = RelaisForm(data_of(request), colleagues=colleagues, initial=draft)
    if form.is_bound and form.is_valid():
        actions.hand_over(
            acteur=request.acteur,
            what=row,
            to=form.colleague,
            reason=RelaisReason(form.cleaned_data["reason"]),
            words=form.cleaned_data["words"],
            overridden=form.overridden,
            at=at,
        )
        said = _("C’est passé à %(name)s, avec tout ce qui est écrit.")
        messages.success(request, said % {"name": form.colleague.compte.full_name})
        return redirect("espaces:home")
    context = {"what": row, "colleagues": colleagues, "is_besoin": isinstance(row, Besoin)}
    return render_form(request, "accompagnements/hand.html", context, form)


@require_POST
@aidant_required
def take(request: ActeurRequest, relais_id: UUID) -> HttpResponse:
    """I have it in hand: on to what was handed."""
    relais = queries.relais_of(request.acteur, relais_id)
    actions.take_relais(acteur=request.acteur, relais=relais, at=clock.now())
    return redirect(relais.what)
