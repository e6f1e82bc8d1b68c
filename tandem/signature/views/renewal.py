"""A mandat already signed, prepared again here, or brought from another structure."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tandem.kernel import clock, limits
from tandem.mandats.actions import MandatRefused
from tandem.mandats.queries import mandats_visible_to
from tandem.signature import actions, queries
from tandem.signature.forms.transfer import TransferForm
from tandem.signature.rules import Step
from tandem.signature.views.pages import draft_context
from tandem.structures.access import ActeurRequest, aidant_required
from tandem.ui.shortcuts import data_of, render_form


@require_POST
@aidant_required
def renew(request: ActeurRequest, mandat_id: UUID) -> HttpResponse:
    """Prepare a renewal with the same lines."""
    mandat = get_object_or_404(mandats_visible_to(request.acteur), public_id=mandat_id)
    draft = actions.start_renewal(acteur=request.acteur, mandat=mandat, at=clock.now())
    return redirect("signature:draft", draft.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def transfer(request: ActeurRequest, draft_id: UUID) -> HttpResponse:
    """The person brings the paper of a mandat given elsewhere: this one will replace it. `retirer` forgets it."""
    at = clock.now()
    row = queries.draft_of(request.acteur, draft_id, at=at)
    if row.mandat is not None:
        return redirect("signature:draft", draft_id)
    if request.method == "POST" and "retirer" in request.POST:
        actions.unlink_transfer(acteur=request.acteur, draft=row, at=at)
        return redirect("signature:draft", draft_id)
    form = TransferForm(data_of(request))
    if form.is_bound and form.is_valid():
        if not _may_try(request):
            form.add_error("code", _("Trop d’essais. Attendez dix minutes."))
        else:
            code = form.cleaned_data["code"]
            try:
                actions.link_transfer(acteur=request.acteur, draft=row, code=code, at=at)
            except MandatRefused as refusal:
                form.add_error("code", refusal.message)
            else:
                return redirect("signature:draft", draft_id)
    context = draft_context(row, Step.READING, at)
    return render_form(request, "signature/transfer.html", context, form)


def _may_try(request: ActeurRequest) -> bool:
    """As for the stop by code: a code cannot be guessed, and nobody tries many."""
    compte = request.acteur.compte
    return compte is not None and limits.hit(
        f"signature.transfer:{compte.public_id}", limit=10, window=600
    )
