"""Contact channels of a person: add, prove with them, keep discreet, end."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tandem.comptes.actions import GestureRefused
from tandem.kernel import clock
from tandem.structures.access import ActeurRequest
from tandem.ui.shortcuts import data_of, render_form
from tandem.usagers import actions, queries
from tandem.usagers.access import person_page
from tandem.usagers.forms import ChannelForm, CodeForm, GestureForm
from tandem.usagers.models import Channel, Usager
from tandem.usagers.rules import ChannelKind, Holder, channel_act


@require_http_methods(["GET", "POST"])
@person_page
def channel_add(request: ActeurRequest, usager: Usager) -> HttpResponse:
    """Add an address or a number; it carries nothing before it is proven."""
    form = ChannelForm(data_of(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            channel = actions.add_channel(
                acteur=request.acteur,
                usager=usager,
                kind=ChannelKind(data["kind"]),
                value=data["value"],
                holder=Holder(data["holder"]),
                response=form.gesture_response,
                at=clock.now(),
            )
        except GestureRefused as refusal:
            form.refuse_gesture(refusal)
        except actions.UsagerRefused as refusal:
            form.add_error("value", refusal.message)
        else:
            messages.success(request, _("C’est inscrit. Vérifiez-le maintenant avec la personne."))
            return redirect("usagers:channel_prove", usager.public_id, channel.public_id)
    context = {"usager": usager, "act": channel_act("add", usager.public_id)}
    return render_form(request, "usagers/channel_add.html", context, form)


@require_http_methods(["GET", "POST"])
@person_page
def channel_prove(request: ActeurRequest, usager: Usager, channel_id: UUID) -> HttpResponse:
    """Type the code the person read: the channel is theirs."""
    channel = queries.channel_of(usager, channel_id)
    form = CodeForm(data_of(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.prove_channel(
                acteur=request.acteur,
                usager=usager,
                channel=channel,
                code=form.cleaned_data["code"],
                at=clock.now(),
            )
        except actions.CodeRefused as refusal:
            form.add_error("code", refusal.message)
        else:
            messages.success(request, _("C’est vérifié : la personne sera prévenue ici."))
            return redirect("usagers:card", usager.public_id)
    context = {"usager": usager, "channel": channel}
    return render_form(request, "usagers/channel_prove.html", context, form)


@require_POST
@person_page
def channel_send(request: ActeurRequest, usager: Usager, channel_id: UUID) -> HttpResponse:
    """Send the six digits to the channel, then wait for them."""
    channel = queries.channel_of(usager, channel_id)
    actions.send_proof(acteur=request.acteur, usager=usager, channel=channel, at=clock.now())
    messages.success(
        request,
        _("Le code est parti. Il arrive en moins d’une minute et sert pendant dix minutes."),
    )
    return redirect("usagers:channel_prove", usager.public_id, channel.public_id)


@require_http_methods(["GET", "POST"])
@person_page
def channel_discreet(request: ActeurRequest, usager: Usager, channel_id: UUID) -> HttpResponse:
    """Send nothing there any more, or send again (P-36)."""
    channel = queries.channel_of(usager, channel_id)
    action = partial(actions.set_discreet, discreet=not channel.discreet)
    return _by_gesture(request, usager, channel, action, verb="discreet")


@require_http_methods(["GET", "POST"])
@person_page
def channel_end(request: ActeurRequest, usager: Usager, channel_id: UUID) -> HttpResponse:
    """Stop using a channel."""
    channel = queries.channel_of(usager, channel_id)
    return _by_gesture(request, usager, channel, actions.end_channel, verb="end")


def _by_gesture(
    request: ActeurRequest,
    usager: Usager,
    channel: Channel,
    action: Callable[..., object],
    *,
    verb: str,
) -> HttpResponse:
    form = GestureForm(data_of(request))
    if request.method == "POST" and form.is_valid():
        response, at = form.gesture_response, clock.now()
        try:
            action(acteur=request.acteur, usager=usager, channel=channel, response=response, at=at)
        except GestureRefused as refusal:
            form.refuse_gesture(refusal)
        else:
            messages.success(request, _("C’est fait."))
            return redirect("usagers:card", usager.public_id)
    context = {"usager": usager, "channel": channel, "act": channel_act(verb, channel.public_id)}
    return render_form(request, f"usagers/channel_{verb}.html", context, form)
