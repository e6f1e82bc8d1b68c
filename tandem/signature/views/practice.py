"""In a sandbox, one of the fictitious people identifies (A-14)."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tandem.kernel import clock
from tandem.kernel.refusals import Refusal
from tandem.signature import actions, queries
from tandem.signature.forms.practice import FictitiousForm
from tandem.signature.rules import Step, may_open
from tandem.signature.views.pages import draft_context
from tandem.structures.access import ActeurRequest, aidant_required
from tandem.ui.shortcuts import data_of, render_form


@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def fictitious(request: ActeurRequest, draft_id: UUID) -> HttpResponse:
    """Where a true person would leave for FranceConnect; outside a sandbox, that page is the answer."""
    at = clock.now()
    draft = queries.draft_of(request.acteur, draft_id, at=at)
    missing = queries.step_of(draft, at=at)
    opens = request.acteur.is_practising and may_open(Step.IDENTIFICATION, missing=missing)
    if draft.mandat is not None or not opens:
        return redirect("signature:draft", draft_id)
    form = FictitiousForm(data_of(request))
    if form.is_bound and form.is_valid():
        who = form.cleaned_data["personne"]
        try:
            actions.identify_fictitious(acteur=request.acteur, draft=draft, who=who, at=at)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("signature:draft", draft_id)
    context = draft_context(draft, Step.IDENTIFICATION, at)
    return render_form(request, "signature/fictitious.html", context, form)
