"""Pages beside someone who creates an account, or looks for it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tandem.acces import actions, queries
from tandem.acces.forms import EndForm, NewChannelForm, OpenForm, StepsForm
from tandem.acces.rules import Keyboard, Outcome, Road
from tandem.comptes.actions import GestureRefused
from tandem.kernel import clock
from tandem.kernel.declare import get_writes
from tandem.structures.access import ActeurRequest, aidant_required
from tandem.ui.shortcuts import data_of, render_form
from tandem.usagers.access import READING
from tandem.usagers.actions import UsagerRefused, record_reading
from tandem.usagers.models import Usager
from tandem.usagers.queries import usager_visible_to
from tandem.usagers.rules import ChannelKind, channel_act


@require_http_methods(["GET", "POST"])
@get_writes(READING)
@aidant_required
def index(request: ActeurRequest, usager_id: UUID) -> HttpResponse:
    """The accounts gone through with a person, and how to begin another."""
    usager = usager_visible_to(request.acteur, usager_id)
    at = clock.now()
    form = OpenForm(data_of(request))
    if request.method == "POST" and form.is_valid():
        row = actions.open_acces(
            acteur=request.acteur,
            usager=usager,
            service=form.cleaned_data["service"],
            road=Road(form.cleaned_data["road"]),
            at=at,
        )
        return redirect("acces:steps", row.public_id)
    _read(request, usager)
    rows = queries.acces_of(request.acteur, usager)[:20]
    return render_form(request, "acces/index.html", {"usager": usager, "rows": rows}, form)


@require_http_methods(["GET", "POST"])
@get_writes(READING)
@aidant_required
def steps(request: ActeurRequest, acces_id: UUID) -> HttpResponse:
    """What to do, in order; who types what; what is never written down."""
    row = queries.acces_for(request.acteur, acces_id)
    initial = {"done": [str(number) for number in row.done]}
    form = StepsForm(data_of(request), steps=row.steps, initial=initial)
    if request.method == "POST" and form.is_valid():
        done = form.cleaned_data["done"]
        actions.mark_steps(acteur=request.acteur, acces=row, done=done, at=clock.now())
        messages.success(request, _("C’est gardé. Vous pouvez vous arrêter là et revenir."))
        return redirect("acces:steps", row.public_id)
    _read(request, row.usager)
    return render_form(request, "acces/steps.html", {"acces": row, "usager": row.usager}, form)


@require_http_methods(["GET", "POST"])
@get_writes(READING)
@aidant_required
def end(request: ActeurRequest, acces_id: UUID) -> HttpResponse:
    """Where it stopped, and who held the keyboard."""
    row = queries.acces_for(request.acteur, acces_id)
    form = EndForm(data_of(request))
    if request.method == "POST" and form.is_valid():
        actions.end_acces(
            acteur=request.acteur,
            acces=row,
            keyboard=Keyboard(form.cleaned_data["keyboard"]),
            outcome=Outcome(form.cleaned_data["outcome"]),
            at=clock.now(),
        )
        messages.success(request, _("C’est noté. La personne repart avec son feuillet."))
        return redirect("acces:steps", row.public_id)
    _read(request, row.usager)
    return render_form(request, "acces/end.html", {"acces": row, "usager": row.usager}, form)


@require_http_methods(["GET", "POST"])
@get_writes(READING)
@aidant_required
def new_channel(request: ActeurRequest, acces_id: UUID) -> HttpResponse:
    """The address or the number opened at the desk: known, and marked as proving nothing (P-14)."""
    row = queries.acces_for(request.acteur, acces_id)
    form = NewChannelForm(data_of(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.note_new_channel(
                acteur=request.acteur,
                acces=row,
                kind=ChannelKind(form.cleaned_data["kind"]),
                value=form.cleaned_data["value"],
                response=form.gesture_response,
                at=clock.now(),
            )
        except GestureRefused as refusal:
            form.refuse_gesture(refusal)
        except UsagerRefused as refusal:
            form.add_error("value", refusal.message)
        else:
            messages.success(request, _("C’est inscrit. Aucun code n’y sera envoyé."))
            return redirect("acces:steps", row.public_id)
    _read(request, row.usager)
    act = channel_act("add", row.usager.public_id)
    context = {"acces": row, "usager": row.usager, "act": act}
    return render_form(request, "acces/new_channel.html", context, form)


@require_safe
@get_writes(READING)
@aidant_required
def slip(request: ActeurRequest, acces_id: UUID) -> HttpResponse:
    """The paper the person fills in by hand and keeps: nothing of it is known here (P-12, P-29)."""
    row = queries.acces_for(request.acteur, acces_id)
    _read(request, row.usager)
    return render(request, "acces/slip.html", {"acces": row, "usager": row.usager})


def _read(request: ActeurRequest, usager: Usager) -> None:
    if request.method in {"GET", "HEAD"}:
        record_reading(acteur=request.acteur, usager=usager, at=clock.now())
