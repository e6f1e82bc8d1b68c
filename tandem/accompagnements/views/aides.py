"""Simple help: one tap, nobody named; taken back for a quarter of an hour."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tandem.accompagnements import actions, queries
from tandem.accompagnements.forms import AideForm
from tandem.accompagnements.models import Aide
from tandem.accompagnements.permissions import may_help, may_undo
from tandem.accompagnements.rules import PICTOGRAMS, AideKind, is_sensitive
from tandem.kernel import clock
from tandem.structures.access import ActeurRequest, compte_required
from tandem.ui.shortcuts import data_of, render_form


@require_http_methods(["GET", "HEAD", "POST"])
@compte_required
def aide_new(request: ActeurRequest) -> HttpResponse:
    """The cards; one tap counts one help. Open to whoever works here, habilité or not yet."""
    at = clock.now()
    if not any(may_help(request.acteur, kind) for kind in AideKind):
        raise actions.NotAllowed(_("Vous ne pouvez pas aider au nom d’une structure en ce moment."))
    form = AideForm(data_of(request))
    if form.is_bound and form.is_valid():
        aide = actions.record_aide(
            acteur=request.acteur,
            kind=AideKind(form.cleaned_data["kind"]),
            way=form.way,
            key=form.cleaned_data["key"],
            at=at,
        )
        return redirect("accompagnements:aide", aide.public_id)
    kinds = [
        {
            "value": kind.value,
            "label": kind.label,
            "icon": PICTOGRAMS[kind],
            "sensitive": is_sensitive(kind),
            "open": may_help(request.acteur, kind),
        }
        for kind in AideKind
    ]
    return render_form(request, "accompagnements/aides.html", {"kinds": kinds}, form)


def _own(request: ActeurRequest, public_id: UUID) -> Aide:
    found = queries.aide_of(request.acteur, public_id)
    if found is None:
        raise Http404
    return found


@require_safe
@compte_required
def aide(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """It is counted, and can be taken back."""
    at, found = clock.now(), _own(request, public_id)
    context = {"aide": found, "undo": may_undo(request.acteur, found, at=at)}
    return render(request, "accompagnements/aide.html", context)


@require_POST
@compte_required
def aide_undo(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """A tap too many."""
    actions.undo_aide(acteur=request.acteur, aide=_own(request, public_id), at=clock.now())
    messages.success(request, _("C’est retiré : rien n’est compté."))
    return redirect("accompagnements:aide_new")
