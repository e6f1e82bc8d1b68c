"""Pages of files that may be the same person's: the list, the two side by side, the way back."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tandem.comptes.actions import GestureRefused
from tandem.kernel import clock
from tandem.kernel.declare import get_writes
from tandem.rapprochements import actions, queries
from tandem.rapprochements.forms import GestureForm, NameForm
from tandem.rapprochements.rules import LISTED, merge_act, separate_act
from tandem.structures.access import ActeurRequest, aidant_required
from tandem.ui.shortcuts import data_of, render_form
from tandem.usagers.actions import refuse_beside_another
from tandem.usagers.queries import search_usagers, usager_visible_to


@require_safe
@aidant_required
def doubles(request: ActeurRequest) -> HttpResponse:
    """The people of the structure who may have two files; hidden beside someone who looks at the screen (P-28)."""
    if request.acteur.beside:
        return render(request, "rapprochements/doubles.html", {"masked": True})
    people = queries.people_with_doubles(request.acteur)
    page = Paginator(people, LISTED).get_page(request.GET.get("page"))
    context = {"page": page, "pairs": queries.pairs_of(request.acteur, list(page.object_list))}
    return render(request, "rapprochements/doubles.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def choose(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """Find the other file of a person by its name, sent in the body, never in an address."""
    usager = usager_visible_to(request.acteur, public_id)
    refuse_beside_another(acteur=request.acteur, usager=usager)
    form = NameForm(data_of(request))
    context: dict[str, object] = {"usager": usager, "people": None}
    if request.method == "POST" and form.is_valid() and not request.acteur.beside:
        found = search_usagers(request.acteur, form.cleaned_data["q"])
        context["people"] = [person for person in found if person != usager]
    return render_form(request, "rapprochements/choose.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@get_writes("reading the files of two persons is an act, and is journaled (P-11)")
@aidant_required
def compare(request: ActeurRequest, public_id: UUID, other_id: UUID) -> HttpResponse:
    """The two files side by side: one person, or two."""
    one, other = (usager_visible_to(request.acteur, each) for each in (public_id, other_id))
    form, at = GestureForm(data_of(request)), clock.now()
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.merge_usagers(
                acteur=request.acteur, one=one, other=other, response=form.gesture_response, at=at
            )
        except GestureRefused as refusal:
            form.refuse_gesture(refusal)
        except actions.MergeRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("C’est fait : les deux dossiers n’en font plus qu’un."))
            return redirect("espaces:person", done.kept.public_id)
    else:
        actions.record_comparison(acteur=request.acteur, one=one, other=other, at=at)
    context = {
        "usager": one,
        "shown": queries.comparison(one, other),
        "act": merge_act(public_id, other_id),
    }
    return render_form(request, "rapprochements/compare.html", context, form)


@require_POST
@aidant_required
def distinguish(request: ActeurRequest, public_id: UUID, other_id: UUID) -> HttpResponse:
    """Someone looked: these are two persons."""
    one, other = (usager_visible_to(request.acteur, each) for each in (public_id, other_id))
    actions.distinguish(acteur=request.acteur, one=one, other=other, at=clock.now())
    messages.success(request, _("C’est noté : ces deux dossiers ne seront plus proposés ensemble."))
    return redirect("espaces:person", one.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@get_writes("reading the file of a person is an act, and is journaled (P-11)")
@aidant_required
def separate(request: ActeurRequest, rapprochement_id: UUID) -> HttpResponse:
    """Two files brought together by mistake become two again."""
    row = queries.rapprochement_visible_to(request.acteur, rapprochement_id)
    form, at = GestureForm(data_of(request)), clock.now()
    if request.method == "POST" and form.is_valid():
        try:
            actions.separate_usagers(
                acteur=request.acteur, rapprochement=row, response=form.gesture_response, at=at
            )
        except GestureRefused as refusal:
            form.refuse_gesture(refusal)
        except actions.MergeRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("C’est fait : les deux dossiers sont séparés."))
            return redirect("espaces:person", row.kept.public_id)
    else:
        actions.record_separation_opened(acteur=request.acteur, rapprochement=row, at=at)
    context = {"row": row, "usager": row.kept, "act": separate_act(row.public_id)}
    return render_form(request, "rapprochements/separate.html", context, form)
