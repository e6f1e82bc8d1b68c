"""A mandat already signed, prepared again."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from tandem.kernel import clock
from tandem.mandats.queries import mandats_visible_to
from tandem.signature import actions
from tandem.structures.access import ActeurRequest, aidant_required


@require_POST
@aidant_required
def renew(request: ActeurRequest, mandat_id: UUID) -> HttpResponse:
    """Prepare a renewal with the same lines."""
    mandat = get_object_or_404(mandats_visible_to(request.acteur), public_id=mandat_id)
    draft = actions.start_renewal(acteur=request.acteur, mandat=mandat, at=clock.now())
    return redirect("signature:draft", draft.public_id)
