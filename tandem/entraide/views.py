"""Pages of a call."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tandem.entraide import actions, queries
from tandem.entraide.forms import CallForm
from tandem.kernel import clock
from tandem.structures.access import ActeurRequest, aidant_required


@require_POST
@aidant_required
def call(request: ActeurRequest) -> HttpResponse:
    """Call a colleague to the page one is on, and stay there."""
    form = CallForm(request.POST)
    page = form.cleaned_data["page"] if form.is_valid() else ""
    actions.call_colleague(acteur=request.acteur, path=page, at=clock.now())
    messages.success(
        request,
        _("Vos collègues voient votre appel sur leur accueil. Rien de cette page n’est perdu."),
    )
    return redirect("entraide:appels")


@require_safe
@aidant_required
def appels(request: ActeurRequest) -> HttpResponse:
    """Who needs help now, and who is on the way."""
    at = clock.now()
    rows = queries.appels_visible_to(request.acteur, at=at)[:20]
    return render(request, "entraide/appels.html", {"appels": rows, "at": at})


@require_POST
@aidant_required
def answer(request: ActeurRequest, appel_id: UUID) -> HttpResponse:
    """Come: the same page opens."""
    at = clock.now()
    appel = queries.appel_for(request.acteur, appel_id, at=at)
    return redirect(actions.answer_appel(acteur=request.acteur, appel=appel, at=at))


@require_POST
@aidant_required
def end(request: ActeurRequest, appel_id: UUID) -> HttpResponse:
    """It is settled: back to the page of the call."""
    at = clock.now()
    appel = queries.appel_for(request.acteur, appel_id, at=at)
    actions.end_appel(acteur=request.acteur, appel=appel, at=at)
    messages.success(request, _("C’est noté : l’appel est terminé."))
    return redirect("entraide:appels")
